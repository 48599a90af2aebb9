"""Framing: how a picture of one shape is shown in a film of another.

A wide picture in a tall film loses two thirds of itself. What is kept is a window that stays where
it is for the whole clip: one that follows would look like a camera that nobody moved. It lies where
the eye is drawn to, in all of the clip taken together: to what stands out from what surrounds it,
and to what moves.

Contents
--------
same_shape, small_size       whether there is anything to frame, and how small is enough to see it
subject_place                where along the longer side the subject is
filled, padded               the ffmpeg filters that bring a picture into the film's frame
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

SAME_SHAPE = 0.05
"""Shapes that differ by no more than this share are the same: padded, one would have a hem."""
MAX_OVERFLOW = 4
"""Of a picture that is longer than the film's by more, only the middle is scaled."""
TO_BT709 = "matrix=bt709:range=tv"

GLANCE_PX = 64
"""Seen so small, a picture shows what stands out (Hou & Zhang 2007)."""
SALIENCY_BLUR_PX = 2.5
MOTION_WEIGHT = 1.5
"""What moves draws the eye so much more than what stands out."""
STILL_LEVELS = 4.0
"""A change of so many levels, or fewer, is noise."""
EDGE_WEIGHT = 0.4
"""What lies at the edge of the window counts so much of what lies in its middle."""
CENTRE_PULL = 0.15
"""A window at the end of the picture has to show so much more than one in the middle."""

BACKDROP_SHRINK = 24
"""The backdrop is blurred at one part in so many of its size."""
BACKDROP_BLURS = 3
"""So many mean filters of 3 by 3 are nearly a Gaussian. (ffmpeg's own, *gblur*, reads beyond the
edges of pictures as small as those of a small film, and is another each time.)"""
BACKDROP_LIGHT = 0.45
"""Share of its light that a backdrop keeps."""

Grey = NDArray[np.uint8]
"""A grey picture, shape ``(height, width)``."""
Map = NDArray[np.float32]
"""How much each point of a picture draws the eye, shape ``(height, width)``."""


def same_shape(shape: float, film_shape: float) -> bool:
    """Tell whether a picture fills the film's frame but for a sliver; shapes: width / height."""
    return abs(math.log(shape / film_shape)) <= SAME_SHAPE


def small_size(shape: float, film_shape: float) -> tuple[int, int]:
    """Return width and height in pixels of a picture just large enough to find its subject.

    Parameters
    ----------
    shape, film_shape : float
        Width over height, of the picture as it is shown and of the film.
    """
    seen = min(max(shape, film_shape / MAX_OVERFLOW), film_shape * MAX_OVERFLOW)
    height_px = max(round(GLANCE_PX / math.sqrt(seen)), 8)
    return max(round(height_px * seen), 8), height_px


def subject_place(pictures: Sequence[Grey], *, film_shape: float) -> float:
    """Return where the film's window lies along the side of a picture that it does not fill.

    Parameters
    ----------
    pictures : sequence of array, shape (height, width)
        Some of a clip's pictures in order, grey, as small as :func:`small_size` says.
    film_shape : float
        Width over height of the film.

    Returns
    -------
    float
        0 at the left or top end, 1 at the right or bottom end, 0.5 in the middle.
    """
    attention = _attention(pictures)
    height_px, width_px = attention.shape
    wide = width_px > height_px * film_shape
    profile = attention.sum(axis=0 if wide else 1)
    window_px = round(height_px * film_shape if wide else width_px / film_shape)
    window_px = min(max(window_px, 1), len(profile))
    inside = np.sin(np.pi * (np.arange(window_px) + 0.5) / window_px) ** 2
    shown = np.convolve(profile, EDGE_WEIGHT + (1 - EDGE_WEIGHT) * inside, mode="valid")
    places = np.linspace(0.0, 1.0, len(shown)) if len(shown) > 1 else np.array([0.5])
    worth = shown * (1 - CENTRE_PULL * np.abs(2 * places - 1))
    best = np.isclose(worth, worth.max(), rtol=1e-4)
    return float(min(places[best], key=lambda place: abs(place - 0.5)))


def _attention(pictures: Sequence[Grey]) -> Map:
    """Return what draws the eye in pictures of one clip, taken together."""
    salient = sum((_shares(_saliency(picture)) for picture in pictures), np.float32(0))
    before_after = pairwise(pictures)
    moving = sum((_shares(_motion(*pair)) for pair in before_after), np.float32(0))
    return np.asarray(salient + np.float32(MOTION_WEIGHT) * moving, np.float32)


def _saliency(picture: Grey) -> Map:
    """Return what stands out, by the residual of the spectrum.

    Source: X. Hou and L. Zhang, "Saliency Detection: A Spectral Residual Approach", CVPR 2007.
    """
    spectrum = np.fft.fft2(picture.astype(np.float32))
    size = np.abs(spectrum)
    if size[1:].max(initial=0.0) + size[0, 1:].max(initial=0.0) < 1.0:  # a picture of one grey
        return np.zeros(picture.shape, np.float32)
    log_size = np.log(size + 1e-3).astype(np.float32)
    usual = cv2.blur(log_size, (3, 3))
    residual = np.fft.ifft2(np.exp(log_size - usual + 1j * np.angle(spectrum)))
    energy = (np.abs(residual) ** 2).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(energy, (0, 0), SALIENCY_BLUR_PX), np.float32)


def _motion(before: Grey, after: Grey) -> Map:
    """Return what moves, beyond what moves everywhere."""
    change = np.abs(after.astype(np.float32) - before)
    usual = max(float(np.median(change)), STILL_LEVELS)
    return np.asarray((change - usual).clip(min=0), np.float32)


def _shares(values: Map) -> Map:
    """Return values as shares of their sum; nothing where there are none."""
    total = float(values.sum())
    return np.asarray(values / total if total > 0 else values, np.float32)


def middle(shape: str) -> str:
    """Return the filter that keeps the middle of a picture far longer than the film's.

    Parameters
    ----------
    shape : str
        Width over height of the film, as ``1920/1080``.
    """
    return (
        f"crop='min(iw,{_even(f'{MAX_OVERFLOW}*ih*{shape}/sar')})'"
        f":'min(ih,{_even(f'{MAX_OVERFLOW}*iw*sar/({shape})')})':exact=1"
    )


def filled(
    width_px: int, height_px: int, *, place: float = 0.5, to_film: Sequence[str] = ()
) -> list[str]:
    """Return the filters that scale a picture until it fills the frame, and crop the rest.

    Parameters
    ----------
    width_px, height_px : int
        Size of the film.
    place : float
        Where the window lies on what is too long, 0-1.
    to_film : sequence of str
        What brings wide colours into the film's; without any, scaling does.
    """
    window = "" if place == 0.5 else f":(iw-ow)*{place:.4f}:(ih-oh)*{place:.4f}"
    return [
        middle(f"{width_px}/{height_px}"),
        _scale(width_px, height_px, until="max", wide=bool(to_film)),
        f"crop={width_px}:{height_px}{window}",
        *to_film,
        "format=yuv420p",
    ]


def padded(width_px: int, height_px: int, *, to_film: Sequence[str] = ()) -> list[str]:
    """Return the filters that show a whole picture before a blurred, dark enlargement of itself.

    Parameters
    ----------
    width_px, height_px, to_film
        As for :func:`filled`.
    """
    small = [max(2, side // BACKDROP_SHRINK) for side in (width_px, height_px)]
    whole = [
        _scale(width_px, height_px, until="min", wide=bool(to_film)),
        *to_film,
        "format=yuv420p",
        "split[whole][copy]",
    ]
    backdrop = [
        f"[copy]scale={small[0]}:{small[1]}:force_original_aspect_ratio=increase:flags=area",
        f"crop={small[0]}:{small[1]}",
        *["avgblur=1"] * BACKDROP_BLURS,
        f"scale={width_px}:{height_px}:flags=bicubic",
        f"lutyuv=y=16+(val-16)*{BACKDROP_LIGHT}:u=128+(val-128)*{BACKDROP_LIGHT}"
        f":v=128+(val-128)*{BACKDROP_LIGHT}",
        "setsar=1[backdrop]",
    ]
    laid = "[backdrop][whole]overlay=(W-w)/2:(H-h)/2:format=yuv420,format=yuv420p"
    return [";".join([",".join(whole), ",".join(backdrop), laid])]


def _scale(width_px: int, height_px: int, *, until: Literal["min", "max"], wide: bool) -> str:
    """Return the filters that scale by Lanczos until the frame is filled, or touched first."""
    width = f"{until}({width_px},{_even(f'{height_px}*iw*sar/ih')})"
    height = f"{until}({height_px},{_even(f'{width_px}*ih/iw/sar')})"
    scaled = f"zscale='{width}':'{height}':filter=lanczos"
    return f"{scaled},setsar=1" if wide else f"{scaled}:{TO_BT709},setsar=1"


def _even(length: str) -> str:
    """Return the expression that rounds a length up to an even number of pixels."""
    return f"2*ceil(({length})/2)"
