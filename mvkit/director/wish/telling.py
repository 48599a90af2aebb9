"""Which words of a wish tell of what is seen, so that they may be compared with others.

Contents
--------
tells, SMALL_WORDS, OF_EVERY_WISH
"""

from __future__ import annotations

from mvkit.director.lexicon import BREAKS, REACH, SHOWING, SMALL
from mvkit.director.themes import FOREIGN

FEWEST_LETTERS = 3
SMALL_WORDS = frozenset(
    {
        *("about", "above", "across", "after", "again", "against", "all", "almost", "alone"),
        *("along", "already", "also", "always", "am", "among", "another", "anybody", "anyone"),
        *("anything", "anywhere", "around", "away", "back", "because", "been", "before", "begin"),
        *("begins", "behind", "being", "below", "beneath", "beside", "besides", "better"),
        *("between", "beyond", "big", "bigger", "both", "bring", "brings", "call", "called"),
        *("calls", "can", "come", "comes", "coming", "could", "did", "does", "doing", "done"),
        *("down", "dressed", "during", "each", "either", "else", "end", "ending", "ends"),
        *("enormous", "enough", "entire", "entirely", "even", "ever", "every", "everybody"),
        *("everyone", "everything", "everywhere", "feature", "features", "featuring", "few"),
        *("finally", "first", "follow", "follows", "full", "fully", "gently", "get", "gets"),
        *("getting", "gigantic", "give", "gives", "go", "goes", "going", "gone", "had", "half"),
        *("hang", "happen", "happens", "has", "have", "having", "her", "here", "hers", "herself"),
        *("him", "himself", "his", "how", "however", "huge", "inside", "its", "itself", "keep"),
        *("keeps", "kept", "large", "last", "later", "least", "less", "let", "lets", "little"),
        *("long", "lot", "lots", "made", "mainly", "make", "makes", "making", "massive", "may"),
        *("maybe", "me", "mean", "means", "might", "mine", "most", "mostly", "must", "my"),
        *("myself", "name", "named", "names", "near", "nearly", "next", "nobody", "none", "now"),
        *("off", "often", "once", "one", "ones", "onto", "our", "ours", "out", "outside", "over"),
        *("overall", "own", "part", "parts", "past", "perhaps", "put", "puts", "quite", "rather"),
        *("really", "same", "say", "says", "see", "seem", "seems", "seen", "sees", "set", "shall"),
        *("should", "since", "slightly", "slowly", "small", "some", "somebody", "someone"),
        *("something", "sometimes", "somewhere", "soon", "start", "starts", "still", "such"),
        *("suddenly", "take", "takes", "talk", "talks", "tell", "tells", "than", "that", "their"),
        *("theirs", "them", "themselves", "there", "these", "thing", "things", "think", "thinks"),
        *("this", "those", "though", "three", "throughout", "till", "time", "times", "tiny"),
        *("together", "told", "toward", "towards", "tries", "try", "turn", "turns", "two", "under"),
        *("until", "upon", "use", "used", "uses", "using", "via", "want", "wants", "way", "ways"),
        *("wear", "wearing", "wears", "well", "went", "what", "whatever", "whether", "which"),
        *("whole", "whom", "whose", "why", "will", "within", "wore", "worn", "would", "yet"),
        *("your", "yours"),
    }
)
"""Small words, and such as say little of what is seen: sizes, names, what is worn."""
OF_EVERY_WISH = frozenset(
    {
        *("aesthetic", "aesthetics", "amazing", "awesome", "beautiful", "beautifully", "best"),
        *("brilliant", "camera", "chorus", "choruses", "cinematography", "clip", "clips", "color"),
        *("colors", "colour", "intro", "outro", "refrain", "verse", "verses"),
        *("colours", "cool", "excellent", "fantastic", "film", "films", "footage", "frame"),
        *("frames", "gorgeous", "great", "image", "imagery", "images", "incredible", "lens"),
        *("look", "looks", "lovely", "mood", "moods", "movie", "music", "nice", "perfect"),
        *("perfectly", "picture", "pictures", "scene", "scenery", "scenes", "shot", "shots"),
        *("show", "shown", "shows", "song", "songs", "spectacular", "story", "stunning", "style"),
        *("styles", "super", "transition", "transitions", "vibe", "vibes", "video", "videos"),
        *("visual", "visually", "visuals", "wonderful"),
    }
)
"""What is said of any film, and praise: *beautiful* is no mood."""
UNTOLD = frozenset(
    {
        *("old", "young", "new", "good", "please", "minutes", "seconds", "hour", "hours"),
        *("feel", "feels", "feeling", "knows", "know", "farbe", "farben", "couleur", "couleurs"),
        *("colores", "zum", "zur", "aus", "bei", "nach", "vor", "einem", "einer", "einen"),
        *("seine", "seiner", "seinem", "seinen", "ihre", "ihrer", "ihrem", "ihren", "sein", "ihr"),
        *("sich", "wird", "sind", "unter", "hinter", "neben", "zwischen", "deine", "als", "wenn"),
        *("dann", "aux", "leur", "leurs", "ses", "sous", "entre", "chez", "vers", "ils", "elles"),
        *("sus", "hasta", "desde", "bajo", "hacia", "muy", "ella", "este", "esta", "ese", "esa"),
        *("unos", "unas"),
    }
)
"""Other small words, of all languages."""
_NEVER = SMALL_WORDS | OF_EVERY_WISH | UNTOLD | SMALL | BREAKS | REACH.keys() | SHOWING | FOREIGN


def tells(word: str) -> bool:
    """Tell whether a plain word tells of what is seen, as far as can be said without knowing it."""
    return word.isalpha() and len(word) >= FEWEST_LETTERS and word not in _NEVER
