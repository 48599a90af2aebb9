"""The film composed: every frame where it belongs, the song beside it, and what goes with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from mvkit import ffmpeg
from mvkit.errors import GenerationFailed, InvalidArtefact, MediaFailed, TimedOut
from mvkit.footage import Fit, FootageWriter, read_frames
from mvkit.schema import FRAME_SIZES_PX, Analysis, Caption, Check, Plan, Video
from mvkit.timing import FPS, n_frames_of
from mvkit.video import compose, compose_video, transitions
from mvkit.video.timeline import Blend, Take, lay_out

from .film_makers import (
    HEIGHT_PX,
    WIDTH_PX,
    bits_of,
    make_analysis,
    make_brief,
    make_clips,
    make_plan,
    read_stamp,
    stamp_levels,
    stamped,
    write_clicks,
    write_clip,
    write_clips,
    write_foreign,
)

CLICKS_S = [0.5, 2.0, 4.25, 7.0, 9.5]
DURATION_S = 10.01


@dataclass(frozen=True)
class Made:
    """A composed film with all it was made from."""

    folder: Path
    plan: Plan
    analysis: Analysis
    video: Video

    @property
    def film(self) -> Path:
        return self.folder / "video.mp4"


@pytest.fixture(autouse=True)
def small_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make wide films small, so that tests are quick."""
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One film with every kind of transition, inner shots, and lyrics."""
    folder = tmp_path_factory.mktemp("run")
    joins = [("cut", 0.0), ("crossfade", 0.5), ("fade", 0.5), ("cut", 0.0)]
    plan = make_plan(
        [0.0, 2.0, 4.5, 6.0, 8.0, DURATION_S], joins, shots_s={1: [3.0], 3: [6.7, 7.5]}
    )
    lyrics = [{"text": "first line", "timestamp": 1.0}, {"text": "second", "timestamp": 3.5}]
    analysis = make_analysis(DURATION_S, lyrics=lyrics)
    write_clips(folder, plan)
    write_clicks(folder / "song.wav", DURATION_S, CLICKS_S)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))
        video = compose_video(
            folder, brief=make_brief(), analysis=analysis, plan=plan, clips=make_clips(plan)
        )
    return Made(folder, plan, analysis, video)


@pytest.fixture
def run(tmp_path: Path) -> Made:
    """A film of four clips of a second each, filmed but not yet composed."""
    plan = make_plan([0.0, 1.0, 2.0, 3.0, 4.0], [("cut", 0.0), ("crossfade", 0.4), ("cut", 0.0)])
    write_clips(tmp_path, plan)
    write_clicks(tmp_path / "song.wav", 4.0, [1.0, 3.0])
    return Made(tmp_path, plan, make_analysis(4.0), video=None)  # type: ignore[arg-type]


def composed(run: Made, **changes: object) -> Video:
    return compose_video(
        run.folder,
        brief=make_brief(),
        analysis=run.analysis,
        plan=run.plan,
        clips=make_clips(run.plan, **changes),  # type: ignore[arg-type]
    )


def stamps_in(film: Path) -> list[tuple[int, int]]:
    return [read_stamp(picture) for picture in read_frames(film)]


def check_takes(film: Path, plan: Plan) -> None:
    """Assert that every frame outside transitions is the planned picture of the planned clip."""
    stamps = stamps_in(film)
    assert len(stamps) == plan.filmed_frames(len(plan.clip_scripts) - 1).stop
    for piece in lay_out(plan, n_frames=len(stamps)):
        if isinstance(piece, Take):
            expected = [(piece.clip_index, n) for n in piece.source]
            assert [stamps[n] for n in piece.film] == expected


def test_every_frame_is_the_planned_picture_of_the_planned_clip(made: Made) -> None:
    check_takes(made.film, made.plan)


def test_transitions_blend_the_planned_pictures_by_the_planned_weights(made: Made) -> None:
    """Where the stamps of the two clips differ, brightness tells the weight."""
    pictures = list(read_frames(made.film))
    pieces = lay_out(made.plan, n_frames=len(pictures))
    for piece in (piece for piece in pieces if isinstance(piece, Blend)):
        ramp = transitions.weights(len(piece.film))
        for weight, film, tail, head in zip(ramp, piece.film, piece.tail, piece.head, strict=True):
            going, coming = (
                np.array(bits_of(clip, frame))
                for clip, frame in ((piece.from_clip, tail), (piece.from_clip + 1, head))
            )
            expected = going * (1 - weight) + coming * weight
            if piece.kind == "fade":
                black = (16 - 40) / (210 - 40)
                lit, light = (going, 1 - 2 * weight) if weight < 0.5 else (coming, 2 * weight - 1)
                expected = lit * light + black * (1 - light)
            assert stamp_levels(pictures[film]) == pytest.approx(expected, abs=0.05)


def test_frames_come_at_exact_thirtieths(made: Made) -> None:
    with av.open(str(made.film)) as file:
        stream = file.streams.video[0]
        times = [packet.pts * packet.time_base for packet in file.demux(stream) if packet.size]
    assert len(times) == n_frames_of(DURATION_S) == 300
    assert all(time * FPS == n for n, time in enumerate(times))


@pytest.mark.parametrize("song", ["song.wav", "song.flac", "song.mp3"])
def test_the_song_is_heard_when_it_was_heard(run: Made, song: str) -> None:
    """A click at t in the song is at t in the film, within half a millisecond."""
    write_clicks(run.folder / song, 4.0, [0.3, 1.0, 3.9])
    compose_video(
        run.folder,
        brief=make_brief(song_file=song),
        analysis=run.analysis,
        plan=run.plan,
        clips=make_clips(run.plan),
    )
    decode = ["-i", str(run.folder / "video.mp4"), "-map", "0:a", "-ac", "1", "-f", "f32le"]
    heard = np.frombuffer(ffmpeg.run([*decode, "pipe:1"], capture=True), np.float32)
    for click_s in (0.3, 1.0, 3.9):
        first = round((click_s - 0.05) * 48_000)
        onset_s = (first + np.argmax(heard[first : first + 4800] > 0.4)) / 48_000
        assert onset_s == pytest.approx(click_s, abs=0.0005)
    assert len(heard) / 48_000 == pytest.approx(4.0, abs=0.03)


def test_the_record_says_what_was_made(made: Made) -> None:
    video = made.video
    assert (video.n_frames, video.width_px, video.height_px) == (300, WIDTH_PX, HEIGHT_PX)
    assert video.duration == 10.0
    assert video.audio_duration == pytest.approx(DURATION_S, abs=0.001)
    assert video.sync_drift <= 0.011
    assert (video.clips_used, video.clips_trimmed, video.clips_looped) == (5, 0, 0)
    assert video.transitions_applied == 4
    n_bytes = made.film.stat().st_size
    assert video.file_size_mb == pytest.approx(n_bytes / 1024**2, abs=0.001)
    assert video.bitrate_kbps == pytest.approx(n_bytes * 8 / 10_000, rel=0.01)
    assert Video.from_json(video.to_json()) == video


def test_every_cut_is_found_on_its_frame(made: Made) -> None:
    assert [(cut.frame, cut.kind, cut.found_frame) for cut in made.video.cuts] == [
        (60, "cut", 60),
        (90, "shot", 90),
        (135, "crossfade", 135),
        (180, "fade", 180),
        (201, "shot", 201),
        (225, "shot", 225),
        (240, "cut", 240),
    ]
    assert [cut.on_beat for cut in made.video.cuts] == [True] * 4 + [False, True, True]
    assert all(check.passed for check in made.video.checks)


def test_what_goes_with_the_film_is_there_and_nothing_else(made: Made) -> None:
    assert {path.name for path in made.folder.iterdir()} == {
        ".cutting",
        "clips",
        "contact_sheet.jpg",
        "cuts.edl",
        "cuts.otio",
        "lyrics.srt",
        "poster.jpg",
        "song.wav",
        "thumbnail.jpg",
        "video.mp4",
    }
    assert (
        (made.folder / "lyrics.srt")
        .read_text()
        .startswith("1\n00:00:00,900 --> 00:00:03,333\nfirst line\n")
    )
    with Image.open(made.folder / "thumbnail.jpg") as thumbnail:
        assert thumbnail.size == (WIDTH_PX, HEIGHT_PX)


def test_the_same_footage_gives_the_same_film(run: Made) -> None:
    composed(run)
    first = (run.folder / "video.mp4").read_bytes()
    composed(run)
    assert (run.folder / "video.mp4").read_bytes() == first


def test_what_an_interrupted_attempt_left_is_cleared_away(run: Made) -> None:
    (run.folder / ".video").mkdir()
    (run.folder / ".video/video.mp4").write_bytes(b"half a film")
    composed(run)
    assert not (run.folder / ".video").exists()


def test_a_film_of_full_size(tmp_path: Path) -> None:
    """The sizes of the product, once."""
    plan = make_plan([0.0, 0.7, 1.4, 2.0], [("crossfade", 0.2), ("cut", 0.0)])
    (tmp_path / "clips").mkdir()
    for index in range(3):
        write_foreign(tmp_path / f"clips/{index:03d}.mp4", index, 24)
    write_clicks(tmp_path / "song.wav", 2.0, [1.0])
    video = compose_video(
        tmp_path,
        brief=make_brief(aspect="1:1"),
        analysis=make_analysis(2.0),
        plan=plan,
        clips=make_clips(plan),
    )
    assert (video.width_px, video.height_px, video.n_frames) == (1080, 1080, 60)


def test_a_clip_without_a_keyframe_at_its_entry_is_still_exact(run: Made) -> None:
    """Its first frames are encoded again, up to the next keyframe; the rest is copied."""
    n_frames = len(run.plan.filmed_frames(2))
    for handover_frames in ((), (20,)):
        write_clip(run.folder / "clips/002.mp4", 2, n_frames, handover_frames=handover_frames)
        composed(run)
        check_takes(run.folder / "video.mp4", run.plan)


def test_a_clip_in_another_form_is_brought_into_final_form(run: Made) -> None:
    write_foreign(run.folder / "clips/001.mp4", 1, 24, rate=24)
    video = composed(run)
    stamps = stamps_in(run.folder / "video.mp4")
    assert stamps[30:54] == [(1, n * 4 // 5) for n in range(24)]
    assert video.clips_looped == 1  # 30 delivered frames, and 36 are needed


def test_a_missing_clip_is_filled_by_its_neighbour(run: Made) -> None:
    video = composed(run, failed={1})
    stamps = stamps_in(run.folder / "video.mp4")
    assert stamps[30:54] == [(0, n) for n in range(24)]
    assert video.clips_used == 3
    assert video.checks[0].found == "3 of 4; clip 1 shows clip 0"


def test_the_bits_a_film_may_have_follow_its_quality(run: Made) -> None:
    brief = make_brief(quality="high")
    parts = {"analysis": run.analysis, "plan": run.plan, "clips": make_clips(run.plan)}
    video = compose_video(run.folder, brief=brief, **parts)  # type: ignore[arg-type]
    assert check_of(video, "bit rate").expected == "at most 16000 kbit/s"
    check_takes(run.folder / "video.mp4", run.plan)


def check_of(video: Video, name: str) -> Check:
    [check] = [check for check in video.checks if check.name == name]
    return check


def test_a_film_that_flashes_too_often_is_made_and_says_so(run: Made) -> None:
    assert check_of(composed(run), "flashes").passed
    with FootageWriter(
        run.folder / "clips/000.mp4", width_px=WIDTH_PX, height_px=HEIGHT_PX
    ) as footage:
        for n in range(len(run.plan.filmed_frames(0))):
            footage.write(stamped(0, n) // 4 + (150 if n % 6 < 2 else 20))
    check = check_of(composed(run), "flashes")
    assert not check.passed
    assert check.found == "at most 5 in a second from 0.1 s"


def test_clips_of_an_earlier_version_do_not_tell_whether_the_film_flashes(run: Made) -> None:
    clip = run.folder / "clips/002.mp4"
    clip.write_bytes(clip.read_bytes().rpartition(b"uuid")[0][:-4])
    check = check_of(composed(run), "flashes")
    assert check.passed
    assert check.found.startswith("not known")


def words_over(run: Made, *, delivered: Collection[int] = ()) -> Made:
    """Write over each clip a line of its own, burnt in; some were delivered without."""
    lines = tuple(
        Caption(kind="title", text="#" * (3 * index + 2), start=index + 0.2, end=index + 0.8)
        for index in range(4)
    )
    plan = run.plan.model_copy(update={"captions": lines})
    for index in range(4):
        bare = run.folder / f"clips/{index:03d}.mp4"
        frames = plan.filmed_frames(index)
        pictures = [*read_frames(bare)]
        if index in delivered:
            bare.rename(bare.with_suffix(".source.mp4"))
        captions = {"captions": plan.captions_in(frames), "first_frame": frames.start}
        with FootageWriter(bare, width_px=WIDTH_PX, height_px=HEIGHT_PX, **captions) as footage:
            for picture in pictures:
                footage.write(picture)
    return replace(run, plan=plan)


def written_px(film: Path, frame: int) -> int:
    """Return how wide the words over a frame are."""
    picture = next(read_frames(film, first_frame=frame)).astype(int)
    bare = stamped(*read_stamp(picture.astype(np.uint8)))
    columns = np.abs(picture - bare)[60:84].mean(axis=0) > 25
    return int(columns.sum())


@pytest.mark.parametrize(
    ("delivered", "shown", "told"),
    [
        ({0, 2}, 0, "clip 1 shows clip 0"),
        ({2}, 2, "clip 1 shows clip 2"),
        (set(), 0, "clip 1 shows clip 0 and its words"),
    ],
)
def test_a_stand_in_carries_the_words_of_its_place(
    run: Made, delivered: set[int], shown: int, told: str
) -> None:
    run = words_over(run, delivered=delivered)
    whole = composed(run)
    own_px = written_px(run.folder / whole.video_url, 45)
    video = composed(run, failed={1})
    film = run.folder / "video.mp4"
    assert video.checks[0].found == f"3 of 4; {told}"
    assert {clip for clip, _ in stamps_in(film)[32:50]} == {shown}
    assert 10 < written_px(film, 15) < own_px / 2
    if delivered:
        assert written_px(film, 45) == pytest.approx(own_px, abs=6)


def test_a_missing_first_clip_is_filled_by_the_next(run: Made) -> None:
    composed(run, failed={0})
    assert stamps_in(run.folder / "video.mp4")[:30] == [(1, n) for n in range(30)]


@pytest.mark.parametrize("damage", [b"", b"not a film" * 100])
def test_a_clip_that_cannot_be_read_counts_as_missing(run: Made, damage: bytes) -> None:
    (run.folder / "clips/003.mp4").write_bytes(damage)
    video = composed(run)
    assert video.clips_used == 3
    assert {clip for clip, _ in stamps_in(run.folder / "video.mp4")[90:]} == {2}


def test_a_clip_that_takes_too_long_to_read_counts_as_missing(
    run: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(source: Path, *_: object, **__: object) -> Fit:
        raise TimedOut(f"ffmpeg did not end within 600 s: {source.name}.")

    write_foreign(run.folder / "clips/000.mp4", 1, 24, rate=24)
    monkeypatch.setattr("mvkit.video.reels.fit", endless)
    with pytest.raises(GenerationFailed, match=r"Only 2 of 4 clips.*clip 0: ffmpeg did not end"):
        composed(run, failed={1})


def test_fewer_than_three_clips_are_no_film(run: Made) -> None:
    with pytest.raises(GenerationFailed, match=r"Only 2 of 4 clips.*the model refused"):
        composed(run, failed={1, 2})
    assert not (run.folder / "video.mp4").exists()


def test_a_film_planned_with_two_clips_needs_two(tmp_path: Path) -> None:
    plan = make_plan([0.0, 1.0, 2.0])
    write_clips(tmp_path, plan)
    write_clicks(tmp_path / "song.wav", 2.0, [1.0])
    run = Made(tmp_path, plan, make_analysis(2.0), video=None)  # type: ignore[arg-type]
    assert composed(run).clips_used == 2
    with pytest.raises(GenerationFailed, match="Only 1 of 2"):
        composed(run, failed={1})


def test_a_film_of_one_clip(tmp_path: Path) -> None:
    plan = make_plan([0.0, 1.0])
    write_clips(tmp_path, plan)
    write_clicks(tmp_path / "song.wav", 1.0, [0.5])
    run = Made(tmp_path, plan, make_analysis(1.0), video=None)  # type: ignore[arg-type]
    assert composed(run).n_frames == 30


def test_clips_of_another_plan_are_refused(run: Made) -> None:
    other = make_plan([0.0, 1.0, 2.0, 3.0, 3.5, 4.0])
    with pytest.raises(InvalidArtefact, match="clip 4"):
        compose_video(
            run.folder,
            brief=make_brief(),
            analysis=run.analysis,
            plan=run.plan,
            clips=make_clips(other),
        )


def test_a_transition_that_fails_becomes_a_cut(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such transition")

    monkeypatch.setitem(transitions.TRANSITIONS, "crossfade", fail)
    video = composed(run)
    stamps = stamps_in(run.folder / "video.mp4")
    assert stamps[54:66] == [(1, n) for n in range(24, 30)] + [(2, n) for n in range(6, 12)]
    assert video.transitions_applied == 2
    assert (video.cuts[1].kind, video.cuts[1].found_frame) == ("cut", 60)
    assert video.checks[1].found == "2 of 3; transition 1 became a cut"


def test_composing_is_tried_twice(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []
    write_film = compose.write_film

    def fail_once(*arguments: object) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise MediaFailed("the disk hiccuped")
        write_film(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compose, "write_film", fail_once)
    assert composed(run).status == "success"
    assert len(attempts) == 2


def test_a_second_failure_tells_both_and_leaves_nothing(
    run: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = iter(["the disk hiccuped", "the disk is full"])

    def fail(*_: object) -> None:
        raise MediaFailed(next(troubles))

    monkeypatch.setattr(compose, "write_film", fail)
    with pytest.raises(MediaFailed, match=r"twice.*hiccuped.*is full"):
        composed(run)
    assert {path.name for path in run.folder.iterdir()} == {".cutting", "clips", "song.wav"}


def test_a_song_that_cannot_be_decoded_fails(run: Made) -> None:
    (run.folder / "song.wav").write_bytes(b"RIFF, but no song")
    with pytest.raises(MediaFailed, match="twice"):
        composed(run)
