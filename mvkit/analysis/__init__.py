"""Stage 01: hear a song.

::

    intake, containers    is this a song? decode it once
    sound                 samples and loudness
    onsets, spectra       where notes start; pitch classes and timbre over time
    tempo, pulse, choice  which tempi, which beat series, which one is right
    beats, downbeats      beats, bars, confidence; aubio_ear is the second opinion
    similarity, segments, sections   which bars are alike, what belongs together, what it is for
    tonality, mood, curves, lyrics, boundaries
    transcript            what models heard, as lines of the song
    analyze               the verb: analyze_song

Looking at an upload needs only `mvkit.analysis.intake`; the verb, and with it librosa, is loaded
when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mvkit.analysis.analyze import analyze_song

__all__ = ["analyze_song"]


def __getattr__(name: str) -> Any:
    if name == "analyze_song":
        from mvkit.analysis.analyze import analyze_song

        return analyze_song
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
