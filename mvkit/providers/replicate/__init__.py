"""Replicate: paid pictures and clips, ordered through its own client.

Contents
--------
painter, camera : a model of the catalogue, ready to be bought from
check_model : what has changed in a model since
"""

from __future__ import annotations

from mvkit.providers.replicate.models import Camera, Painter, camera, check_model, painter

__all__ = ["Camera", "Painter", "camera", "check_model", "painter"]
