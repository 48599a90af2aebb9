"""Footage in final form: how it is written, read, and made from foreign clips."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import PictureType

from mvkit import ffmpeg
from mvkit.errors import MediaFailed
from mvkit.footage import (
    BITS_PER_S,
    Fit,
    FootageWriter,
    fit,
    is_final_form,
    keyframes_in,
    n_frames_in,
    packets_from,
    read_frames,
)
from mvkit.footage.fitting import source_frames

from .film_makers import (
    CLIP_BITS,
    HEIGHT_PX,
    WIDTH_PX,
    read_stamp,
    stamp_levels,
    stamped,
    write_clip,
    write_foreign,
)

SIZE = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}


def stamps_in(path: Path) -> list[tuple[int, int]]:
    return [read_stamp(picture) for picture in read_frames(path)]


def flat(luma: int, blue: int, red: int, *, width_px: int, height_px: int) -> np.ndarray:
    """Paint a picture of one colour."""
    picture = np.full((height_px * 3 // 2, width_px), luma, np.uint8)
    chroma = picture[height_px:].reshape(2, -1)
    chroma[0], chroma[1] = blue, red
    return picture


def test_footage_is_h264_high_in_bt709_at_30_fps(tmp_path: Path) -> None:
    with av.open(str(write_clip(tmp_path / "clip.mp4", 1, 70))) as file:
        stream = file.streams.video[0]
        codec = stream.codec_context
        assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "High", "yuv420p")
        assert (codec.color_primaries, codec.color_trc, codec.colorspace) == (1, 1, 1)
        assert codec.color_range == 1
        assert (codec.width, codec.height, codec.sample_aspect_ratio) == (WIDTH_PX, HEIGHT_PX, 1)
        assert stream.average_rate == 30
        frames = list(file.decode(stream))
    assert [frame.time for frame in frames] == pytest.approx([n / 30 for n in range(70)])
    assert {frame.pict_type for frame in frames} == {PictureType.I, PictureType.P}


def test_ffmpeg_agrees_that_it_is_high_profile(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 1, 2)
    dump = ["-i", str(clip), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "pipe:1"]
    stream = ffmpeg.run(dump, capture=True)
    sps = stream.index(b"\x00\x00\x01\x67") + 4
    assert stream[sps] == 100  # profile_idc of High (ITU-T H.264, A.2.4)


def test_keyframes_are_where_footage_is_handed_over_and_never_far_apart(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 1, 150, handover_frames={7, 100})
    assert keyframes_in(clip) == {0, 7, 67, 100}


def test_a_finer_quality_takes_more_bits_and_is_nearer_to_the_picture(tmp_path: Path) -> None:
    """Of moving noise, which nothing can foresee; about as many bits as were aimed at."""
    n_frames, rng = 60, np.random.default_rng(1)
    pictures = [np.full((360 * 3 // 2, 640), 128, np.uint8) for _ in range(n_frames)]
    for picture in pictures:
        noise = rng.normal(128, 40, (180, 320)).repeat(2, 0).repeat(2, 1)
        picture[:360] = noise.clip(20, 230)
    sizes, errors = [], []
    for quality in BITS_PER_S:
        path = tmp_path / f"{quality}.mp4"
        with FootageWriter(path, width_px=640, height_px=360, quality=quality) as footage:
            for picture in pictures:
                footage.write(picture)
        sizes.append(path.stat().st_size * 8 * 30 / n_frames)
        seen = zip(pictures, read_frames(path), strict=True)
        errors.append(np.mean([np.abs(a.astype(int) - b).mean() for a, b in seen]))
    assert sizes == [pytest.approx(aim, rel=0.35) for aim in BITS_PER_S.values()]
    assert errors[0] > 1.2 * errors[1] > 1.4 * errors[2]


def test_every_keyframe_can_be_entered_without_what_came_before(tmp_path: Path) -> None:
    """A hand-over frame is an IDR frame, not merely an intra frame."""
    clip = write_clip(tmp_path / "clip.mp4", 3, 40, handover_frames={15})
    with av.open(str(clip)) as file:
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = file.streams.video[0].codec_context.extradata
        packets = [packet for packet in file.demux(video=0) if packet.size][15:]
        pictures = [f.to_ndarray() for p in [*packets, None] for f in decoder.decode(p)]
    assert [read_stamp(picture) for picture in pictures] == [(3, n) for n in range(15, 40)]


def test_footage_of_a_size_shares_one_decoder_setup(tmp_path: Path) -> None:
    """Whatever the content and the threads: otherwise packets could not be joined."""
    setups = set()
    for clip, threads in ((1, 1), (9, 2)):
        path = tmp_path / f"{clip}.mp4"
        with FootageWriter(path, **SIZE, threads=threads) as footage:
            for frame in range(5):
                footage.write(stamped(clip, frame))
        assert is_final_form(path, n_frames=5, **SIZE)
        with av.open(str(path)) as file:
            setups.add(bytes(file.streams.video[0].codec_context.extradata))
    assert len(setups) == 1


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_clip(tmp_path / name, 4, 40) for name in ("a.mp4", "b.mp4"))
    assert first.read_bytes() == second.read_bytes()


def test_pictures_of_another_size_are_scaled(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, width_px=2 * WIDTH_PX, height_px=2 * HEIGHT_PX) as footage:
        for frame in range(3):
            footage.write(stamped(5, frame))
    assert [picture.shape for picture in read_frames(path)] == [(3 * HEIGHT_PX, 2 * WIDTH_PX)] * 3
    assert stamps_in(path) == [(5, 0), (5, 1), (5, 2)]


@pytest.mark.parametrize("enlarge", [1, 2])
def test_a_pictures_memory_may_be_used_again(tmp_path: Path, enlarge: int) -> None:
    """A painter that paints every picture into the same array gets what it painted."""
    canvas = stamped(1, 0)
    width_px, height_px = enlarge * WIDTH_PX, enlarge * HEIGHT_PX
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, width_px=width_px, height_px=height_px, threads=2) as footage:
        for frame in range(20):
            canvas[:] = stamped(1, frame)
            footage.write(canvas)
            canvas[:] = 16
    assert stamps_in(path) == [(1, frame) for frame in range(20)]


@pytest.mark.parametrize(("luma", "blue", "red"), [(16, 128, 128), (235, 128, 128), (81, 90, 240)])
def test_scaling_changes_no_colour(tmp_path: Path, luma: int, blue: int, red: int) -> None:
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, **SIZE) as footage:
        footage.write(flat(luma, blue, red, width_px=128, height_px=72))
    (picture,) = read_frames(path)
    expected = flat(luma, blue, red, **SIZE)
    assert np.abs(picture.astype(int) - expected).max() <= 1


def test_reading_can_start_anywhere(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 2, 130)
    for first_frame in (0, 1, 59, 60, 61, 129):
        pictures = read_frames(clip, first_frame=first_frame)
        assert read_stamp(next(pictures)) == (2, first_frame)
    assert n_frames_in(clip) == 130
    assert [frame for frame, _ in packets_from(clip, first_frame=65)] == list(range(60, 130))


def test_every_keyframe_is_found_by_its_number(tmp_path: Path) -> None:
    """Seeking never lands one keyframe early: times of frames are thirds, and floats are not."""
    clip = write_clip(tmp_path / "clip.mp4", 1, 100, handover_frames=range(100))
    for frame in range(100):
        assert next(packets_from(clip, first_frame=frame))[0] == frame


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, **SIZE) as footage:
        footage.write(stamped(1, 0))
        assert not path.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), FootageWriter(tmp_path / "a.mp4", **SIZE) as footage:  # noqa: PT012
        footage.write(stamped(1, 0))
        raise ZeroDivisionError
    with pytest.raises(MediaFailed, match="No picture"), FootageWriter(tmp_path / "b.mp4", **SIZE):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed, match="could not be written"):
        write_clip(tmp_path / "nowhere" / "clip.mp4", 1, 1)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 10 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, full_disk: None) -> None:
    with pytest.raises(MediaFailed, match="could not be written"):
        write_clip(tmp_path / "clip.mp4", 1, 100)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_footage_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("not a film")
    for name in ("note.mp4", "missing.mp4"):
        with pytest.raises(MediaFailed, match=name):
            n_frames_in(tmp_path / name)


@pytest.mark.parametrize(
    ("n_frames", "width_px", "encode"),
    [
        (9, WIDTH_PX, ()),
        (10, 2 * WIDTH_PX, ()),
        (10, WIDTH_PX, ("-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p")),
    ],
    ids=["length", "size", "settings"],
)
def test_final_form_means_length_size_and_settings(
    tmp_path: Path, n_frames: int, width_px: int, encode: Sequence[str]
) -> None:
    path = tmp_path / "clip.mp4"
    clip = write_foreign(path, 1, 10, encode=encode) if encode else write_clip(path, 1, 10)
    assert not is_final_form(clip, n_frames=n_frames, width_px=width_px, height_px=HEIGHT_PX)


@pytest.mark.parametrize(
    ("n_delivered", "n_frames", "expected"),
    [
        (4, 4, [0, 1, 2, 3]),
        (9, 4, [0, 1, 2, 3]),  # the end is left out
        (2, 4, [0, 1, 0, 1]),  # two whole repeats
        (3, 7, [0, 1, 2, 0, 1, 2, 0]),  # the last repeat is left out where the time is over
        (1, 3, [0, 0, 0]),
    ],
)
def test_footage_is_trimmed_from_the_end_or_repeated_whole(
    n_delivered: int, n_frames: int, expected: list[int]
) -> None:
    assert source_frames(n_delivered=n_delivered, n_frames=n_frames) == expected


@pytest.mark.parametrize("n_delivered", [95, 99, 48, 49])
def test_footage_that_nearly_fills_its_time_is_slowed_and_shown_whole(n_delivered: int) -> None:
    """At most five per cent: all of it is seen, in order, and no stump of a repeat."""
    shown = source_frames(n_delivered=n_delivered, n_frames=100)
    repeats = 100 // n_delivered
    assert sorted(set(shown)) == list(range(n_delivered))
    assert sum(later < earlier for earlier, later in pairwise(shown)) == repeats - 1
    assert shown[-1] == n_delivered - 1


def test_footage_a_little_too_short_for_slowing_is_repeated() -> None:
    assert source_frames(n_delivered=94, n_frames=100)[-6:] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("rate", [30, 24, 25, 60, 7])
def test_foreign_rates_show_what_was_on_screen_at_each_time(tmp_path: Path, rate: int) -> None:
    source = write_foreign(tmp_path / "source.mp4", 6, 2 * rate, rate=rate)
    done = fit(source, tmp_path / "clip.mp4", n_frames=60, **SIZE)
    assert done == Fit(how="exact", delivered_s=2.0)
    assert stamps_in(tmp_path / "clip.mp4") == [(6, n * rate // 30) for n in range(60)]


FOREIGN = {
    "odd size": ("odd.mp4", ["-vf", "scale=251:141", "-c:v", "libx264", "-pix_fmt", "yuv444p"]),
    "alpha": ("alpha.webm", ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-pix_fmt", "yuva420p"]),
    "whole milliseconds": ("vp8.webm", ["-c:v", "libvpx", "-cpu-used", "8", "-b:v", "4M"]),
    "late start": ("late.mp4", ["-c:v", "libx264", "-output_ts_offset", "3"]),
    "B-frames": ("b.mkv", ["-c:v", "libx264", "-bf", "3"]),
    "wide pixels": ("sar.mp4", ["-vf", "scale=128:144,setsar=2", "-c:v", "libx264"]),
}


@pytest.mark.parametrize(("name", "encode"), FOREIGN.values(), ids=list(FOREIGN))
def test_foreign_clips_come_into_final_form(
    tmp_path: Path, name: str, encode: Sequence[str]
) -> None:
    source = write_foreign(tmp_path / name, 7, 48, rate=24, encode=encode)
    target = tmp_path / "clip.mp4"
    done = fit(source, target, n_frames=60, **SIZE, handover_frames={13})
    assert done == Fit(how="exact", delivered_s=2.0)
    assert is_final_form(target, n_frames=60, **SIZE)
    assert 13 in keyframes_in(target)
    assert stamps_in(target) == [(7, n * 4 // 5) for n in range(60)]


def test_a_varying_rate_becomes_constant(tmp_path: Path) -> None:
    """Each picture stays until the next one is due."""
    kept = [0, 1, 5, 6, 7, 15, 22, 29]
    select = "+".join(f"eq(n,{n})" for n in kept)
    encode = ["-vf", f"select='{select}'", "-fps_mode", "vfr", "-c:v", "libx264"]
    source = write_foreign(tmp_path / "vfr.mp4", 8, 30, encode=encode)
    fit(source, tmp_path / "clip.mp4", n_frames=30, **SIZE)
    expected = [max(frame for frame in kept if frame <= n) for n in range(30)]
    assert stamps_in(tmp_path / "clip.mp4") == [(8, n) for n in expected]


@pytest.mark.parametrize(
    ("n_frames", "how", "expected"),
    [
        (20, "trimmed", [*range(20)]),
        # At a seam the last picture leads for two of four frames.
        (75, "looped", [*range(30), 29, 29, *range(2, 30), 29, 29, *range(2, 15)]),
    ],
)
def test_foreign_clips_are_trimmed_or_looped(
    tmp_path: Path, n_frames: int, how: str, expected: list[int]
) -> None:
    source = write_foreign(tmp_path / "source.mp4", 9, 30)
    done = fit(source, tmp_path / "clip.mp4", n_frames=n_frames, **SIZE)
    assert (done.how, done.delivered_s) == (how, 1.0)
    assert stamps_in(tmp_path / "clip.mp4") == [(9, n) for n in expected]


def test_a_repeat_begins_as_a_dissolve_of_four_frames(tmp_path: Path) -> None:
    source = write_foreign(tmp_path / "source.mp4", 9, 31)  # the last is frame 30: 11110
    fit(source, tmp_path / "clip.mp4", n_frames=40, **SIZE)
    levels = [stamp_levels(picture) for picture in read_frames(tmp_path / "clip.mp4")]
    second_bit = [float(level[CLIP_BITS + 3]) for level in levels[29:37]]  # set in 30, not in 0-4
    assert second_bit == pytest.approx([1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0], abs=0.06)


def test_centred_another_shape_fills_the_frame_and_loses_its_edges_evenly(tmp_path: Path) -> None:
    """A square clip in a wide film: full width, top and bottom cropped, nothing squeezed."""
    encode = ["-vf", "drawbox=c=white:t=fill,drawbox=72:16:112:112:black:fill,scale=256:256"]
    source = write_foreign(tmp_path / "source.mp4", 1, 2, encode=[*encode, "-c:v", "libx264"])
    fit(source, tmp_path / "clip.mp4", n_frames=2, framing="centre", **SIZE)
    luma = next(read_frames(tmp_path / "clip.mp4"))[:HEIGHT_PX]
    left, right = np.flatnonzero(luma[HEIGHT_PX // 2] < 100)[[0, -1]]
    assert (left, right) == (pytest.approx(72, abs=1), pytest.approx(183, abs=1))
    assert (luma[:, WIDTH_PX // 2] < 100).all()  # the box is 199 high and 144 are seen


DISGUISED = {
    "empty": b"",
    "text": b"<html>402 Payment Required</html>",
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n",
    "list of files": b"ffconcat version 1.0\nfile source.mp4\n",
}


def broken(kind: str, data: bytes) -> bytes:
    """Cut a file off, overwrite its middle with noise, or put something else in its place."""
    third = len(data) // 3
    if kind == "truncated":
        return data[:third]
    if kind == "damaged":
        return data[:third] + np.random.default_rng(0).bytes(third) + data[2 * third :]
    return DISGUISED[kind]


@pytest.mark.parametrize("kind", ["truncated", "damaged", *DISGUISED])
def test_a_broken_clip_fails_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    encode = ["-c:v", "libx264", "-crf", "10", "-movflags", "+faststart"]
    source = write_foreign(tmp_path / "source.mp4", 2, 60, encode=encode)
    source.write_bytes(broken(kind, source.read_bytes()))
    with pytest.raises(MediaFailed, match=r"CLIP: The clip source\.mp4 cannot be decoded"):
        fit(source, tmp_path / "clip.mp4", n_frames=60, **SIZE)
    assert [file.name for file in tmp_path.iterdir()] == ["source.mp4"]


def test_a_picture_file_is_not_taken_for_a_clip(tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(cv2.imencode(".png", np.zeros((16, 16, 3), np.uint8))[1].tobytes())
    with pytest.raises(MediaFailed, match="cannot be decoded"):
        fit(source, tmp_path / "clip.mp4", n_frames=60, **SIZE)
