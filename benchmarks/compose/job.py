"""The film that is composed: thirty-seven clips, as models deliver them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from mvkit.schema import Analysis, Brief, Clips, Plan
from mvkit.timing import FPS, frame_at, tidy_s
from tests.film_makers import make_analysis, make_brief, make_clips, make_plan, write_clicks

__all__ = ["HEIGHT_PX", "WIDTH_PX", "Delivery", "Job"]

WIDTH_PX, HEIGHT_PX = 1920, 1080
BEAT_S = 60 / 116
TRANSITION_S = 0.8
EVERY_TRANSITION = 3
"""Every third change is a transition, by turns a crossfade and a fade; the others are cuts."""
RATES = (24, 30, 24, 7)
SIZES_PX = ((1280, 720), (1024, 576), (832, 480))
LENGTHS = (1.0, 1.3, 0.6, 0.97, 1.15)
"""Delivered lengths, as shares of what is wanted; 0.97 is near enough to be slowed."""


@dataclass(frozen=True)
class Delivery:
    """A clip as a model delivers it.

    Attributes
    ----------
    number : int
        What its pictures are stamped with.
    rate : int
        Pictures per second.
    n_frames : int
        Pictures.
    """

    number: int
    width_px: int
    height_px: int
    rate: int
    n_frames: int
    folder: Path

    @property
    def path(self) -> Path:
        """Its file, which is named by all that it depends on."""
        size = f"{self.width_px}x{self.height_px}"
        return self.folder / f"{self.number:03d}_{size}_{self.n_frames}_at_{self.rate}.mp4"

    @property
    def n_shown(self) -> int:
        """How many frames of a film it lasts."""
        return ceil(self.n_frames * FPS / self.rate)


@dataclass(frozen=True)
class Job:
    """A film to compose.

    Attributes
    ----------
    retaken : int or None
        The clip that was filmed anew, if one was; its pictures bear the first number that is free.
    """

    folder: Path
    seconds: int
    n_clips: int
    retaken: int | None = None

    @property
    def n_frames(self) -> int:
        """Length of the film."""
        return self.seconds * FPS

    @property
    def song(self) -> Path:
        """The song; :meth:`write_song` makes it."""
        return self.folder / "song.wav"

    @property
    def film(self) -> Path:
        """The film that mvkit makes."""
        return self.folder / "video.mp4"

    @property
    def edges_s(self) -> list[float]:
        """When each clip begins, on beats, and when the last one ends."""
        beats = [round(n * self.seconds / self.n_clips / BEAT_S) for n in range(self.n_clips)]
        return [*(tidy_s(beat * BEAT_S) for beat in beats), float(self.seconds)]

    @property
    def joins(self) -> list[tuple[str, float]]:
        """How each clip gives way to the next: kind and seconds."""
        return [self._join(index) for index in range(self.n_clips - 1)]

    @property
    def deliveries(self) -> list[Delivery]:
        """What is delivered, clip by clip."""
        return [self.delivery(index) for index in range(self.n_clips)]

    def half_frames(self, join: int) -> int:
        """Return how far a change of clips reaches to both sides; 0 for a cut."""
        return frame_at(self.joins[join][1] / 2)

    def covered(self, index: int) -> range:
        """Return the film's frames in which a clip has a part."""
        first, last = (frame_at(edge_s) for edge_s in self.edges_s[index : index + 2])
        before = self.half_frames(index - 1) if index else 0
        after = self.half_frames(index) if index + 1 < self.n_clips else 0
        return range(first - before, last + after)

    def delivery(self, index: int) -> Delivery:
        """Return what is delivered for a clip."""
        number = self.n_clips if index == self.retaken else index
        rate, length = RATES[number % len(RATES)], LENGTHS[number % len(LENGTHS)]
        n_frames = round(len(self.covered(index)) / FPS * rate * length)
        size_px = SIZES_PX[number % len(SIZES_PX)]
        return Delivery(number, *size_px, rate, n_frames, self.folder / "delivered")

    def clip(self, index: int) -> Path:
        """Return the file of a clip in final form."""
        take = ".take2" if index == self.retaken else ""
        return self.folder / f"clips/{index:03d}{take}.mp4"

    def write_song(self) -> None:
        """Write a song of exactly the film's length: noise, and a click on every beat."""
        clicks_s = [n * BEAT_S for n in range(int(self.seconds / BEAT_S))]
        write_clicks(self.song, self.seconds, clicks_s)

    def brief(self) -> Brief:
        """Return the wish."""
        return make_brief(song_file=self.song.name)

    def analysis(self) -> Analysis:
        """Return what is heard in the song."""
        return make_analysis(float(self.seconds), beat_s=BEAT_S)

    def plan(self) -> Plan:
        """Return the director's plan."""
        return make_plan(self.edges_s, self.joins)

    def clips(self, fits: Sequence[str]) -> Clips:
        """Return the record of what was filmed, and how each clip was brought to its length."""
        made = make_clips(self.plan())
        named = [
            clip.model_copy(
                update={"fit": how, "video_url": f"clips/{self.clip(clip.clip_index).name}"}
            )
            for clip, how in zip(made.clips, fits, strict=True)
        ]
        return made.model_copy(update={"clips": tuple(named)})

    def _join(self, index: int) -> tuple[str, float]:
        turn, place = divmod(index, EVERY_TRANSITION)
        if place != 1:
            return "cut", 0.0
        return ("fade" if turn % 2 else "crossfade"), TRANSITION_S
