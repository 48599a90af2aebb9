"""Luma and chroma of a picture, and covers that mix two pictures place by place.

Contents
--------
planes_of, full, remade, laid_over
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.footage import Picture

__all__ = ["BLACK", "WHITE", "Cover", "Plane", "Tint", "full", "laid_over", "planes_of", "remade"]

Plane = NDArray[np.uint8]
Cover = NDArray[np.float32]
"""How much of something is seen at each place, 0-1; its size may be that of the luma or less."""

Tint = tuple[int, int, int]
"""Luma and the two chromas of a colour, bt709 in limited range."""

BLACK: Tint = (16, 128, 128)
WHITE: Tint = (235, 128, 128)


def planes_of(picture: Picture) -> tuple[Plane, Plane, Plane]:
    """Return views of a picture's luma (height, width) and chroma (half of both)."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    chroma = picture[height:].reshape(2, height // 2, width // 2)
    return picture[:height], chroma[0], chroma[1]


def full(like: Picture, tint: Tint) -> Picture:
    """Return a picture of one colour, as large as another."""
    picture = np.empty_like(like)
    for plane, level in zip(planes_of(picture), tint, strict=True):
        plane[:] = level
    return picture


def remade(picture: Picture, change: Callable[[Plane], Plane]) -> Picture:
    """Return a picture with each of its planes changed by a function."""
    changed = np.empty_like(picture)
    for out, plane in zip(planes_of(changed), planes_of(picture), strict=True):
        out[:] = change(plane)
    return changed


def laid_over(below: Picture, above: Picture, cover: Cover) -> Picture:
    """Return one picture with another laid over it, as much of it as the cover says."""
    mixed = np.empty_like(below)
    sizes: dict[tuple[int, ...], tuple[Cover, Cover]] = {}
    for out, under, over in zip(planes_of(mixed), planes_of(below), planes_of(above), strict=True):
        if under.shape not in sizes:
            fitted = _fitted(cover, under.shape)
            sizes[under.shape] = fitted, 1 - fitted
        share, rest = sizes[under.shape]
        cv2.blendLinear(over, under, share, rest, dst=out)
    return mixed


def _fitted(cover: Cover, shape: tuple[int, ...]) -> Cover:
    if cover.shape == shape:
        return cover
    height, width = shape
    shrinks = height < cover.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cover, (width, height), interpolation=how), np.float32)
