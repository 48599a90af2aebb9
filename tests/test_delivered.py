"""Clips as models and people deliver them: what becomes of odd ones, and what is said of bad ones.

Colours are painted by the definitions of the standards (ITU-R BT.601, BT.709, BT.2020, BT.2100),
so what comes out can be told from what goes in without the code under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit import ffmpeg
from mvkit.errors import MediaFailed
from mvkit.footage import Fit, Picture, delivered, fit, read_frames

from .film_makers import HEIGHT_PX, WIDTH_PX, read_stamp, write_foreign

Values = NDArray[np.float64]

SIZE = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
SD, HD = (320, 180), (1280, 720)
NEARLY_LOSSLESS = ("-c:v", "libx264", "-crf", "4")
HEVC = ("-c:v", "libx265", "-crf", "4", "-x265-params", "log-level=error")
X264 = ("-c:v", "libx264", "-crf", "10")

RED, GREEN, BLUE = (0.8, 0.2, 0.15), (0.2, 0.7, 0.25), (0.15, 0.25, 0.8)
WHITE, SKIN, GREY = (0.9, 0.9, 0.9), (0.75, 0.55, 0.45), (0.3, 0.3, 0.3)
PATCHES = np.array([WHITE, RED, GREEN, BLUE, SKIN, GREY])
"""Colours as a screen in bt709 shows them (R'G'B', 0-1)."""
LUMA_WEIGHTS = {
    "bt601": (0.299, 0.587, 0.114),
    "bt709": (0.2126, 0.7152, 0.0722),
    "bt2020": (0.2627, 0.6780, 0.0593),
}
BT709_TO_BT2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
"""Linear light of bt709's primaries as light of bt2020's (ITU-R BT.2087)."""
SCREEN_GAMMA = 2.4
PAPER_NITS = 203


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A way in which colours are written into a file.

    Attributes
    ----------
    tags : str
        Primaries, transfer and matrix as the file tells them; empty where it tells nothing.
    """

    matrix: str = "bt709"
    pix_fmt: str = "yuv420p"
    tags: str = ""
    size: tuple[int, int] = SD
    encode: Sequence[str] = NEARLY_LOSSLESS
    suffix: str = ".mp4"

    @property
    def bits(self) -> int:
        return 10 if "10" in self.pix_fmt else 8

    @property
    def full_range(self) -> bool:
        return self.pix_fmt.startswith("yuvj")


def codes(patches: Values, kind: Kind) -> Values:
    """Return the numbers that stand for R'G'B' values: luma, blue and red difference."""
    red, _, blue = patches.T
    weights = LUMA_WEIGHTS[kind.matrix]
    luma = patches @ np.array(weights)
    u, v = (blue - luma) / (1 - weights[2]) / 2, (red - luma) / (1 - weights[0]) / 2
    if kind.full_range:
        return np.stack([255 * luma, 255 * u + 128, 255 * v + 128], axis=1)
    scale = 2 ** (kind.bits - 8)
    return np.stack([16 + 219 * luma, 128 + 224 * u, 128 + 224 * v], axis=1) * scale


def stripes(values: Values, *, width_px: int, height_px: int) -> bytes:
    """Paint upright stripes of one value each."""
    row = np.rint(values)[np.arange(width_px) * len(values) // width_px]
    plane = np.tile(row, (height_px, 1))
    return plane.astype(np.uint8 if values.max() < 256 else "<u2").tobytes()


def painted(patches: Values, kind: Kind) -> bytes:
    """Return a raw picture of stripes."""
    width_px, height_px = kind.size
    if kind.pix_fmt == "rgb24":
        row = np.rint(255 * patches).astype(np.uint8)
        return row[np.arange(width_px) * len(patches) // width_px].tobytes() * height_px
    narrow, low = ("444" not in kind.pix_fmt, "420" in kind.pix_fmt)
    sizes = [(width_px, height_px), *[(width_px + narrow >> narrow, height_px + low >> low)] * 2]
    return b"".join(
        stripes(values, width_px=width, height_px=height)
        for values, (width, height) in zip(codes(patches, kind).T, sizes, strict=True)
    )


def written(path: Path, picture: bytes, kind: Kind, *, n_frames: int = 2) -> Path:
    """Write a clip of one raw picture, shown over and over."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(picture * n_frames)
    told = [f"setparams={kind.tags}"] if kind.tags else []
    with raw.open("rb") as pictures:
        ffmpeg.run(
            [
                *("-f", "rawvideo", "-pix_fmt", kind.pix_fmt, "-r", "30"),
                *("-s", "{}x{}".format(*kind.size), "-i", "pipe:0"),
                *("-vf", ",".join([*told, "null"]), *kind.encode, str(path)),
            ],
            stdin=pictures,
        )
    raw.unlink()
    return path


def colours_in(picture: Picture, n_stripes: int) -> Values:
    """Return luma and colour differences in the middle of each stripe."""
    luma = picture[:HEIGHT_PX]
    chroma = picture[HEIGHT_PX:].reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2)
    middles = [(2 * n + 1) * WIDTH_PX // (2 * n_stripes) for n in range(n_stripes)]
    return np.array(
        [
            [
                luma[60:84, x - 4 : x + 4].mean(),
                *chroma[:, 30:42, x // 2 - 2 : x // 2 + 2].mean((1, 2)),
            ]
            for x in middles
        ]
    )


def fitted(source: Path, n_frames: int = 2) -> list[Picture]:
    """Bring a clip into final form and return its pictures."""
    target = source.with_name("fitted.mp4")
    fit(source, target, n_frames=n_frames, **SIZE)
    pictures = list(read_frames(target))
    assert len(pictures) == n_frames
    return pictures


def shown(tmp_path: Path, patches: Values, kind: Kind) -> Values:
    """Write patches, bring them into final form, and return what is seen of them."""
    source = written(tmp_path / f"source{kind.suffix}", painted(patches, kind), kind)
    return colours_in(fitted(source)[-1], len(patches))


def tags(primaries: str, transfer: str, matrix: str, light: str = "tv") -> str:
    return f"color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range={light}"


BT601_TAGS, BT709_TAGS = tags(*["smpte170m"] * 3), tags(*["bt709"] * 3)
STANDARD_RANGE = {
    "SD untagged": Kind(matrix="bt601"),
    "SD upright untagged": Kind(matrix="bt601", size=(180, 320)),
    "SD tagged": Kind(matrix="bt601", tags=BT601_TAGS),
    "SD tagged bt709": Kind(tags=BT709_TAGS),
    "HD untagged": Kind(size=HD),
    "HD upright untagged": Kind(size=(720, 1280)),
    "square untagged": Kind(size=(640, 640)),
    "HD tagged bt601": Kind(matrix="bt601", tags=BT601_TAGS, size=HD),
    "full range": Kind(pix_fmt="yuvj420p", tags=tags(*["bt709"] * 3, "pc")),
    "full range SD untagged": Kind(matrix="bt601", pix_fmt="yuvj420p"),
    "4:4:4": Kind(pix_fmt="yuv444p", tags=BT709_TAGS),
    "4:2:2, 10 bit": Kind(pix_fmt="yuv422p10le", tags=BT709_TAGS),
    "ProRes": Kind(
        pix_fmt="yuv422p10le", tags=BT709_TAGS, suffix=".mov", encode=("-c:v", "prores_ks")
    ),
    "RGB": Kind(pix_fmt="rgb24", encode=("-c:v", "libx264rgb", "-crf", "4")),
}


@pytest.mark.parametrize("kind", STANDARD_RANGE.values(), ids=list(STANDARD_RANGE))
def test_colours_come_out_as_they_went_in(tmp_path: Path, kind: Kind) -> None:
    """What a file does not tell is taken as players take it: SD as bt601, HD as bt709."""
    assert shown(tmp_path, PATCHES, kind) == pytest.approx(codes(PATCHES, Kind()), abs=1.5)


def test_a_clip_in_the_shape_of_cinemas_is_hd(tmp_path: Path) -> None:
    """It is no taller than SD; its outer parts are lost to the film's shape."""
    two = np.array([RED, BLUE])
    seen = shown(tmp_path, two, Kind(size=(1280, 534)))
    assert seen == pytest.approx(codes(two, Kind()), abs=1.5)


def test_grey_stays_grey(tmp_path: Path) -> None:
    levels = np.array([16.0, 40, 90, 140, 190, 235])
    kind = Kind(pix_fmt="gray", tags="range=tv")
    picture = stripes(levels, width_px=SD[0], height_px=SD[1])
    pictures = fitted(written(tmp_path / "grey.mp4", picture, kind))
    expected = np.stack([levels, *[np.full(6, 128.0)] * 2], axis=1)
    assert colours_in(pictures[0], 6) == pytest.approx(expected, abs=1.5)


def light_of(patches: Values) -> Values:
    """Return what a screen shows, as light of bt2020's primaries, 1 for white."""
    return patches**SCREEN_GAMMA @ BT709_TO_BT2020.T


def pq(nits: Values) -> Values:
    """Write brightness down as PQ does (ITU-R BT.2100, table 4)."""
    share = (nits / 10_000) ** (2610 / 16384)
    return np.asarray(
        ((3424 / 4096 + 2413 / 128 * share) / (1 + 2392 / 128 * share)) ** (2523 / 32)
    )


def hlg(nits: Values) -> Values:
    """Write brightness on a screen of 1000 nits down as HLG does (ITU-R BT.2100, table 5)."""
    shares = nits / 1000
    brightness = shares @ np.array(LUMA_WEIGHTS["bt2020"])
    scene = shares * brightness[:, None] ** (1 / 1.2 - 1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    bright = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


def wide(transfer: str) -> Kind:
    return Kind(
        matrix="bt2020",
        pix_fmt="yuv420p10le",
        tags=tags("bt2020", transfer, "bt2020nc"),
        encode=HEVC,
    )


WIDE = {
    "bt2020-10": light_of(PATCHES) ** (1 / SCREEN_GAMMA),
    "smpte2084": pq(PAPER_NITS * light_of(PATCHES)),
    "arib-std-b67": hlg(PAPER_NITS * light_of(PATCHES)),
}


@pytest.mark.parametrize("transfer", WIDE)
def test_wide_colours_look_the_same_in_the_film(tmp_path: Path, transfer: str) -> None:
    """Neither washed out nor shrill: white paper of 203 nits is the film's white."""
    seen = shown(tmp_path, WIDE[transfer], wide(transfer))
    assert seen == pytest.approx(codes(PATCHES, Kind()), abs=3)


def test_the_colours_of_phones_are_no_paler(tmp_path: Path) -> None:
    """Display P3: what is bright red there is more than bright red in bt709."""
    kind = Kind(tags=tags("smpte432", "bt709", "bt709"), size=HD)
    red = np.array([(0.8, 0.2, 0.15)] * 2)
    light = red[0] ** SCREEN_GAMMA
    # Red of P3 in bt709's primaries (D65 for both): 1.2249, -0.0420, -0.0197 of each, per column.
    to_bt709 = np.array(
        [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]]
    )
    expected = np.clip(to_bt709 @ light, 0, 1)[None] ** (1 / SCREEN_GAMMA)
    assert shown(tmp_path, red, kind)[:1] == pytest.approx(codes(expected, Kind()), abs=3)


def test_what_is_brighter_than_paper_is_told_apart(tmp_path: Path) -> None:
    nits = np.array([26.0, PAPER_NITS, 400, 600, 800, 1000])
    greys = pq(np.stack([nits] * 3, axis=1))
    luma, u, v = shown(tmp_path, greys, wide("smpte2084")).T
    middle_grey = 16 + 219 * (26 / PAPER_NITS) ** (1 / SCREEN_GAMMA)
    assert luma[0] == pytest.approx(middle_grey, abs=3)
    assert luma[1] >= 215
    assert all(brighter > darker for darker, brighter in pairwise(luma))
    assert luma[-1] <= 236
    assert [*u, *v] == pytest.approx([128] * 12, abs=1)


TRANSPARENT = {
    "VP9": (".webm", ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-crf", "4", "-b:v", "0")),
    "VP8": (".webm", ("-c:v", "libvpx", "-auto-alt-ref", "0", "-crf", "4", "-b:v", "9M")),
    "ProRes 4444": (".mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
}


@pytest.mark.parametrize(("suffix", "encode"), TRANSPARENT.values(), ids=list(TRANSPARENT))
def test_what_is_transparent_is_laid_on_black(
    tmp_path: Path, suffix: str, encode: Sequence[str]
) -> None:
    """Whatever colour hides in it: here, a shrill green."""
    red, green = (204, 51, 38), (20, 255, 30)
    thirds = np.array([(*red, 255), (*red, 128), (*green, 0)], np.uint8)
    row = thirds[np.arange(SD[0]) * 3 // SD[0]]
    encode = encode if "-pix_fmt" in encode else (*encode, "-pix_fmt", "yuva420p")
    kind = Kind(pix_fmt="rgba", encode=encode)
    source = written(tmp_path / f"source{suffix}", row.tobytes() * SD[1], kind)
    opaque = np.array([red], float) / 255
    layers = np.concatenate([opaque, opaque * 128 / 255, opaque * 0])
    assert colours_in(fitted(source)[0], 3) == pytest.approx(codes(layers, Kind()), abs=3)


def remade(source: Path, name: str, *options: str, before: Sequence[str] = ()) -> Path:
    """Let ffmpeg make another file of a clip."""
    target = source.with_name(name)
    ffmpeg.run([*before, "-i", str(source), *options, str(target)])
    return target


def stamps(source: Path, n_frames: int) -> list[int]:
    """Return the frames that are seen of clip 6, brought into final form."""
    read = [read_stamp(picture) for picture in fitted(source, n_frames)]
    assert {clip for clip, _ in read} == {6}
    return [frame for _, frame in read]


@pytest.mark.parametrize(("turned", "matrix"), [(1, 90), (2, -90), (0, 0)])
def test_a_phones_clip_is_turned_upright(tmp_path: Path, turned: int, matrix: int) -> None:
    """Its pictures lie on their side, and a matrix in the file says how they are to be shown."""
    encode = [*(["-vf", f"transpose={turned}"] if turned else []), *X264]
    lying = write_foreign(tmp_path / "lying.mp4", 6, 10, encode=encode)
    source = remade(lying, "turned.mp4", "-c", "copy", before=["-display_rotation", f"{matrix}"])
    assert stamps(source, 10) == [*range(10)]


def test_a_gap_shows_the_picture_before_it(tmp_path: Path) -> None:
    """Two seconds without a picture, after five that come unevenly."""
    late = "setpts='(N+if(gte(N,5),60,0.3*mod(N,2)))/30/TB'"
    encode = ["-vf", f"settb=1/600,{late}", "-fps_mode", "vfr", "-enc_time_base", "1:600", *X264]
    source = write_foreign(tmp_path / "gap.mp4", 6, 30, encode=encode)
    # Pictures 1 and 3 come 10 ms late, so that the ones before are still there at their time.
    assert stamps(source, 90) == [0, 0, 2, 2, *[4] * 61, *range(5, 30)]


STARTS = {
    "later than its sound": ["-f", "lavfi", "-i", "sine=d=3", "-itsoffset", "1"],
    "with the sound": ["-f", "lavfi", "-i", "sine=d=0.5"],
    "without end of sound": ["-f", "lavfi", "-i", "sine=d=9"],
}


@pytest.mark.parametrize("before", STARTS.values(), ids=list(STARTS))
def test_a_clip_begins_with_its_first_picture_and_ends_with_its_last(
    tmp_path: Path, before: Sequence[str]
) -> None:
    silent = write_foreign(tmp_path / "silent.mp4", 6, 30, encode=[*X264, "-bf", "3"])
    both = ["-map", "0:a", "-map", "1:v", "-c:v", "copy"]
    source = remade(silent, "source.mp4", *both, before=before)
    assert stamps(source, 30) == [*range(30)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_what_an_edit_list_hides_is_not_shown(tmp_path: Path, suffix: str) -> None:
    """Cut without encoding, at a frame that needs those before it; Matroska hides nothing."""
    whole = write_foreign(tmp_path / "whole.mp4", 6, 40, encode=[*X264, "-g", "10", "-bf", "2"])
    cut_s = "0.5" if suffix == ".mp4" else f"{10 / 30}"
    source = remade(whole, f"cut{suffix}", "-c", "copy", before=["-ss", cut_s])
    first = 15 if suffix == ".mp4" else 10
    assert stamps(source, 40 - first) == [*range(first, 40)]


STREAMS = {
    "a cover before it": (".mp4", ["-map", "1:v", "-map", "0:v", "-disposition:0", "attached_pic"]),
    "a cover after it": (".mp4", ["-map", "0:v", "-map", "1:v", "-disposition:1", "attached_pic"]),
    "a cover in Matroska": (
        ".mkv",
        ["-map", "0:v", "-attach", "{}", "-metadata:s:t", "mimetype=image/png"],
    ),
    "another film": (".mp4", ["-map", "0:v", "-map", "1:v", "-c:v", "libx264"]),
}


@pytest.mark.parametrize(("suffix", "streams"), STREAMS.values(), ids=list(STREAMS))
def test_the_film_is_taken_not_what_else_is_in_the_file(
    tmp_path: Path, suffix: str, streams: Sequence[str]
) -> None:
    kind = Kind(pix_fmt="rgb24", encode=("-frames:v", "1"))
    cover = written(tmp_path / "cover.png", painted(PATCHES, kind), kind)
    film = write_foreign(tmp_path / "film.mp4", 6, 10, encode=X264)
    both = ["-i", str(cover), "-c", "copy", *(option.format(cover) for option in streams)]
    assert stamps(remade(film, f"source{suffix}", *both), 10) == [*range(10)]


def test_a_clip_of_one_picture_stands_still(tmp_path: Path) -> None:
    source = write_foreign(tmp_path / "one.mp4", 6, 1, encode=X264)
    assert fit(source, tmp_path / "clip.mp4", n_frames=20, **SIZE) == Fit("looped", 0.033333)
    assert stamps(source, 20) == [0] * 20


def test_a_thousand_pictures_a_second_are_thinned_out(tmp_path: Path) -> None:
    source = write_foreign(tmp_path / "fast.mp4", 6, 500, rate=1000)
    expected = [n * 1000 / 30 for n in range(15)]
    assert stamps(source, 15) == pytest.approx(expected, abs=2)  # ms: some containers are no finer


def test_a_picture_a_second_stays_a_second(tmp_path: Path) -> None:
    source = write_foreign(tmp_path / "slow.mp4", 6, 3, rate=1)
    assert stamps(source, 90) == [0] * 30 + [1] * 30 + [2] * 30


ENCODINGS = {
    "open groups": (".mp4", ["-g", "12", "-bf", "3", "-x264-params", "open-gop=1"]),
    "fragments": (".mp4", ["-movflags", "frag_keyframe+empty_moov"]),
    "negative offsets": (".mp4", ["-bf", "2", "-movflags", "negative_cts_offsets"]),
    "named WebM": (".webm", ["-f", "mp4"]),
    "named MP4": (".mp4", ["-f", "matroska"]),
}


@pytest.mark.parametrize(("suffix", "options"), ENCODINGS.values(), ids=list(ENCODINGS))
def test_no_picture_is_lost(tmp_path: Path, suffix: str, options: Sequence[str]) -> None:
    source = write_foreign(tmp_path / f"source{suffix}", 6, 40, encode=[*X264, *options])
    assert stamps(source, 40) == [*range(40)]


def test_woven_pictures_are_taken_apart(tmp_path: Path) -> None:
    """Of a bar that moves between the two halves of a picture, no comb is seen."""
    n_frames, width_px, height_px = 6, 256, 144
    pictures = np.full((n_frames, height_px * 3 // 2, width_px), 128, np.uint8)
    for n, half in np.ndindex(n_frames, 2):
        lines = np.full((height_px // 2, width_px), 30, np.uint8)
        left = 60 + 24 * n + 12 * half
        lines[:, left : left + 40] = 220
        pictures[n, half:height_px:2] = lines
    encode = (*NEARLY_LOSSLESS, "-flags", "+ilme+ildct", "-x264-params", "tff=1")
    kind = Kind(size=(width_px, height_px), tags="field_mode=tff", encode=encode)
    seen = fitted(written(tmp_path / "woven.mp4", pictures.tobytes(), kind, n_frames=1), n_frames)
    for n, picture in enumerate(seen):
        rows = picture[20:124].astype(int)
        assert np.abs(np.diff(rows, axis=0)).mean() < 3, f"picture {n} is a comb"
        bright = np.flatnonzero(rows[50] > 125)
        assert (bright[0], len(bright)) == (pytest.approx(60 + 24 * n, abs=4), 40)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (853, 481), (4096, 2), (2, 2048), (4096, 4096)])
def test_any_size_fills_the_film(tmp_path: Path, size: tuple[int, int]) -> None:
    odd, encode = any(side_px % 2 for side_px in size), (*X264, "-preset", "ultrafast")
    kind = Kind(size=size, tags=BT709_TAGS, encode=encode)
    if odd:  # which H.264 has not
        kind = Kind(size=size, tags=BT709_TAGS, suffix=".webm", encode=("-c:v", "libvpx-vp9"))
    red = PATCHES[1:2]
    assert shown(tmp_path, red, kind) == pytest.approx(codes(red, Kind()), abs=3)


def test_a_clip_like_a_thread_does_not_grow_beyond_all_bounds(tmp_path: Path) -> None:
    """To fill a film of full size, all of it would have to be 2 million pixels wide."""
    kind = Kind(size=(4096, 2), tags=BT709_TAGS, encode=X264)
    source = written(tmp_path / "thread.mp4", painted(PATCHES[1:2], kind), kind)
    fit(source, tmp_path / "clip.mp4", n_frames=2, width_px=1920, height_px=1080)
    assert len(list(read_frames(tmp_path / "clip.mp4"))) == 2


def test_a_clip_that_claims_hours_is_looked_at_for_two_minutes(tmp_path: Path) -> None:
    """Three pictures, an hour each: neither time nor memory is spent on them."""
    encode = ["-vf", "setpts=N*3600/TB", "-fps_mode", "vfr", *X264]
    source = write_foreign(tmp_path / "hours.mp4", 6, 3, encode=encode)
    assert fit(source, tmp_path / "clip.mp4", n_frames=30, **SIZE).delivered_s == 120
    assert stamps(source, 30) == [0] * 30


def cut_off(source: Path, share: float) -> Path:
    data = source.read_bytes()
    source.write_bytes(data[: round(share * len(data))])
    return source


CUT_OFF = {
    "moov first": (".mp4", [*X264, "-movflags", "+faststart"]),
    "moov last": (".mp4", X264),
    "fragments": (".mp4", [*X264, "-g", "10", "-movflags", "frag_keyframe+empty_moov"]),
    "WebM": (".webm", ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-g", "10"]),
    "Matroska": (".mkv", [*X264, "-g", "10"]),
}


@pytest.mark.parametrize(("suffix", "encode"), CUT_OFF.values(), ids=list(CUT_OFF))
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_clip_that_is_cut_off_is_refused(
    tmp_path: Path, suffix: str, encode: Sequence[str], share: float
) -> None:
    """What is left of it would be shown twice, where more was paid for."""
    whole = write_foreign(tmp_path / f"source{suffix}", 6, 40, encode=encode)
    refused(cut_off(whole, share))


def refused(source: Path, why: str = "") -> None:
    """Assert that a file is refused by name, with a reason and what to do, and nothing is left."""
    target = source.with_name("clip.mp4")
    wanted = rf"CLIP: The clip {source.name} cannot be decoded: {why}.*ask the model"
    with pytest.raises(MediaFailed, match=wanted):
        fit(source, target, n_frames=30, **SIZE)
    assert not target.exists()


OTHERS = {
    "an animation": ("gif", (), "it is a GIF"),
    "an animated picture": ("webp", ("-c:v", "libwebp_anim"), "it is a WebP picture"),
    "a picture": ("image2pipe", ("-frames:v", "1", "-c:v", "png"), "it is a PNG picture"),
    "a photo": ("mjpeg", ("-frames:v", "1"), "it is a JPEG picture"),
    "a broadcast": ("mpegts", X264, ""),
    "a raw stream": ("h264", X264, ""),
    "another codec": ("mov", ("-c:v", "mjpeg"), ""),
}


@pytest.mark.parametrize(("form", "encode", "why"), OTHERS.values(), ids=list(OTHERS))
def test_what_is_no_clip_is_told(
    tmp_path: Path, form: str, encode: Sequence[str], why: str
) -> None:
    source = tmp_path / "source.mp4"
    refused(write_foreign(source, 6, 5, encode=[*encode, "-f", form]), why)


TEXTS = {
    "nothing": (b"", "it is empty"),
    "a page": (b"\n<!DOCTYPE html><title>402 Payment Required</title>", "it is a web page"),
    "the beginning of a WebM": (b"\x1aE\xdf\xa3\x80\x18S\x80g", "it is cut off"),
    "a message": (b'{"detail": "expired"}', "it is a message in JSON"),
}


@pytest.mark.parametrize(("data", "why"), TEXTS.values(), ids=list(TEXTS))
def test_a_text_in_place_of_a_clip_is_told(tmp_path: Path, data: bytes, why: str) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(data)
    refused(source, why)


def test_a_clip_that_is_not_there_is_told(tmp_path: Path) -> None:
    refused(tmp_path / "source.mp4", "No such file")


def test_sound_without_pictures_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    ffmpeg.run(["-f", "lavfi", "-i", "sine=d=1", str(source)])
    refused(source)


def test_pictures_that_would_fill_all_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_foreign(tmp_path / "source.mp4", 6, 2)
    monkeypatch.setattr(delivered, "MAX_PIXELS", WIDTH_PX * HEIGHT_PX)
    assert stamps(source, 2) == [0, 1]
    source.with_name("fitted.mp4").unlink()
    monkeypatch.setattr(delivered, "MAX_PIXELS", WIDTH_PX * HEIGHT_PX - 1)
    refused(source)
