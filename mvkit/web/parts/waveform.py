"""A song drawn on a dark page, as far as it was heard."""

from __future__ import annotations

from mvkit import figures
from mvkit.figures import Figure
from mvkit.figures.look import DARK
from mvkit.web.heard import Heard
from mvkit.web.parts.amounts import clock


def waveform_figure(heard: Heard) -> Figure:
    """Draw a song: before the music is heard, the waveform alone, in grey.

    Parameters
    ----------
    heard : Heard
        Its envelope, and its music if that is known.
    """
    music = heard.music
    figure = figures.waveform_figure(
        heard.envelope,
        duration_s=heard.duration_s,
        sections=music.sections if music else (),
        beats_s=music.beats_s if music else (),
        downbeats_s=music.downbeats_s if music else (),
        moments=music.moments if music else (),
    )
    figure.update_layout(template=DARK)
    return figure


def describe(heard: Heard) -> str:
    """Return what the drawing shows, for people who do not see it."""
    if heard.music is None:
        return f"Waveform of a song of {clock(heard.duration_s)}."
    told = [f"{section.type} from {clock(section.start)}" for section in heard.music.sections]
    told += [f"a {moment.kind} at {clock(moment.time)}" for moment in heard.music.moments]
    return f"Waveform of a song of {clock(heard.duration_s)}: {', '.join(told)}."
