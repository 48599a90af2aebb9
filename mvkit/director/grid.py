"""The song's beats as an editor counts them: where in the bar and in the phrase each one lies.

Contents
--------
Grid
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from mvkit.director.facts import Facts
from mvkit.director.hearing import BEAT_REACH_S, accent_at
from mvkit.schema import Analysis
from mvkit.timing import nearest


@dataclass(frozen=True)
class Grid:
    """The beats, bars and phrases of a song, and its sudden moments."""

    analysis: Analysis

    def on_beat(self, facts: Facts, time_s: float) -> Facts:
        """Return facts of a moment that starts at a time: its beat, accent, phrase and moment."""
        beats_s = self.analysis.beat_timestamps
        phrases_s = self.phrases_s
        following = bisect_right(beats_s, time_s + BEAT_REACH_S)
        next_s = beats_s[following] if following < len(beats_s) else time_s
        return replace(
            facts,
            beat=self._beat_at(time_s),
            accent=accent_at(self.analysis, time_s),
            moment=self._moment_at(time_s),
            phrase_start=_is_near(time_s, phrases_s),
            before_phrase=next_s > time_s and _is_near(next_s, phrases_s),
        )

    @cached_property
    def phrases_s(self) -> tuple[float, ...]:
        """Where phrases start: every few bars of each part of the song."""
        return tuple(self._phrases())

    def _phrases(self) -> Iterator[float]:
        bars_s = self.analysis.downbeat_timestamps
        for section in self.analysis.song_structure:
            first = bisect_left(bars_s, section.start - BEAT_REACH_S)
            last = bisect_left(bars_s, section.end - BEAT_REACH_S)
            yield from bars_s[first : last : self.analysis.phrase_bars]

    def _beat_at(self, time_s: float) -> str:
        """Return which beat of its bar lies at a time."""
        beats_s, bars_s = self.analysis.beat_timestamps, self.analysis.downbeat_timestamps
        beat_s = nearest(time_s, beats_s)
        bar_s = bars_s[max(bisect_right(bars_s, beat_s) - 1, 0)]
        n_beats = self.analysis.beats_per_bar
        place = (bisect_left(beats_s, beat_s) - bisect_left(beats_s, bar_s)) % n_beats
        if place == 0:
            return "downbeat"
        if 2 * place == n_beats:
            return "half bar"
        return "upbeat" if place == n_beats - 1 else "other"

    def _moment_at(self, time_s: float) -> str:
        """Return what happens at a time: a drop, a break, or nothing."""
        near = (
            moment.kind
            for moment in self.analysis.moments
            if abs(moment.time - time_s) <= BEAT_REACH_S
        )
        return next(near, "none")


def _is_near(time_s: float, times_s: tuple[float, ...]) -> bool:
    return bool(times_s) and abs(nearest(time_s, times_s) - time_s) <= BEAT_REACH_S
