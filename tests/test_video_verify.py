"""Verification fails on films that are not what was planned, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from mvkit import ffmpeg
from mvkit.errors import MediaFailed, VerificationFailed
from mvkit.footage import FootageWriter, Picture
from mvkit.schema import Check
from mvkit.soundtrack import encode_song
from mvkit.video.join import Strip, write_film
from mvkit.video.reels import FilmForm
from mvkit.video.timeline import Blend, lay_out, planned_changes
from mvkit.video.transitions import blend
from mvkit.video.verify import Expected, Verified, verify_film

from .film_makers import HEIGHT_PX, WIDTH_PX, make_plan, stamped, write_clicks

DURATION_S = 8.0
JOINS = [("cut", 0.0), ("crossfade", 0.5), ("fade", 0.5)]
PLAN = make_plan([0.0, 2.0, 4.0, 6.0, DURATION_S], JOINS, shots_s={0: [1.0], 3: [7.0]})
CLICKS_S = [0.5, 2.2, 4.1, 6.7]


@dataclass(frozen=True)
class Bench:
    """A good film's pictures and song, from which wrong films are made."""

    folder: Path
    pictures: Sequence[Picture]
    expected: Expected

    def film(self, pictures: Sequence[Picture] | None = None, *, song: Path | None = None) -> Path:
        """Write a film of other pictures, or with another song."""
        picture_file, sound, film = (
            self.folder / name for name in ("picture.mp4", "sound.mp4", "film.mp4")
        )
        shown = self.pictures if pictures is None else pictures
        height_px = shown[0].shape[0] * 2 // 3
        with FootageWriter(
            picture_file, width_px=shown[0].shape[1], height_px=height_px
        ) as footage:
            for picture in shown:
                footage.write(picture)
        encode_song(song or self.expected.song, sound)
        write_film([Strip(picture_file, range(len(shown)))], sound, film)
        return film

    def remade(self, *arguments: str) -> Path:
        """Write the good film, then pass it through ffmpeg."""
        remade = self.folder / "remade.mp4"
        ffmpeg.run(["-i", str(self.film()), *arguments, str(remade)])
        return remade

    def verify(self, film: Path) -> Verified:
        return verify_film(film, self.expected)


@pytest.fixture
def bench(tmp_path: Path, good_pictures: list[Picture]) -> Bench:
    expected = Expected(
        n_frames=240,
        duration_s=DURATION_S,
        form=FilmForm(WIDTH_PX, HEIGHT_PX),
        song=write_clicks(tmp_path / "song.wav", DURATION_S, CLICKS_S),
        beats_s=(0.0, 2.0, 4.0, 6.0),
        changes=planned_changes(PLAN),
    )
    return Bench(tmp_path, good_pictures, expected)


@pytest.fixture(scope="module")
def good_pictures() -> list[Picture]:
    """Paint the planned film."""
    pictures: list[Picture] = []
    for piece in lay_out(PLAN, n_frames=240):
        if isinstance(piece, Blend):
            going = (paint(piece.from_clip, n) for n in piece.tail)
            coming = (paint(piece.from_clip + 1, n) for n in piece.head)
            pictures += blend(piece.kind, going, coming, n_frames=len(piece.film))
        else:
            pictures += [paint(piece.clip_index, n) for n in piece.source]
    return pictures


def paint(clip: int, frame: int) -> Picture:
    film_frame = PLAN.filmed_frames(clip)[frame]
    shots = PLAN.clip_scripts[clip].shots[1:]
    return stamped(clip, frame, shot=sum(shot.start * 30 <= film_frame for shot in shots))


def check_named(verified: Verified, name: str) -> Check:
    return next(check for check in verified.checks if check.name == name)


def test_a_good_film_passes_every_check(bench: Bench) -> None:
    verified = bench.verify(bench.film())
    assert [check.name for check in verified.checks if not check.passed] == []
    assert [cut.found_frame for cut in verified.cuts] == [30, 60, 120, 180, 210]
    assert verified.sync_drift_s < 0.001
    assert check_named(verified, "cuts").found == "5 of 5 in place, 0 too alike to tell"


WRONG_PICTURES: dict[str, tuple[Callable[[list[Picture]], list[Picture]], str]] = {
    "one frame late": (
        lambda film: [film[0], *film[:-1]],
        r"CUTS: cuts: found shot 30 on frame 31",
    ),
    "one frame early": (
        lambda film: [*film[1:], film[-1]],
        r"CUTS: cuts: found shot 30 on frame 29",
    ),
    "two frames late": (lambda film: [film[0], film[0], *film[:-2]], r"shot 30 on frame 32"),
    "a frame missing": (lambda film: film[:100] + film[101:], r"FRAMES.*found 239, expected 240"),
    "a frame too many": (lambda film: [*film, film[-1]], r"FRAMES.*found 241, expected 240"),
    "one cut late": (
        lambda film: [*film[:60], film[59], *film[61:]],
        r"found cut 60 on frame 61",
    ),
    "half the size": (
        lambda film: [np.ascontiguousarray(picture[::2, ::2]) for picture in film],
        r"SIZE: size: found 128x72, expected 256x144",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_PICTURES)
def test_wrong_pictures_fail(bench: Bench, wrong: str) -> None:
    spoil, message = WRONG_PICTURES[wrong]
    with pytest.raises(VerificationFailed, match=message):
        bench.verify(bench.film(spoil(list(bench.pictures))))


@pytest.mark.parametrize("frames_late", [-6, 6])
def test_a_transition_out_of_place_is_not_claimed(bench: Bench, frames_late: int) -> None:
    """The cuts are in place, the crossfade is not: it goes on too early, or too late."""
    crossfade = lay_out(PLAN, n_frames=240)[2]
    assert isinstance(crossfade, Blend)
    first, last = crossfade.film.start - 1, crossfade.film.stop
    film = list(bench.pictures)
    for frame in crossfade.film:
        film[frame] = bench.pictures[min(max(frame - frames_late, first), last)]
    assert bench.verify(bench.film(film)).cuts[2].found_frame is None


@pytest.mark.parametrize("by_s", [0.2, 0.05, -0.2])
def test_late_sound_fails(bench: Bench, by_s: float) -> None:
    """The tracks are as long as they should be; only listening tells."""
    late = write_clicks(bench.folder / "late.wav", DURATION_S, CLICKS_S, late_s=by_s)
    message = f"SOUND_IN_THE_FIRST_HALF.*found {1000 * abs(by_s):.0f} ms off"
    with pytest.raises(VerificationFailed, match=message):
        bench.verify(bench.film(song=late))


def test_sound_that_starts_late_fails(bench: Bench) -> None:
    """The samples are right, but the track begins 0.2 s into the film."""
    late = bench.folder / "late.mp4"
    good = str(bench.film())
    copy = ["-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart"]
    ffmpeg.run(["-i", good, "-itsoffset", "0.2", "-i", good, *copy, str(late)])
    with pytest.raises(VerificationFailed, match="START_TOGETHER"):
        bench.verify(late)


def test_another_song_fails(bench: Bench) -> None:
    other = write_clicks(bench.folder / "other.wav", DURATION_S, [1.1, 3.0, 5.3, 7.9], seed=1)
    with pytest.raises(VerificationFailed, match="SOUND_IN_THE_FIRST_HALF"):
        bench.verify(bench.film(song=other))


def test_a_song_cut_short_fails(bench: Bench) -> None:
    short = write_clicks(bench.folder / "short.wav", DURATION_S - 0.5, CLICKS_S)
    with pytest.raises(VerificationFailed, match=r"END_TOGETHER.*found 500 ms apart"):
        bench.verify(bench.film(song=short))


UNTAG = "setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown"
REMADE = {
    "slow start": (["-c", "copy"], r"FAST_START.*mdat before moov"),
    "baseline": (
        ["-c:a", "copy", "-c:v", "libx264", "-profile:v", "baseline", "-movflags", "+faststart"],
        r"PICTURE.*h264 \w*\s*Baseline yuv420p, expected h264 High yuv420p",
    ),
    "60 fps": (
        ["-c:a", "copy", "-c:v", "libx264", "-r", "60", "-movflags", "+faststart"],
        r"FRAME_RATE.*found 60 fps",
    ),
    "untagged": (
        ["-c:a", "copy", "-c:v", "libx264", "-movflags", "+faststart", "-vf", UNTAG],
        r"COLOUR.*expected bt709 limited",
    ),
    "mono": (
        ["-c:v", "copy", "-ac", "1", "-movflags", "+faststart"],
        r"SOUND: sound: found aac 48000 Hz mono, expected aac 48000 Hz stereo",
    ),
}


@pytest.mark.parametrize("kind", REMADE)
def test_a_film_in_another_form_fails(bench: Bench, kind: str) -> None:
    arguments, message = REMADE[kind]
    with pytest.raises(VerificationFailed, match=message):
        bench.verify(bench.remade(*arguments))


def test_irregular_frame_times_fail(bench: Bench) -> None:
    """One frame a hundredth of a second late is one too many."""
    film = bench.remade(
        *("-c", "copy", "-movflags", "+faststart"),
        *("-bsf:v", "setts=ts=PTS+150*eq(N\\,100)"),
    )
    with pytest.raises(VerificationFailed, match=r"FRAME_TIMES.*frame 100 off"):
        bench.verify(film)


def test_a_film_without_sound_fails(bench: Bench) -> None:
    with pytest.raises(MediaFailed, match="lacks picture or sound"):
        bench.verify(bench.remade("-c", "copy", "-an"))


def test_a_damaged_film_fails(bench: Bench) -> None:
    film = bench.film()
    data = bytearray(film.read_bytes())
    start = data.index(b"mdat") + len(data) // 3
    data[start : start + 4000] = np.random.default_rng(0).bytes(4000)
    film.write_bytes(data)
    with pytest.raises((MediaFailed, VerificationFailed)):
        bench.verify(film)


def test_pictures_too_alike_to_tell_are_not_claimed(bench: Bench) -> None:
    """Where nothing changes, no cut is found, and none is missed."""
    film = list(bench.pictures)
    film[60:108] = [film[59]] * 48
    verified = bench.verify(bench.film(film))
    assert verified.cuts[1].found_frame is None
    assert check_named(verified, "cuts").found == "4 of 4 in place, 1 too alike to tell"


def test_a_flash_beside_a_cut_is_not_taken_for_it(bench: Bench) -> None:
    """Light that jumps up one frame after the cut and dies away, as on a beat."""
    film = list(bench.pictures)
    for frame, light in ((61, 1.9), (62, 1.6), (63, 1.4), (64, 1.2)):
        film[frame] = film[frame].copy()
        film[frame][:HEIGHT_PX] = np.clip(film[frame][:HEIGHT_PX] * 0.5 * light, 16, 235)
    assert bench.verify(bench.film(film)).cuts[1].found_frame == 60


def test_movement_in_steps_is_not_taken_for_a_cut(bench: Bench) -> None:
    """Footage of seven frames per second jumps by itself, on any frame."""
    film = list(bench.pictures)
    film[30:60] = [film[30 + (n - 30) // 4 * 4] for n in range(30, 60)]
    off_step = replace(bench.expected.changes[0], frame=47)
    unlucky = replace(bench.expected, changes=(off_step, *bench.expected.changes[1:]))
    assert verify_film(bench.film(film), unlucky).cuts[0].found_frame is None


def test_inner_shots_of_looped_clips_are_not_searched(bench: Bench) -> None:
    late = [bench.pictures[0], *bench.pictures[:59], *bench.pictures[60:]]
    with pytest.raises(VerificationFailed, match="shot 30 on frame 31"):
        bench.verify(bench.film(late))
    looped = replace(bench.expected, unsearched=frozenset({0}))
    assert verify_film(bench.film(late), looped).cuts[0].found_frame is None


def test_black_and_frozen_stretches_are_noted(bench: Bench) -> None:
    film = list(bench.pictures)
    black = np.full_like(film[0], 128)
    black[:HEIGHT_PX] = 16
    film[120 + 8 : 240] = [black] * 112
    verified = bench.verify(bench.film(film))
    assert not check_named(verified, "black").passed
    assert check_named(verified, "black").found.startswith("3.")
    assert not check_named(verified, "frozen").passed


def test_cuts_off_the_beat_are_noted(bench: Bench) -> None:
    expected = replace(bench.expected, beats_s=(0.0, 2.0, 4.2, 6.0))
    verified = verify_film(bench.film(), expected)
    beats = check_named(verified, "beats")
    assert (beats.passed, beats.found) == (False, "2 of 3 changes on a beat, 5% by chance")
