"""Stage 01: hear a song.

::

    intake, containers    is this a song? decode it once
    cache                 what was heard before
    tags, sound           title and artist; samples, loudness and true peak
    onsets, spectra       where notes start; pitch classes and timbre over time
    clues, tempo, pulse   what speaks for beats; which tempi; which beat series
    choice, weights       which series is right, by weights that are fitted (`training`)
    downbeats, attack     bars and metre; where exactly notes begin
    beats, sureness       beats as a whole, and how likely they are right
    aubio_ear, beat_model second opinions: aubio's, and that of a network the user brings
    feel, bands, moments  swing and phrases; kick, snare and hat; drops and breaks
    similarity, segments, sections, kinds   which bars are alike, what belongs together, and why
    tonality, mood, genre, curves, lyrics, boundaries
    transcript            what models heard, as lines of the song
    portrait, click_track for people: what the ear goes by, and the song with clicks
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
