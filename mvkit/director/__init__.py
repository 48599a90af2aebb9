"""The director: plans the film from the wish, the song, and what is known of the craft.

Conventions: times are seconds from the song's first sample; energy, valence and arousal lie in
0-1; every decision names the rules it came from.

Contents
--------
plan_video
    The stage's verb: brief and analysis to plan.
revise_clip, Revision
    What a person changes in one clip, said consistently.
list_worlds, list_palettes
    What people can choose for the whole film.
with_captions
    Words over the pictures, where somebody wants some.
captions_in_shape
    The same for another shape of picture.
check_plan, require_sound_plan
    What any plan must hold to, also one made by a language model.
Knowledge, load_knowledge
    What the director knows, from ``knowledge/*.toml``.
Wish, read_wish
    What a prompt asks for.
"""

from mvkit.director.captions import captions_in_shape, with_captions
from mvkit.director.checks import check_plan, require_sound_plan
from mvkit.director.choices import Swatches, list_palettes, list_worlds
from mvkit.director.knowledge import Knowledge, World, load_knowledge
from mvkit.director.plan import plan_video
from mvkit.director.revise import Revision, revise_clip
from mvkit.director.wish import Wish, read_wish

__all__ = [
    "Knowledge",
    "Revision",
    "Swatches",
    "Wish",
    "World",
    "captions_in_shape",
    "check_plan",
    "list_palettes",
    "list_worlds",
    "load_knowledge",
    "plan_video",
    "read_wish",
    "require_sound_plan",
    "revise_clip",
    "with_captions",
]
