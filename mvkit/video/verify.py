"""Check that the finished film is what was planned.

The film is looked at and listened to, from its file alone. What has to hold is checked, and the
first thing that does not stops the stage; what merely deserves a look is noted.

Contents
--------
Expected, Verified, verify_film
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mvkit.errors import VerificationFailed
from mvkit.footage import BITS_PER_S, Light
from mvkit.schema import Check, Cut
from mvkit.timing import FPS, frame_at, seconds_at
from mvkit.video import sound
from mvkit.video.changes import find_change, frames_around
from mvkit.video.container import FilmFacts, read_facts
from mvkit.video.flashes import MAX_PER_S, most_flashes
from mvkit.video.lifeless import longest_black, longest_frozen
from mvkit.video.reels import FilmForm
from mvkit.video.timeline import Change
from mvkit.video.watch import Sighting, second_look, watch

MAX_START_GAP_MS = 1000 / FPS
MAX_END_GAP_MS = 100.0
MAX_OFFSET_MS = 20.0
"""Sound and picture may be this far apart; the product document allows 100 ms."""
MIN_LIKENESS = 0.5
MAX_OVERSHOOT = 1.6
"""A film may have so many times the bits that were aimed at; with the sound, 8 Mbit/s for 5."""
MAX_LIFELESS_S = 2.0
NOTED = frozenset({"beats", "bit rate", "black", "flashes", "frozen"})
"""Checks that are noted only; all others have to pass."""


@dataclass(frozen=True)
class Expected:
    """What a film has to be.

    Attributes
    ----------
    changes : tuple of Change
        Every planned change of picture.
    unsearched : frozenset of int
        Clips that were looped or stand in for others: their inner shots are not where planned.
    light : ndarray or None
        How light each part of each frame is, as the clips tell it; None if they do not.
    """

    n_frames: int
    duration_s: float
    form: FilmForm
    song: Path
    beats_s: tuple[float, ...]
    changes: tuple[Change, ...]
    unsearched: frozenset[int] = frozenset()
    light: Light | None = None

    @cached_property
    def beat_frames(self) -> frozenset[int]:
        """The film's frames on which a beat falls, give or take one."""
        on_beat = (frame_at(beat_s) for beat_s in self.beats_s)
        near = {frame + by for frame in on_beat for by in (-1, 0, 1)}
        return frozenset(near & {*range(self.n_frames)})


@dataclass(frozen=True)
class Verified:
    """What was found.

    Attributes
    ----------
    sync_drift_s : float
        Largest distance between picture and sound, at the start or the end.
    """

    facts: FilmFacts
    cuts: tuple[Cut, ...]
    checks: tuple[Check, ...]
    sync_drift_s: float


def verify_film(film: Path, expected: Expected, *, album: Path | None = None) -> Verified:
    """Check that a finished film is what was planned.

    Parameters
    ----------
    film : Path
        The finished file.
    expected : Expected
        What it has to be.
    album : Path, optional
        Where pictures that were seen are kept for the next cut; see :func:`watch`.

    Raises
    ------
    VerificationFailed
        Naming the first check that did not pass.
    MediaFailed
        If the film cannot be decoded.
    """
    facts = read_facts(film)
    frames = {frame for change in expected.changes for frame in frames_around(change)}
    sighting = watch(film, frames, album=album)
    cuts = tuple(_find_cut(sighting, change, expected) for change in expected.changes)
    offsets = _compare_sound(film, expected.song)
    checks = (
        *_check_file(facts, expected),
        *_check_frames(sighting, expected),
        _check_second_decoder(film, expected),
        *_check_times(facts, expected),
        *(_check_offset(where, match) for where, match in offsets.items()),
        _check_cuts(cuts),
        _note_beats(cuts, expected),
        *_note(facts, sighting, expected),
        _note_flashes(expected.light),
    )
    _insist(checks)
    drifts = [abs(match.offset_s) for match in offsets.values() if match]
    gaps = (_start_gap_s(facts), _end_gap_s(facts))
    return Verified(facts, cuts, checks, sync_drift_s=max(*gaps, *drifts))


def _insist(checks: Sequence[Check]) -> None:
    for check in checks:
        if not check.passed and check.name not in NOTED:
            raise VerificationFailed(
                f"{check.name}: found {check.found}, expected {check.expected}. "
                "Compose the video again; if that does not help, film the clips again.",
                reason=check.name.upper().replace(" ", "_"),
            )


def _check_file(facts: FilmFacts, expected: Expected) -> list[Check]:
    outermost = [box for box in facts.boxes if box in ("moov", "mdat")]
    return [
        _equal("size", f"{facts.width_px}x{facts.height_px}", _px(expected.form)),
        _equal("frame rate", f"{facts.frames_per_second:g} fps", f"{FPS} fps"),
        _equal("picture", facts.picture, "h264 High yuv420p"),
        _equal("colour", facts.colour, "bt709 limited"),
        _equal("sound", facts.sound, "aac 48000 Hz stereo"),
        _equal("fast start", " before ".join(outermost), "moov before mdat"),
    ]


def _check_frames(sighting: Sighting, expected: Expected) -> list[Check]:
    late = sighting.misplaced
    told = f"frame {late[0]} off and {len(late) - 1} more" if late else "every frame at n / 30 s"
    return [
        _equal("frames", str(sighting.n_frames), str(expected.n_frames)),
        _equal("frame times", told, "every frame at n / 30 s"),
    ]


def _check_second_decoder(film: Path, expected: Expected) -> Check:
    found, wanted = second_look(film, n_frames=expected.n_frames)
    return _equal("second decoder", f"{found} frames", f"{wanted} frames")


def _check_times(facts: FilmFacts, expected: Expected) -> list[Check]:
    beyond_s = abs(facts.sound_end_s - facts.sound_start_s - expected.duration_s)
    return [
        _at_most("start together", 1000 * _start_gap_s(facts), MAX_START_GAP_MS, unit="ms apart"),
        _at_most("end together", 1000 * _end_gap_s(facts), MAX_END_GAP_MS, unit="ms apart"),
        _at_most("whole song", 1000 * beyond_s, MAX_END_GAP_MS, unit="ms more or less"),
    ]


def _check_offset(where: str, match: sound.Match | None) -> Check:
    name = f"sound in {where}"
    if match is None:
        return Check(name=name, passed=True, found="silence", expected="as in the song")
    if match.likeness < MIN_LIKENESS:
        found = f"other sound (likeness {match.likeness:.2f})"
        return Check(name=name, passed=False, found=found, expected="the song")
    return _at_most(name, 1000 * abs(match.offset_s), MAX_OFFSET_MS, unit="ms off")


def _check_cuts(cuts: Sequence[Cut]) -> Check:
    told = [cut for cut in cuts if cut.found_frame is not None]
    sharp = [cut for cut in told if cut.kind in ("cut", "shot")]
    wrong = [cut for cut in sharp if cut.found_frame != cut.frame]
    misplaced = "; ".join(f"{cut.kind} {cut.frame} on frame {cut.found_frame}" for cut in wrong)
    alike = len(cuts) - len(told)
    return Check(
        name="cuts",
        passed=not wrong,
        found=misplaced or f"{len(told)} of {len(told)} in place, {alike} too alike to tell",
        expected="every cut on its frame",
    )


def _note_beats(cuts: Sequence[Cut], expected: Expected) -> Check:
    """Tell how many changes between clips fall on a beat, and how many would by chance."""
    between_clips = [cut for cut in cuts if cut.kind != "shot"]
    n_on_beat = sum(cut.on_beat for cut in between_clips)
    chance = len(expected.beat_frames) / expected.n_frames
    return Check(
        name="beats",
        passed=n_on_beat == len(between_clips),
        found=f"{n_on_beat} of {len(between_clips)} changes on a beat, {chance:.0%} by chance",
        expected="all of them",
    )


def _note(facts: FilmFacts, sighting: Sighting, expected: Expected) -> list[Check]:
    most_kbps = MAX_OVERSHOOT * BITS_PER_S[expected.form.quality] / 1000
    return [
        _at_most("bit rate", kbps_of(facts), most_kbps, unit="kbit/s"),
        _note_stretch("black", longest_black(sighting.seen)),
        _note_stretch("frozen", longest_frozen(sighting.seen)),
    ]


def _note_flashes(light: Light | None) -> Check:
    most = f"at most {MAX_PER_S} in any second"
    if light is None:
        found = "not known: a clip was made by an earlier version"
        return Check(name="flashes", passed=True, found=found, expected=most)
    worst = most_flashes(light)
    where = f" from {seconds_at(worst.start_frame):.1f} s" if worst.n_flashes else ""
    return Check(
        name="flashes",
        passed=worst.n_flashes <= MAX_PER_S,
        found=f"at most {worst.n_flashes} in a second{where}",
        expected=most,
    )


def _note_stretch(name: str, frames: range) -> Check:
    where = f" from {seconds_at(frames.start):.1f} s" if frames else ""
    return Check(
        name=name,
        passed=len(frames) <= MAX_LIFELESS_S * FPS,
        found=f"{len(frames) / FPS:.1f} s{where}",
        expected=f"at most {MAX_LIFELESS_S:g} s",
    )


def kbps_of(facts: FilmFacts) -> int:
    """Return a film's mean bit rate, sound and container included, in kbit/s."""
    return round(facts.n_bytes * 8 / 1000 / max(facts.picture_end_s, 1 / FPS))


def _find_cut(sighting: Sighting, change: Change, expected: Expected) -> Cut:
    searched = change.kind != "shot" or change.clip_index not in expected.unsearched
    return Cut(
        frame=change.frame,
        time=seconds_at(change.frame),
        kind=change.kind,
        found_frame=find_change(sighting.seen, change) if searched else None,
        on_beat=change.frame in expected.beat_frames,
    )


def _compare_sound(film: Path, song: Path) -> dict[str, sound.Match | None]:
    """Compare the film's sound with the song, half by half."""
    heard, reference = sound.listen_to_film(film), sound.listen_to_song(song)
    half = len(reference) // 2
    return {
        "the first half": sound.compare(heard[:half], reference[:half]),
        "the second half": sound.compare(heard[half:], reference[half:]),
    }


def _start_gap_s(facts: FilmFacts) -> float:
    return max(abs(facts.picture_start_s), abs(facts.sound_start_s))


def _end_gap_s(facts: FilmFacts) -> float:
    return abs(facts.picture_end_s - facts.sound_end_s)


def _px(form: FilmForm) -> str:
    return f"{form.width_px}x{form.height_px}"


def _equal(name: str, found: str, expected: str) -> Check:
    return Check(name=name, passed=found == expected, found=found, expected=expected)


def _at_most(name: str, found: float, most: float, *, unit: str) -> Check:
    return Check(
        name=name,
        passed=found <= most,
        found=f"{_figure(found)} {unit}",
        expected=f"at most {_figure(most)} {unit}",
    )


def _figure(number: float) -> str:
    return f"{number:.0f}" if number >= 1000 else f"{number:.4g}"
