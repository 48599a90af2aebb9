"""Workflows: what ComfyUI is asked to do, with places where a request is put in.

A workflow is a file as ComfyUI exports it in its API format (*Workflow > Export (API)*): nodes by
number, each with a ``class_type`` and ``inputs``. A text among the inputs may hold placeholders. A
text that is nothing but a placeholder becomes the value, a number where it is one.

======================  ============================================================================
``{prompt}``            what is to be seen
``{negative_prompt}``   what is not to be seen
``{seed}``              number that the noise begins with
``{width}, {height}``   size in pixels: of the film's shape, multiples of 32
``{output_name}``       a new name for what is saved; without it a server that has made the same
                        thing before may tell of no file
``{start_image}``       a clip's first picture, by the name it is uploaded under (for ``LoadImage``)
``{n_frames}``          how many pictures the clip takes, ``8 k + 1`` of them, for at most 5 s
``{fps}``               pictures per second: 16
======================  ============================================================================

The last three are for clips alone. Where a workflow itself sets ``fps`` or ``frame_rate`` to a
number, ``{n_frames}`` are counted at that rate. How large pictures are is told by the side of a
square with as many pixels, after an ``@`` in the name: ``comfyui:wan@640``.

Workflows that come with mvkit, made of ComfyUI's own nodes, and the files they ask the server for:

========  ==================================================================  ========  ============
name      makes                                                               side      files
========  ==================================================================  ========  ============
``sdxl``  pictures, by Stable Diffusion XL                                    1024      [1]_
``wan``   clips of up to 5 s from a picture and words, by Wan 2.2 5B          950       [2]_
``svd``   clips of 3 s from a picture alone, by Stable Video Diffusion XT     768       [3]_
========  ==================================================================  ========  ============

.. [1] ``checkpoints/sd_xl_base_1.0.safetensors``
.. [2] ``diffusion_models/wan2.2_ti2v_5B_fp16.safetensors``, ``vae/wan2.2_vae.safetensors``,
   ``text_encoders/umt5_xxl_fp8_e4m3fn_scaled.safetensors``
.. [3] ``checkpoints/svd_xt.safetensors``

Contents
--------
Workflow, load_workflow, size_of, n_frames_for
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from mvkit.errors import InvalidInput

Role = Literal["image", "video"]
Value = str | int

PROVIDER = "comfyui"
FOLDER = Path(__file__).parent / "workflows"
BUNDLED: Mapping[str, tuple[Role, int]] = {
    "sdxl": ("image", 1024),
    "wan": ("video", 950),
    "svd": ("video", 768),
}
"""Role of each workflow that comes with mvkit, and the side of a square of its pictures' size."""
DEFAULTS: Mapping[Role, str] = {"image": "sdxl", "video": "wan"}
SIDES_PX: Mapping[Role, int] = {"image": 1024, "video": 768}
"""The same for workflows of users, where they say nothing."""
ALLOWED_SIDES_PX = range(128, 4097)
MULTIPLE_PX = 32
"""What sides of pictures are multiples of: Wan 2.2 5B takes the coarsest steps."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ANYTHING = frozenset({"prompt", "negative_prompt", "seed", "width", "height", "output_name"})
PLACEHOLDERS: Mapping[Role, frozenset[str]] = {
    "image": ANYTHING,
    "video": ANYTHING | {"start_image", "n_frames", "fps"},
}
RATES = ("fps", "frame_rate")
DEFAULT_FPS = 16
LONGEST_S = 5.0
"""Models are trained on clips so long, and drift beyond."""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow as it was loaded.

    Attributes
    ----------
    name : str
        As in the settings: ``comfyui:wan``.
    role : {'image', 'video'}
        What it is to make.
    nodes : mapping
        Its nodes by number, as they are sent.
    side_px : int
        Side of a square with as many pixels as its pictures shall have.
    """

    name: str
    role: Role
    nodes: Mapping[str, Any]
    side_px: int

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All texts among its inputs."""
        return tuple(_texts([node["inputs"] for node in self.nodes.values()]))

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Which placeholders it has, among those there are."""
        found = {name for text in self.texts for name in PLACEHOLDER.findall(text)}
        return frozenset(found) & PLACEHOLDERS[self.role]

    @cached_property
    def fps(self) -> float:
        """How many pictures it shows a second, as far as it says so itself."""
        inputs = [node["inputs"] for node in self.nodes.values()]
        told = {each[key] for each in inputs for key in RATES if _is_number(each.get(key))}
        return float(told.pop()) if len(told) == 1 else DEFAULT_FPS

    def filled(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return its nodes with values in place of placeholders.

        Parameters
        ----------
        values : mapping
            By placeholder, without braces; more than it has may be given.
        """
        return {
            number: {**node, "inputs": _filled(node["inputs"], values)}
            for number, node in self.nodes.items()
        }


def load_workflow(model: str, *, role: Role) -> Workflow:
    """Load a workflow that comes with mvkit, or one of the user's own.

    Parameters
    ----------
    model : str
        Its name or the path of its file, with a side after an ``@`` or without; empty for the
        role's usual one.
    role : {'image', 'video'}
        What it has to make.

    Raises
    ------
    InvalidInput
        ``UNKNOWN_MODEL`` if there is none of this name, ``WORKFLOW`` if it cannot be used.
    """
    model = model or DEFAULTS[role]
    name, side = _parted(model)
    is_own = name.endswith(".json")
    workflow = Workflow(
        name=f"{PROVIDER}:{model}",
        role=role,
        nodes=_nodes(_own_file(name) if is_own else _bundled_file(name, role=role)),
        side_px=side or (SIDES_PX[role] if is_own else BUNDLED[name][1]),
    )
    _check(workflow)
    return workflow


def size_of(workflow: Workflow, *, width_px: int, height_px: int) -> tuple[int, int]:
    """Return width and height of a workflow's pictures for a film of some shape."""
    ratio = math.sqrt(width_px / height_px)
    sides = (workflow.side_px * ratio, workflow.side_px / ratio)
    width, height = (MULTIPLE_PX * max(1, round(side / MULTIPLE_PX)) for side in sides)
    return width, height


def n_frames_for(needed_s: float, *, fps: float) -> int:
    """Return how many pictures a clip takes: ``8 k + 1``, which all models can make.

    Models code a picture alone and those after it in groups of four (Wan, Hunyuan) or eight (LTX).
    """
    return 1 + 8 * math.ceil(min(needed_s, LONGEST_S) * fps / 8)


def _parted(model: str) -> tuple[str, int]:
    """Return a name without its side, and the side; 0 where there is none."""
    name, at, side = model.rpartition("@")
    if not (at and side.isdecimal()):
        return model, 0
    if int(side) not in ALLOWED_SIDES_PX:
        raise InvalidInput(
            f"{PROVIDER}:{model} asks for pictures with a side of {side} pixels; expected "
            f"{ALLOWED_SIDES_PX.start} to {ALLOWED_SIDES_PX.stop - 1}, as in {PROVIDER}:wan@640.",
            reason="UNKNOWN_MODEL",
        )
    return name, int(side)


def _bundled_file(name: str, *, role: Role) -> Path:
    known = [known for known, (its_role, _) in BUNDLED.items() if its_role == role]
    if name not in known:
        raise InvalidInput(
            f"{PROVIDER}:{name} is no workflow for the role '{role}'; expected "
            f"{' or '.join(f'{PROVIDER}:{each}' for each in known)}, or the path of a .json file.",
            reason="UNKNOWN_MODEL",
        )
    return FOLDER / f"{name}.json"


def _own_file(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_absolute():
        raise InvalidInput(
            f"{PROVIDER}:{name} is not a whole path; expected one from the root on, as in "
            f"{PROVIDER}:/home/me/my.json.",
            reason="WORKFLOW",
        )
    return path


def _nodes(path: Path) -> dict[str, Any]:
    """Read the nodes of a file; what stands in it is not quoted, as it may be any file."""
    try:
        nodes = json.loads(path.read_bytes())
    except OSError as error:
        raise _unusable(path.name, f"it cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise _unusable(path.name, "it is not JSON") from error
    if isinstance(nodes, dict) and "nodes" in nodes and "links" in nodes:
        raise _unusable(path.name, "it is saved in the format of ComfyUI's own page")
    if not (isinstance(nodes, dict) and nodes and all(map(_is_node, nodes.values()))):
        raise _unusable(path.name, "not all of it are nodes with a class_type and inputs")
    return nodes


def _is_node(node: Any) -> bool:
    is_whole = isinstance(node, dict) and isinstance(node.get("class_type"), str)
    return is_whole and isinstance(node.get("inputs"), dict)


def _check(workflow: Workflow) -> None:
    """Make sure that a workflow can be told what to make, and asks for nothing that is unknown."""
    known = PLACEHOLDERS[workflow.role]
    alone = filter(None, map(PLACEHOLDER.fullmatch, workflow.texts))
    unknown = sorted({found[1] for found in alone} - known)
    if unknown:
        raise InvalidInput(
            f"{workflow.name} asks for {{{unknown[0]}}}, which a request for the role "
            f"'{workflow.role}' does not have; known are "
            f"{', '.join(f'{{{each}}}' for each in sorted(known))}.",
            reason="WORKFLOW",
        )
    if not workflow.placeholders & {"prompt", "start_image"}:
        needed = "{prompt}" if workflow.role == "image" else "{prompt} or {start_image}"
        raise InvalidInput(
            f"{workflow.name} has no {needed} among its inputs, so it would make the same thing "
            f"every time; put {needed} where ComfyUI is told what to make.",
            reason="WORKFLOW",
        )


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if not isinstance(value, str):
        return value
    alone = PLACEHOLDER.fullmatch(value)
    if alone and alone[1] in values:
        return values[alone[1]]
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _unusable(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The workflow {name} cannot be used: {why}. Expected a file that ComfyUI exports for its "
        "API (Workflow > Export (API)).",
        reason="WORKFLOW",
    )
