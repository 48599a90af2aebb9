"""The film's file as QuickTime wants it, read from its boxes (ISO/IEC 14496-12 and -15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from mvkit.schema import FRAME_SIZES_PX
from mvkit.timing import FPS
from mvkit.video import compose_video

from .film_makers import (
    HEIGHT_PX,
    WIDTH_PX,
    make_analysis,
    make_brief,
    make_clips,
    make_plan,
    write_clicks,
    write_clips,
)

DURATION_S = 2.04
N_FRAMES = 61
"""No whole number of milliseconds, in which a film's parts are counted."""
PARENTS = {"moov", "trak", "edts", "mdia", "minf", "stbl"}
HIGH = 100
"""Number of H.264's profile (ITU-T H.264, A.2.4)."""
AAC_PRIMING_SAMPLES = 1024
"""What an AAC encoder says before the song begins."""


@dataclass(frozen=True)
class Box:
    """One box: where it stands among the others, and what is in it."""

    path: str
    content: bytes

    def number(self, at: int, *, n_bytes: int = 4) -> int:
        return int.from_bytes(self.content[at : at + n_bytes])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished film of three clips, small."""
    folder = tmp_path_factory.mktemp("run")
    plan = make_plan([0.0, 0.7, 1.4, DURATION_S], [("crossfade", 0.2), ("cut", 0.0)])
    write_clips(folder, plan)
    write_clicks(folder / "song.wav", DURATION_S, [1.0])
    parts = {"analysis": make_analysis(DURATION_S), "plan": plan, "clips": make_clips(plan)}
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))
        compose_video(folder, brief=make_brief(), **parts)  # type: ignore[arg-type]
    return folder / "video.mp4"


def boxes(data: bytes, path: str = "") -> Iterator[Box]:
    """Yield all boxes, those inside others too; a number tells the tracks apart."""
    at, n_tracks = 0, 0
    while at < len(data):
        n_bytes, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8].decode("latin-1")
        name = f"{kind}{n_tracks}" if kind == "trak" else kind
        n_tracks += kind == "trak"
        content = data[at + 8 : at + n_bytes]
        yield Box(path + name, content)
        if kind in PARENTS:
            yield from boxes(content, f"{path}{name}/")
        at += n_bytes


@pytest.fixture(scope="module")
def found(film: Path) -> dict[str, Box]:
    """The film's boxes by their paths; of several of a kind, the last."""
    return {box.path: box for box in boxes(film.read_bytes())}


def track(found: dict[str, Box], handler: str) -> str:
    """Return the path of the track with pictures (``vide``) or with sound (``soun``)."""
    [path] = [
        path.removesuffix("mdia/hdlr")
        for path, box in found.items()
        if path.endswith("mdia/hdlr") and box.content[8:12] == handler.encode()
    ]
    return path


def edit_of(found: dict[str, Box], handler: str) -> tuple[float, int]:
    """Return what a track's one edit shows: for how many seconds, from which of its units on."""
    edits = found[f"{track(found, handler)}edts/elst"]
    assert (edits.number(0), edits.number(4)) == (0, 1)  # version 0, one entry
    assert edits.number(16) == 1 << 16  # at normal speed
    return edits.number(8) / found["moov/mvhd"].number(12), edits.number(12)


def test_it_is_mpeg_4_and_can_be_played_while_it_loads(found: dict[str, Box]) -> None:
    outermost = [path for path in found if "/" not in path]
    assert outermost[0] == "ftyp"
    assert outermost.index("moov") < outermost.index("mdat")
    brands = found["ftyp"].content
    assert {b"isom", b"avc1"} <= {brands[n : n + 4] for n in range(0, len(brands), 4)}


def test_its_pictures_are_avc1_high_in_yuv420p(film: Path, found: dict[str, Box]) -> None:
    descriptions = found[f"{track(found, 'vide')}mdia/minf/stbl/stsd"]
    assert descriptions.number(4) == 1  # one for all clips and transitions
    assert descriptions.content[12:16] == b"avc1"
    setup = descriptions.content.index(b"avcC") + 4
    assert descriptions.number(setup + 1, n_bytes=1) == HIGH
    with av.open(str(film)) as file:
        assert file.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_its_pictures_come_evenly_and_in_order(found: dict[str, Box]) -> None:
    media = f"{track(found, 'vide')}mdia/"
    assert f"{media}minf/stbl/ctts" not in found  # no picture is shown later than it is decoded
    times = found[f"{media}minf/stbl/stts"]
    assert [times.number(at) for at in (4, 8)] == [1, N_FRAMES]
    assert times.number(12) / found[f"{media}mdhd"].number(12) == 1 / FPS


def test_its_pictures_begin_at_once_and_last_to_the_end(found: dict[str, Box]) -> None:
    shown_s, first = edit_of(found, "vide")
    assert first == 0
    assert shown_s == pytest.approx(N_FRAMES / FPS, abs=1 / found["moov/mvhd"].number(12))


def test_the_song_begins_behind_what_the_encoder_said_before(found: dict[str, Box]) -> None:
    media = f"{track(found, 'soun')}mdia/"
    heard_s, first = edit_of(found, "soun")
    assert first == AAC_PRIMING_SAMPLES
    assert heard_s == pytest.approx(DURATION_S, abs=0.001)
    header = found[f"{media}mdhd"]
    assert header.number(16) / header.number(12) >= heard_s + first / 48_000 - 0.001
    # To hear a packet, a player that jumps to it decodes one more before it.
    assert found[f"{media}minf/stbl/sgpd"].content[4:8] == b"roll"
    assert int.from_bytes(found[f"{media}minf/stbl/sgpd"].content[-2:], signed=True) == -1
