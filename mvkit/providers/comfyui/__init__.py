"""ComfyUI: pictures and clips for nothing, made by a server of the user's own over its HTTP API.

``MVKIT_IMAGE=comfyui:sdxl`` and ``MVKIT_VIDEO=comfyui:wan`` name workflows that come with mvkit,
``comfyui:/home/me/my.json`` one of the user's own; :mod:`mvkit.providers.comfyui.workflows` says
what can stand in it. The server is asked at ``COMFYUI_URL``, by default ``http://127.0.0.1:8188``.

This has not been tried against a real server with real models: it follows the API as ComfyUI's
source has it (``server.py``, ``execution.py``), and is tested against a server of ours that does.

Contents
--------
painter, camera : a workflow, ready to paint or to film
check_server : what a server lacks for a workflow
"""

from __future__ import annotations

from mvkit.providers.comfyui.checking import check_server
from mvkit.providers.comfyui.models import Camera, Painter, camera, painter

__all__ = ["Camera", "Painter", "camera", "check_server", "painter"]
