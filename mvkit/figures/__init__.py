"""One picture or sound per artefact, the same in notebooks, app and reports.

===================  ==============  ===========================================================
function             reads           shows
===================  ==============  ===========================================================
beats_figure         Analysis        energy and bass, beats, sections, clip boundaries
clicks               Analysis        the song with a click on every beat, higher on downbeats
plan_figure          Plan            every shot by place and size, with the palette
storyboard_figure    Analysis, Plan  the shots on the song: one timeline, to look around in
place_colours        Plan            the colour of each place on that timeline
gallery              References      the reference pictures
prompts_figure       Prompts         what the video model is told
clips_figure         Clips           seconds and dollars per clip
cuts_figure          Video           where each planned cut was found
checks_figure        Video           what was verified
===================  ==============  ===========================================================

The modules: ``stages`` has one figure per artefact, ``storyboard`` the timeline, over the ``lanes``
of its geometry, and ``base`` what they share.
"""

from mvkit.figures.base import SECTION_COLOURS, SIZES, Figure
from mvkit.figures.stages import (
    CLICK_HZ,
    beats_figure,
    checks_figure,
    clicks,
    clips_figure,
    cuts_figure,
    gallery,
    plan_figure,
    prompts_figure,
)
from mvkit.figures.storyboard import place_colours, storyboard_figure

__all__ = [
    "CLICK_HZ",
    "SECTION_COLOURS",
    "SIZES",
    "Figure",
    "beats_figure",
    "checks_figure",
    "clicks",
    "clips_figure",
    "cuts_figure",
    "gallery",
    "place_colours",
    "plan_figure",
    "prompts_figure",
    "storyboard_figure",
]
