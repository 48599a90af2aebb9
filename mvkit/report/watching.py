"""Watching a film shot by shot: all that is measured of its pictures, in one pass.

Contents
--------
Watched, Viewing, watch
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from mvkit.report.colour import Histogram, Lab, histogram, lab_of, lightness_of
from mvkit.report.cutting import FilmShot
from mvkit.report.legibility import frame_to_read, read_caption
from mvkit.report.motion import Movement, movement
from mvkit.report.viewing import EVERY_FRAMES, RGB, STEP_S, Sample, samples
from mvkit.schema import Caption
from mvkit.schema.report import CaptionMeasures
from mvkit.settings import get_settings
from mvkit.timing import FPS

STILL_LONG_SIDE_PX = 320
KEPT_EVERY_FRAMES = 9
"""Three pictures a second are kept for their colours."""


@dataclass(eq=False)
class Watched:
    """What was seen of one shot.

    Attributes
    ----------
    still : ndarray
        A picture from its middle.
    pictures : list of ndarray
        Small copies, where no transition shares the frame with a neighbour.
    movements : list of Movement
        What moves from each of the ten samples a second to the next.
    """

    still: RGB = field(default_factory=lambda: np.zeros((9, 16, 3), np.uint8))
    pictures: list[RGB] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)

    @cached_property
    def lab(self) -> Lab:
        """Its pixels in L*a*b*, shape ``(n_pictures, rows, columns, 3)``."""
        return np.stack([lab_of(picture) for picture in self.pictures or [self.still]])

    @cached_property
    def colours(self) -> Histogram:
        """Its histogram of colour."""
        return histogram(self.lab)

    @property
    def motion(self) -> float:
        """Mean speed of all that moves, in picture widths a second."""
        speeds = [moved.speed for moved in self.movements]
        return round(float(np.mean(speeds)), 4) if speeds else 0.0


@dataclass(eq=False)
class Viewing:
    """What was seen of a film: its shots, its captions, and its light and motion over time.

    Attributes
    ----------
    times_s, lightness, speeds : list of float
        Per sample: seconds, mean L*, and mean speed in picture widths a second; NaN at a cut.
    """

    shots: list[Watched]
    captions: list[CaptionMeasures] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    lightness: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)


def watch(film: Path, shots: Sequence[FilmShot], captions: Sequence[Caption]) -> Viewing:
    """Look at a film from its beginning to its end.

    Raises
    ------
    MediaFailed
        If the film cannot be decoded.
    """
    viewing = Viewing([Watched() for _ in shots])
    before: Sample | None = None
    at = 0
    for sample in samples(film):
        while at + 1 < len(shots) and sample.frame >= shots[at].frames.stop:
            at, before = at + 1, None
        moved = movement(before.small, sample.small, step_s=STEP_S) if before else None
        _keep(sample, moved, shots[at], viewing.shots[at])
        viewing.captions += _read(sample, captions)
        viewing.times_s.append(sample.frame / FPS)
        viewing.lightness.append(lightness_of(sample.small))
        viewing.speeds.append(moved.speed if moved else np.nan)
        before = sample
    return viewing


def _keep(sample: Sample, moved: Movement | None, shot: FilmShot, watched: Watched) -> None:
    """Keep of a sample what its shot needs."""
    is_clear = sample.frame in shot.clear_frames
    if is_clear and (sample.frame % KEPT_EVERY_FRAMES == 0 or not watched.pictures):
        watched.pictures.append(sample.small)
    if moved and is_clear and sample.frame - EVERY_FRAMES in shot.clear_frames:
        watched.movements.append(moved)
    if 0 <= sample.frame - shot.frames[len(shot.frames) // 2] < EVERY_FRAMES:
        watched.still = sample.still(long_side_px=STILL_LONG_SIDE_PX)


def _read(sample: Sample, captions: Sequence[Caption]) -> list[CaptionMeasures]:
    """Measure the captions that are read on this sample."""
    here = [caption for caption in captions if frame_to_read(caption) == sample.frame]
    font = get_settings().font
    return [read_caption(caption, sample.luma(), font=font) for caption in here]
