"""A film that is cut again: only what its changed clips are part of is made and looked at anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mvkit.footage import FootageWriter, Picture, read_frames
from mvkit.schema import FRAME_SIZES_PX, Plan, Video
from mvkit.video import compose_video, watch

from .film_makers import (
    HEIGHT_PX,
    WIDTH_PX,
    make_analysis,
    make_brief,
    make_clips,
    make_plan,
    stamped,
    write_clicks,
    write_clip,
    write_clips,
)

N_CLIPS = 4
JOINS = [("crossfade", 0.4), ("fade", 0.4), ("luma dissolve", 0.4)]


@pytest.fixture(autouse=True)
def small_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))


@pytest.fixture
def plan() -> Plan:
    return make_plan([0.0, 1.0, 2.0, 3.0, 4.0], JOINS)


@pytest.fixture
def folder(tmp_path: Path, plan: Plan) -> Path:
    """A run whose film is cut for the first time."""
    write_clips(tmp_path, plan)
    write_clicks(tmp_path / "song.wav", 4.0, [1.0, 3.0])
    cut(tmp_path, plan)
    return tmp_path


def cut(folder: Path, plan: Plan) -> Video:
    return compose_video(
        folder,
        brief=make_brief(),
        analysis=make_analysis(4.0),
        plan=plan,
        clips=make_clips(plan),
    )


def film_again(folder: Path, plan: Plan, clip: int) -> None:
    """Replace a clip by one with other pictures, that can be entered where the first could."""
    n_frames = len(plan.filmed_frames(clip))
    handover = {2 * plan.transitions[clip - 1].half_frames} if clip else set()
    path = folder / f"clips/{clip:03d}.mp4"
    size = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    with FootageWriter(path, handover_frames=handover, **size) as footage:
        for frame in range(n_frames):
            footage.write(stamped(clip + N_CLIPS, frame))


def transitions_of(folder: Path) -> dict[int, tuple[str, int]]:
    """Return the kept file of each transition, and when it was written."""
    kept = sorted((folder / ".cutting").glob("transition_*"))
    return {int(path.name[11:14]): (path.name, path.stat().st_mtime_ns) for path in kept}


def pictures_of(folder: Path) -> list[Picture]:
    return list(read_frames(folder / "video.mp4"))


def test_only_the_transitions_of_a_changed_clip_are_made_anew(folder: Path, plan: Plan) -> None:
    before = transitions_of(folder)
    film_again(folder, plan, 0)
    cut(folder, plan)
    after = transitions_of(folder)
    assert before.keys() == after.keys() == {0, 1, 2}
    assert after[0][0] != before[0][0]
    assert (after[1], after[2]) == (before[1], before[2])


def test_a_film_cut_again_is_the_film_cut_from_nothing(folder: Path, plan: Plan) -> None:
    film_again(folder, plan, 2)
    again = cut(folder, plan)
    film = (folder / "video.mp4").read_bytes()
    for kept in (folder / ".cutting").iterdir():
        kept.unlink()
    from_nothing = cut(folder, plan)
    assert (folder / "video.mp4").read_bytes() == film
    assert (again.cuts, again.checks) == (from_nothing.cuts, from_nothing.checks)


def test_a_transition_of_another_kind_is_another_one(folder: Path, plan: Plan) -> None:
    before = transitions_of(folder)
    cut(folder, make_plan([0.0, 1.0, 2.0, 3.0, 4.0], [("wipe", 0.4), *JOINS[1:]]))
    wiped = transitions_of(folder)
    assert wiped[0] != before[0]
    assert (wiped[1], wiped[2]) == (before[1], before[2])


def test_a_damaged_transition_is_made_anew(folder: Path, plan: Plan) -> None:
    film = pictures_of(folder)
    damaged = folder / ".cutting" / transitions_of(folder)[1][0]
    damaged.write_bytes(damaged.read_bytes()[:300])
    video = cut(folder, plan)
    assert video.transitions_applied == 3
    assert all((a == b).all() for a, b in zip(film, pictures_of(folder), strict=True))


# The album


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", 1, 30, handover_frames={15})


def pixels(sighting: watch.Sighting) -> dict[int, bytes]:
    return {frame: picture.tobytes() for frame, picture in sighting.seen.items()}


def test_what_the_album_shows_is_not_decoded_again(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    album = tmp_path / "album.npz"
    first = watch.watch(clip, {3, 4, 20}, album=album)
    monkeypatch.setattr(watch, "_decode", pytest.fail)
    again = watch.watch(clip, {3, 4, 20}, album=album)
    assert pixels(again) == pixels(first)
    assert {0, 3, 4, 20} <= set(again.seen)


def test_a_changed_picture_is_looked_at_again(clip: Path, tmp_path: Path) -> None:
    """The second half is another clip's; the first is the same to the byte."""
    album = tmp_path / "album.npz"
    watch.watch(clip, {3, 20}, album=album)
    with FootageWriter(
        tmp_path / "other.mp4", width_px=WIDTH_PX, height_px=HEIGHT_PX, handover_frames={15}
    ) as footage:
        for frame in range(30):
            footage.write(stamped(1 if frame < 15 else 2, frame))
    seen = watch.watch(tmp_path / "other.mp4", {3, 20}, album=album)
    assert pixels(seen) == pixels(watch.watch(tmp_path / "other.mp4", {3, 20}))


@pytest.mark.parametrize("damage", [b"", b"no album", b"PK\x03\x04"])
def test_a_damaged_album_is_an_empty_one(clip: Path, tmp_path: Path, damage: bytes) -> None:
    album = tmp_path / "album.npz"
    album.write_bytes(damage)
    assert pixels(watch.watch(clip, {3}, album=album)) == pixels(watch.watch(clip, {3}))
    watch.watch(clip, {3}, album=album)


def test_an_album_does_not_grow_with_every_cut(folder: Path, plan: Plan) -> None:
    sizes = []
    for clip in (0, 1, 2):
        film_again(folder, plan, clip)
        cut(folder, plan)
        sizes.append(os.path.getsize(folder / ".cutting/album.npz"))
    assert max(sizes) <= 1.2 * min(sizes)
