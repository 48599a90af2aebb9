"""No row is dead: each rule, phrase, place, palette, motif and genre speaks in some film."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mvkit.director import load_knowledge, plan_video, rules
from mvkit.director.facts import Facts
from mvkit.director.knowledge import Knowledge, Phrase
from mvkit.director.rules import Rule

from .steady_songs import Form, make_brief, steady_song
from .test_director_genres import WISHES

KNOWLEDGE = load_knowledge()
POP_FORM: Form = (
    *(("intro", "low", 4), ("verse", "low", 8), ("pre-chorus", "medium", 6), ("chorus", "high", 6)),
    *(("breakdown", "low", 6), ("verse", "medium", 8), ("pre-chorus", "high", 6)),
    *(("chorus", "high", 6), ("bridge", "medium", 8), ("chorus", "high", 8), ("outro", "low", 4)),
)
CLUB_FORM: Form = (
    *(("intro", "low", 4), ("instrumental", "high", 10), ("breakdown", "low", 8)),
    *(("verse", "medium", 8), ("instrumental", "high", 10), ("outro", "low", 4)),
)
CALM_FORM: Form = (
    *(("verse", "low", 10), ("chorus", "medium", 8), ("bridge", "low", 6)),
    *(("verse", "medium", 6), ("chorus", "medium", 8), ("outro", "low", 6)),
)
SHORT_FORM: Form = (("verse", "low", 4), ("chorus", "medium", 4), ("outro", "low", 4))
VERSE_FORM: Form = (("verse", "medium", 20),)
LOUD_FORM: Form = (("verse", "high", 12), ("chorus", "high", 12), ("bridge", "medium", 8))
FORMS = (POP_FORM, CLUB_FORM, CALM_FORM, LOUD_FORM)
FEELINGS = {
    **dict.fromkeys(("ambient", "classical", "folk", "ballad", "blues", "rnb_soul"), (0.35, 0.2)),
    **dict.fromkeys(("metal", "punk", "drum_and_bass", "techno"), (0.25, 0.9)),
    **dict.fromkeys(("k_pop", "afrobeats", "disco_funk", "latin", "pop"), (0.75, 0.8)),
}
"""Valence and arousal of a genre; of the others 0.5 and 0.6."""
FORMAT_WISHES = (
    "Something strange that moves with the music and is never quite the same again",
    "Somebody quiet who is not at home anywhere, and does not mind",
    "A performance video of a rock band on a stage in the evening heat",
    "A narrative film with a story about a runaway who comes back",
    "A concept video with one idea that never changes its frame",
    "A dance film in the rain, a single dancer on a long street",
    "An abstract film of light, colour and slowly turning shapes",
    "A misty lake and empty shores through a whole night, no people",
    "The story of a sailor who repairs a boat and sings, and of the woman who waits for him",
    "The story of two brothers who fight, sad and angry, and one who leaves in the end",
    "A concept film of a woman who paints the same door again and again",
    "A couple walks by the ocean in the rain, sad and slow, a man and a woman",
    "A man and a woman dance in the city at night, wild and happy",
    "A woman sings in the desert at noon, joyful and bright",
    "A man dances in a tunnel of light and on a concert stage with a crowd",
    "A forest at dawn, calm and sad, and a woman who walks alone",
)
ACT_WISHES = (
    "The story of an old house through a whole year, no people",
    "A concept film of one tree through a whole year, no people",
    "The story of a woman who searches for a lost letter",
)
"""What acts tell otherwise: films without people, and what the wish wants done."""
LOOK_WISHES = (
    "A night drive as an old VHS tape, with a woman at the wheel",
    "A summer by the ocean on grainy 16mm film, and a man who remembers it",
)
LINE_S = 3.0


def film(
    n: int, wish: str, *, form: Form | None = None, parts_drop: bool = False, **song: Any
) -> Iterator[str]:
    """Plan a film, another with each number, and yield the rows that its plan names."""
    settings: dict[str, Any] = {
        "tempo_bpm": (66.0, 96.0, 122.0, 152.0, 178.0)[n % 5],
        "valence": (0.1, 0.38, 0.5, 0.66, 0.9)[n % 5],
        "arousal": (0.1, 0.38, 0.55, 0.7, 0.95)[(n // 2) % 5],
        "mode": ("major", "minor")[n % 2],
        "swing": 0.62 if n % 3 == 0 else 0.5,
        "downbeat_strength": (1.0, 0.4)[n % 2],
    } | song
    chosen = form or FORMS[n % len(FORMS)]
    heard = steady_song(settings["tempo_bpm"], form=chosen)
    bars_s = heard.downbeat_timestamps
    moments = [(bar_s, ("drop", "break")[i % 2]) for i, bar_s in enumerate(bars_s[5::9])]
    if parts_drop:
        moments = [(part.start, "drop") for part in heard.song_structure[1:]]
    plan = plan_video(
        make_brief(f"{wish}, and it goes on until the song is over.", seed=n),
        steady_song(form=chosen, moments=moments, **settings),
    )
    yield plan.genre
    for script in plan.clip_scripts:
        yield from script.rules
        for shot in script.shots:
            yield from shot.rules
    for named in (*plan.transitions, *plan.acts):
        yield from named.rules


def films() -> Iterator[str]:
    """Plan films that call every row, and yield those that their plans name."""
    n = 0
    for genre, wish in WISHES.items():
        valence, arousal = FEELINGS.get(genre, (0.5, 0.6))
        for energetic in (0.0, 0.1):
            n += 1
            yield from film(n, wish, valence=valence, arousal=arousal + energetic)
    for wish in FORMAT_WISHES:
        for _ in range(3):
            n += 1
            lines = [(8.0 + LINE_S * i, "burning love tonight") for i in range(n % 2 * 12)]
            yield from film(n, wish, lyrics=lines)
    called = [f"A woman and the {place.words[0]}" for place in KNOWLEDGE.locations]
    called += [f"All is {(row.words or (row.name,))[0]}" for row in KNOWLEDGE.palettes]
    for wish in called:
        n += 1
        yield from film(n, wish, form=SHORT_FORM)
    for motif in KNOWLEDGE.motifs:
        n += 1
        sung = [(1.0 + LINE_S * i, f"oh {motif.words[0]}") for i in range(18)]
        yield from film(
            n, "Somebody looks for it", form=VERSE_FORM, tempo_bpm=72.0, arousal=0.3, lyrics=sung
        )
    for wish in ACT_WISHES:
        for valence, arousal in ((0.2, 0.3), (0.5, 0.5), (0.8, 0.5)):
            n += 1
            yield from film(n, wish, form=POP_FORM, valence=valence, arousal=arousal)
    for wish in LOOK_WISHES:
        for form in (CLUB_FORM, CALM_FORM):
            n += 1
            yield from film(n, wish, form=form, parts_drop=True)


@pytest.fixture(scope="module")
def spoken() -> set[str]:
    """Return the ids of all rows that had a say in some film."""
    heard: set[str] = set()
    chance_of, number, phrase = Rule.chance_of, rules._number, Knowledge.phrase

    def noted_chance(rule: Rule, decision: str, option: str) -> float:
        heard.update([rule.id] if decision in rule.then else [])
        return chance_of(rule, decision, option)

    def noted_number(rule: Rule, name: str) -> float:
        heard.add(rule.id)
        return number(rule, name)

    def noted_phrase(knowledge: Knowledge, of: str, facts: Facts) -> Phrase:
        found = phrase(knowledge, of, facts)
        heard.add(found.id)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "chance_of", noted_chance)
        patch.setattr(rules, "_number", noted_number)
        patch.setattr(Knowledge, "phrase", noted_phrase)
        heard.update(films())
    return heard


@pytest.mark.slow
@pytest.mark.parametrize(
    "table", ["rules", "phrases", "worlds", "locations", "palettes", "motifs", "genres"]
)
def test_every_row_speaks_in_some_film(table: str, spoken: set[str]) -> None:
    """A row that changes nothing in any film would be dead wood."""
    assert {row.id for row in getattr(KNOWLEDGE, table)} - spoken == set()
