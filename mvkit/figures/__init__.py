"""One picture or sound per artefact, the same in notebooks, app and reports.

===================  ==============  ===========================================================
function             reads           shows
===================  ==============  ===========================================================
beats_figure         Analysis        energy and bass, beats, sections, clip boundaries
waveform_figure      Analysis        the song's waveform by its sections, beats, bars and drops
similarity_figure    a portrait      which bars sound alike
tempogram_figure     a portrait      which tempi explain each moment
key_figure           a portrait      the pitch classes, those of the key among them
mood_figure          Analysis        the song among the moods
player               sound           a player that holds it
plan_figure          Plan            every shot by place and size, the acts, the palettes
storyboard_figure    Analysis, Plan  the shots on the song: one timeline, to look around in
place_colours        Plan            the colour of each place on that timeline
palette_parts        Plan            the palette of each stretch of the film
gallery              References      the reference pictures
prompts_figure       Prompts         what the video model is told
clips_figure         Clips           seconds and dollars per clip
cuts_figure          Video           where each planned cut was found
checks_figure        Video           what was verified
treatments_figure    Analysis, Plan  films side by side: shots, places, acts, palettes
rhythm_figure        Analysis, Plan  how often they are cut, against the song's energy
shots_figure         Plan            their shot lists, with reasons
figures_table        numbers         what is counted of them
transitions_figure   strips          each kind of transition in pictures
courses_figure       courses         how much of either picture is seen, and how light it is
transitions_table    Plan            what makes the director choose each, and how often it did
===================  ==============  ===========================================================

The modules: ``stages`` has one figure per artefact, ``waveform`` and ``ear`` what is heard,
``storyboard`` the timeline and ``story`` what a plan tells on it, over the ``lanes`` of its
geometry, ``director`` plans and ``transitions`` the kinds of transitions beside one another,
``report`` a finished film that was measured, ``page`` a page to put figures on, ``look`` their
colours there, and ``base`` what they share. Those beside one another come by their names. A
portrait is a :class:`mvkit.analysis.portrait.Portrait`, strips and courses are of
:mod:`mvkit.explorer`.
"""

from mvkit.figures.base import SECTION_COLOURS, SIZES, Figure
from mvkit.figures.director import (
    figures_table,
    rhythm_figure,
    shots_figure,
    treatments_figure,
)
from mvkit.figures.ear import (
    key_figure,
    mood_figure,
    player,
    similarity_figure,
    tempogram_figure,
)
from mvkit.figures.stages import (
    beats_figure,
    checks_figure,
    clips_figure,
    cuts_figure,
    gallery,
    plan_figure,
    prompts_figure,
)
from mvkit.figures.story import palette_parts
from mvkit.figures.storyboard import place_colours, storyboard_figure
from mvkit.figures.transitions import courses_figure, transitions_figure, transitions_table
from mvkit.figures.waveform import waveform_figure

__all__ = [
    "SECTION_COLOURS",
    "SIZES",
    "Figure",
    "beats_figure",
    "checks_figure",
    "clips_figure",
    "courses_figure",
    "cuts_figure",
    "figures_table",
    "gallery",
    "key_figure",
    "mood_figure",
    "palette_parts",
    "place_colours",
    "plan_figure",
    "player",
    "prompts_figure",
    "rhythm_figure",
    "shots_figure",
    "similarity_figure",
    "storyboard_figure",
    "tempogram_figure",
    "transitions_figure",
    "transitions_table",
    "treatments_figure",
    "waveform_figure",
]
