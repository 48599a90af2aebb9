"""Clips as models deliver them, painted: a slow pan over a textured picture, somebody passing.

The textures are dead leaves (Lee, Mumford, Huang 2001): discs of all sizes that hide each other
have edges and details as photographs do.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from math import pi, sin
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.compose.job import Delivery, Job
from benchmarks.compose.stamps import stamp
from mvkit.footage import Picture

__all__ = ["deliver"]

ENCODER_OPTIONS = {"preset": "veryfast", "crf": "18"}
N_DISCS = 900
SMALLEST = 0.012
"""Radius of the smallest disc, as a share of the picture's width; their density falls as r^-3."""
GRAIN = 0.25
SOFT_PX = 1.2
"""Blur of the lens; what models film is rarely sharper."""
MARGIN = 1.5
"""How much larger than the frame the scenery is that the camera pans over."""
PAN, ZOOM, SWAY = 0.3, 0.08, 0.006
"""How far the camera goes during a clip, as shares of the frame's width; and how it trembles."""
BT709, BT601, LIMITED_RANGE = 1, 6, 1
HD_PX = 720
AT_ONCE = 2

RGB = NDArray[np.uint8]


def deliver(job: Job) -> None:
    """Write all delivered clips of a job that are not there yet, and the one for a new take."""
    (job.folder / "delivered").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_deliver, job.deliveries))


def _deliver(delivery: Delivery) -> None:
    if delivery.path.exists():
        return
    draft = delivery.path.with_suffix(".part")
    scenery, passer = _dead_leaves(delivery, MARGIN, seed=0), _dead_leaves(delivery, 0.25, seed=1)
    with av.open(str(draft), "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=delivery.rate, options=ENCODER_OPTIONS)
        stream.width, stream.height = delivery.width_px, delivery.height_px
        stream.pix_fmt, stream.codec_context.thread_count = "yuv420p", 1
        _tell_colours(stream.codec_context, delivery)
        for n in range(delivery.n_frames):
            picture = _moment(scenery, passer, delivery, n)
            frame = av.VideoFrame.from_numpy_buffer(picture, format="yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, delivery.rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    draft.replace(delivery.path)


def _tell_colours(codec: Any, delivery: Delivery) -> None:
    """Say what the numbers mean, so that nobody has to guess: small pictures are in bt601."""
    codec.color_primaries = codec.color_trc = BT709
    codec.colorspace = BT709 if delivery.height_px >= HD_PX else BT601
    codec.color_range = LIMITED_RANGE


def _moment(scenery: RGB, passer: RGB, delivery: Delivery, n: int) -> Picture:
    """Return a picture of a clip, with its number."""
    width_px, height_px = delivery.width_px, delivery.height_px
    time_s, done = n / delivery.rate, n / delivery.n_frames - 0.5
    way = 1 if delivery.number % 2 else -1
    across = way * PAN * done + SWAY * sin(1.7 * time_s)
    zoom = 1 + ZOOM * (done + 0.5)
    centre_px = (
        (MARGIN / 2 + across) * width_px,
        MARGIN / 2 * height_px + (SWAY * sin(2.3 * time_s) + 0.2 * across) * width_px,
    )
    camera = _camera(centre_px, 1 / zoom, delivery)
    inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(scenery, camera, (width_px, height_px), flags=inverse)
    left_px = (0.4 - 0.9 * way * done) * width_px
    top_px = (0.5 + 0.02 * sin(2 * pi * time_s)) * height_px
    step = np.array([[1, 0, left_px], [0, 1, top_px]])
    border = cv2.BORDER_TRANSPARENT
    cv2.warpAffine(passer, step, (width_px, height_px), dst=seen, borderMode=border)
    picture = np.asarray(cv2.cvtColor(seen, cv2.COLOR_RGB2YUV_I420), np.uint8)
    stamp(picture, delivery.number, n)
    return picture


def _camera(
    centre_px: tuple[float, float], scale: float, delivery: Delivery
) -> NDArray[np.float64]:
    """Return where in the scenery each place of the frame lies."""
    left_px = centre_px[0] - scale * delivery.width_px / 2
    top_px = centre_px[1] - scale * delivery.height_px / 2
    return np.array([[scale, 0, left_px], [0, scale, top_px]])


def _dead_leaves(delivery: Delivery, size: float, *, seed: int) -> RGB:
    """Paint a texture so many times as large as the frame."""
    width_px, height_px = round(size * delivery.width_px), round(size * delivery.height_px)
    chance = np.random.default_rng((delivery.number, seed))
    picture = np.full((height_px, width_px, 3), 90, np.uint8)
    radii_px = SMALLEST * delivery.width_px / np.sqrt(chance.uniform(1e-4, 1, N_DISCS))
    tints = chance.integers(30, 210, (8, 1)) + chance.normal(0, 30, (8, 3))
    for radius_px in radii_px:
        tint = np.clip(tints[chance.integers(8)] + chance.normal(0, 15, 3), 0, 255)
        centre = round(chance.uniform(0, width_px)), round(chance.uniform(0, height_px))
        cv2.circle(picture, centre, round(radius_px), tint.tolist(), -1, cv2.LINE_AA)
    grain = _grain(chance, (height_px, width_px))[..., None]
    textured = np.clip(picture * (1 + GRAIN * grain), 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(textured, (0, 0), SOFT_PX), np.uint8)


def _grain(chance: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return noise that has as much of every size, mean 0."""
    grain = np.zeros(shape, np.float32)
    for octave in range(1, 7):
        cells = shape[0] >> octave, shape[1] >> octave
        noise = chance.normal(0, 1 / 6, cells).astype(np.float32)
        grain += cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return grain
