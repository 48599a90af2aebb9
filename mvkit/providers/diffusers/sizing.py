"""Sizes and lengths that a model is good at.

A model is at its best near the number of pixels it was trained on, whatever their shape, and its
sides go by steps: networks that halve a picture again and again want sides that stay whole.

Conventions: a size is ``(width, height)`` in pixels.
"""

from __future__ import annotations

import math

from mvkit.providers.diffusers.habits import Habits
from mvkit.providers.diffusers.pipeline import Pipeline

DEFAULT_SIDE_PX = 1024
DEFAULT_FRAMES = 16
DEFAULT_FPS = 16.0
DEFAULT_SCALE = 8
"""So many pixels a latent value stands for, in most models."""
UNET_STEP_PX = 64
"""U-Nets halve latents three times over, and some cannot join what does not come out whole."""
STEP_PX = 32
"""Enough for all other networks."""
LOWEST_TOLD_FPS = 5
"""Stable Video Diffusion was trained from this rate on (its documentation, ``fps``)."""


def size_for(
    pipeline: Pipeline, habits: Habits, *, width_px: int, height_px: int
) -> tuple[int, int]:
    """Return the size to work in: as many pixels as the model is used to, in the shape wanted.

    Parameters
    ----------
    width_px, height_px : int
        Size of what is wanted in the end.
    """
    native = habits.size_px or native_px(pipeline)
    if habits.size_px or has_fixed_places(pipeline):
        return native
    step_px = STEP_PX if pipeline.attribute("unet") is None else UNET_STEP_PX
    scale = math.sqrt(native[0] * native[1] / (width_px * height_px))
    width, height = (
        max(1, round(side_px * scale / step_px)) * step_px for side_px in (width_px, height_px)
    )
    return width, height


def native_px(pipeline: Pipeline) -> tuple[int, int]:
    """Return the size a model works in where it is told none."""
    width, height = pipeline.default("width"), pipeline.default("height")
    if width and height:
        return width, height
    scale = (
        pipeline.attribute("vae_scale_factor")
        or pipeline.attribute("vae_scale_factor_spatial")
        or DEFAULT_SCALE
    )
    width, height = _latent_sides(pipeline)
    return (width * scale, height * scale) if width else (DEFAULT_SIDE_PX, DEFAULT_SIDE_PX)


def _latent_sides(pipeline: Pipeline) -> tuple[int, int]:
    """Return the sides of the latents a model was made for; zeros where it does not say."""
    parts = [("transformer", "config"), ("unet", "config")]
    for part in parts:
        width = pipeline.attribute(*part, "sample_width")
        height = pipeline.attribute(*part, "sample_height")
        if width and height:
            return width, height
    sides = [("default_sample_size",), *((*part, "sample_size") for part in parts)]
    side = next(filter(None, (pipeline.attribute(*path) for path in sides)), 0)
    if isinstance(side, int):
        return side, side
    height, width = side
    return width, height


def has_fixed_places(pipeline: Pipeline) -> bool:
    """Whether a model has learnt each place of its pictures, and knows no others."""
    learnt = ("transformer", "config", "use_learned_positional_embeddings")
    return bool(pipeline.attribute(*learnt))


def fps_of(pipeline: Pipeline, habits: Habits) -> float:
    """Return the frames per second a model films at."""
    told = (pipeline.default(name) for name in ("fps", "frame_rate", "target_fps"))
    return habits.fps or next(filter(None, told), DEFAULT_FPS)


def length_for(pipeline: Pipeline, habits: Habits, *, needed_s: float) -> tuple[int, float]:
    """Return how many frames to film, and at how many per second.

    A model whose frames are compressed in time films any length up to its longest, in steps; the
    others film one number of frames. Of these, one that is told the rate spreads them over the
    time that is needed, as far as its training goes.

    Parameters
    ----------
    needed_s : float
        How long the clip should be.
    """
    fps, most = fps_of(pipeline, habits), most_frames(pipeline, habits)
    step = pipeline.attribute("vae_scale_factor_temporal") or pipeline.attribute(
        "vae_temporal_compression_ratio"
    )
    if step and not has_fixed_places(pipeline):
        steps = max(1, math.ceil((needed_s * fps - 1) / step))
        return min(most, steps * step + 1), fps
    if pipeline.takes("fps") and most < needed_s * fps:
        return most, min(fps, max(LOWEST_TOLD_FPS, math.floor(most / needed_s)))
    return most, fps


def most_frames(pipeline: Pipeline, habits: Habits) -> int:
    """Return how many frames a model films at most."""
    return (
        habits.n_frames
        or pipeline.attribute("transformer", "config", "sample_frames")
        or pipeline.default("num_frames")
        or pipeline.attribute("unet", "config", "num_frames")
        or DEFAULT_FRAMES
    )
