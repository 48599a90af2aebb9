"""Requests, offers and pictures to order with."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mvkit.providers.base import ClipRequest
from mvkit.providers.catalog import Offer, find_offer

from ..cog_service import CLIP_MODEL

CLIP_USD = Decimal("0.020000")
"""Four seconds at $0.005."""


def saying(request: ClipRequest, prompt: str) -> ClipRequest:
    """Return a request with another prompt; `FAIL` and `SLOW N` are understood by the predictor."""
    return replace(request, prompt=request.prompt.model_copy(update={"prompt": prompt}))


def offer(**changes: Any) -> Offer:
    """Return the clip model's offer, changed."""
    found = find_offer(f"replicate:{CLIP_MODEL}@draft-720p", role="video")
    return replace(found, entry=found.entry.model_copy(update=changes))


def save_picture(path: Path, *, width_px: int, height_px: int) -> Path:
    noise = np.random.default_rng(1).integers(0, 60, (height_px, width_px, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path
