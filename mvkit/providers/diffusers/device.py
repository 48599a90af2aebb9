"""The device that models work on: which it is, in what numbers, and what fits on it.

torch is handed in, so that this can be told without it.
"""

from __future__ import annotations

from typing import Any

ROOM = 1.5
"""A pipeline needs its weights' memory this many times over while it works."""


def best_device(torch: Any) -> str:
    """Return the name of the device that models work on."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(torch: Any, *, has_transformer: bool) -> Any:
    """Return the number format that models work in.

    Half precision where the device is fast in it; of its two kinds, transformers need the one
    with the wider range.
    """
    device = best_device(torch)
    if device == "cpu":
        return torch.float32
    is_wide = has_transformer and (device == "mps" or torch.cuda.is_bf16_supported())
    return torch.bfloat16 if is_wide else torch.float16


def place(raw: Any, *, torch: Any) -> None:
    """Bring a pipeline onto the device; where that is too small, a part at a time as it works."""
    device = best_device(torch)
    if device == "cuda" and n_bytes(raw, torch=torch) * ROOM > torch.cuda.mem_get_info()[0]:
        raw.enable_model_cpu_offload()
        if hasattr(getattr(raw, "vae", None), "use_tiling"):
            raw.vae.enable_tiling()
    else:
        raw.to(device)


def n_bytes(raw: Any, *, torch: Any) -> int:
    """Return how much memory the weights of a pipeline take that are not on the device yet."""
    return sum(
        weights.numel() * weights.element_size()
        for part in raw.components.values()
        if isinstance(part, torch.nn.Module)
        for weights in part.parameters()
        if weights.device.type == "cpu"
    )
