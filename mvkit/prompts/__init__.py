"""Stage 04: one prompt per clip, from the plan's words.

A prompt is read by a text-to-video model that knows nothing of the other clips, so each says
everything: what is seen, who is in it, where, how the camera moves and stands, and the style of the
film. What has to stay the same is said in the same words every time: the style, and the people
(word-for-word people are worth half a point of five to experts: AutoMV, arXiv 2512.12196, without
its character bank). The order is that of the product document, module 6, unless the model that
films is known to want another: its :class:`~mvkit.schema.dialect.Dialect` says so, and how much it
reads.

Contents
--------
write_prompts : the stage
check_prompts, faults_of : what prompts must hold to
style_sentence, colour_name : how the style is told
"""

from __future__ import annotations

from mvkit.prompts.checks import check_prompts, faults_of
from mvkit.prompts.colours import colour_name
from mvkit.prompts.style import QUALITY, style_sentence
from mvkit.prompts.writing import NEGATIVE, write_prompts

__all__ = [
    "NEGATIVE",
    "QUALITY",
    "check_prompts",
    "colour_name",
    "faults_of",
    "style_sentence",
    "write_prompts",
]
