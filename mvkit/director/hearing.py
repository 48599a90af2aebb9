"""The song as a director hears it: what is heard during each clip.

Contents
--------
Passage, hear_passages, energy_of, level_of, accent_at, section_at
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mvkit.director.facts import Facts
from mvkit.schema import Analysis, LyricLine, Section
from mvkit.schema.base import Level
from mvkit.timing import nearest

ENERGY_OF_LEVEL: dict[Level, float] = {"low": 0.2, "medium": 0.5, "high": 0.8}
LEVELS: tuple[tuple[float, Level], ...] = ((0.4, "low"), (0.6, "medium"), (1.01, "high"))
"""What the energy of a moment is called below each number."""
AROUSAL_SHARE = 0.5
"""How much the arousal of the whole film counts in the energy of a moment."""
LINE_SEPARATOR = " / "
BEAT_REACH_S = 0.05
"""A time this close to a beat is on it."""


@dataclass(frozen=True)
class Passage:
    """What is heard during one clip.

    Attributes
    ----------
    section_index : int
        Number of the part of the song; two parts of one type have different numbers.
    occurrence, final : int, bool
        How often a part of this type has come, from 1, and whether it comes for the last time.
    place_in_section, n_in_section : int
        Number of the clip among those of its part, from 0, and how many there are.
    energy, energy_change : float
        How intense it is compared with the rest of the song, 0-1, and how much more so than the
        passage before.
    accent : float
        Strength of the beat on which it starts, 0-1.
    lines : tuple of LyricLine
        Lines that start in it.
    sung : bool
        Whether any line is heard in it.
    """

    index: int
    start_s: float
    end_s: float
    section: Section
    section_index: int
    next_section: str
    occurrence: int
    final: bool
    place_in_section: int
    n_in_section: int
    energy: float
    energy_change: float
    accent: float
    lines: tuple[LyricLine, ...]
    sung: bool

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    @property
    def lyrics(self) -> str:
        """The lines that start in it, as one text."""
        return LINE_SEPARATOR.join(line.text for line in self.lines)

    def progress_at(self, time_s: float) -> float:
        """Return how far the part of the song has gone at a time, 0-1."""
        return min(max((time_s - self.section.start) / self.section.length_s, 0.0), 1.0)

    def facts(self, analysis: Analysis, *, valence: float, arousal: float) -> Facts:
        """Return the facts of this passage, in a film of this feeling.

        A film that is calm as a whole is calmer in the song's loud parts, too.
        """
        return Facts(
            section=self.section.type,
            next_section=self.next_section,
            progress=self.progress_at((self.start_s + self.end_s) / 2),
            energy=(1 - AROUSAL_SHARE) * self.energy + AROUSAL_SHARE * arousal,
            energy_change=self.energy_change,
            accent=self.accent,
            tempo_bpm=analysis.bpm,
            mode=analysis.key.mode,
            valence=valence,
            arousal=arousal,
            sung=self.sung,
            lyrics=bool(analysis.lyrics),
            swing=analysis.swing,
            film_progress=(self.start_s + self.end_s) / 2 / analysis.duration,
            occurrence=self.occurrence,
            final=self.final,
        )


def hear_passages(analysis: Analysis, edges_s: Sequence[float]) -> tuple[Passage, ...]:
    """Return what is heard between each two neighbouring edges.

    Parameters
    ----------
    analysis : Analysis
        The song.
    edges_s : sequence of float
        Starts of all clips and the end of the last, ascending, in seconds.
    """
    spans = list(pairwise(edges_s))
    indices = [section_at(analysis, (start_s + end_s) / 2) for start_s, end_s in spans]
    energies = [energy_of(analysis, start_s, end_s) for start_s, end_s in spans]
    sections = analysis.song_structure
    types = [section.type for section in sections]
    following = [*types[1:], "none"]
    return tuple(
        Passage(
            index=i,
            start_s=start_s,
            end_s=end_s,
            section=sections[indices[i]],
            section_index=indices[i],
            next_section=following[indices[i]],
            occurrence=types[: indices[i] + 1].count(types[indices[i]]),
            final=types[indices[i]] not in types[indices[i] + 1 :],
            place_in_section=indices[:i].count(indices[i]),
            n_in_section=indices.count(indices[i]),
            energy=energies[i],
            energy_change=energies[i] - energies[i - 1] if i > 0 else 0.0,
            accent=accent_at(analysis, start_s),
            lines=tuple(line for line in analysis.lyrics if start_s <= line.timestamp < end_s),
            sung=any(_is_heard(line, start_s, end_s) for line in analysis.lyrics),
        )
        for i, (start_s, end_s) in enumerate(spans)
    )


def energy_of(analysis: Analysis, start_s: float, end_s: float) -> float:
    """Return how intense a stretch is compared with the rest of the song, 0-1.

    What counts is how the parts of the song compare: today's masters are loud throughout, so the
    loudness curve only tells how a moment differs from its part.
    """
    section = analysis.song_structure[section_at(analysis, (start_s + end_s) / 2)]
    curve, rate_hz = analysis.curves.energy, analysis.curves.rate_hz
    heard = curve[int(start_s * rate_hz) : max(int(end_s * rate_hz), int(start_s * rate_hz) + 1)]
    loudness = sum(heard) / len(heard) if heard else section.energy_share
    energy = ENERGY_OF_LEVEL[section.energy] + loudness - section.energy_share
    return min(max(energy, 0.0), 1.0)


def level_of(energy: float) -> Level:
    """Return what an energy, 0-1, is called."""
    return next(level for below, level in LEVELS if energy < below)


def accent_at(analysis: Analysis, time_s: float) -> float:
    """Return the strength of the beat at a time, 0-1; 0 where there is no beat."""
    beats_s = analysis.beat_timestamps
    closest_s = nearest(time_s, beats_s)
    if abs(closest_s - time_s) > BEAT_REACH_S:
        return 0.0
    return analysis.beat_strengths[bisect_right(beats_s, closest_s) - 1]


def section_at(analysis: Analysis, time_s: float) -> int:
    """Return the number of the part of the song that is heard at a time."""
    starts_s = [section.start for section in analysis.song_structure]
    return max(bisect_right(starts_s, time_s) - 1, 0)


def _is_heard(line: LyricLine, start_s: float, end_s: float) -> bool:
    line_end_s = line.end if line.end is not None else line.timestamp + 1.0
    return line.timestamp < end_s and line_end_s > start_s
