"""The plan in words: what a model is told to film, and what a person reads of the film.

Sentences are put together from phrases of the knowledge. A phrase comes from a shuffled deck, so
that it returns only after all others, and no two clips are told alike.

Contents
--------
clips   what is seen in a clip: :class:`ClipWriter`, :class:`Script`
acting  what people do in it: the phrases of an action, an activity, a place
decks   phrases by turns
views   how a clip is filmed: motion and angles
film    the film as a whole: summary, treatment, what the studio lacks
words   sentences and lists
"""

from mvkit.director.prose.clips import ClipWriter, Script
from mvkit.director.prose.film import (
    tell_change,
    tell_lacks,
    tell_place,
    tell_summary,
    tell_treatment,
)
from mvkit.director.prose.views import tell_angles, tell_motion
from mvkit.director.prose.words import sentence

__all__ = [
    "ClipWriter",
    "Script",
    "sentence",
    "tell_angles",
    "tell_change",
    "tell_lacks",
    "tell_motion",
    "tell_place",
    "tell_summary",
    "tell_treatment",
]
