"""Looking at a server before anything is asked of it, for what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mvkit.providers.comfyui.failures import choices_of
from mvkit.providers.comfyui.service import Server
from mvkit.providers.comfyui.workflows import Role, load_workflow

MODEL_FILES = (".safetensors", ".sft", ".gguf", ".ckpt", ".pth", ".pt", ".bin")


def check_server(model: str, *, role: Role) -> tuple[str, ...]:
    """Return what a server lacks for a workflow, nodes and models, a sentence each.

    Parameters
    ----------
    model : str
        The workflow, as for :func:`mvkit.providers.comfyui.models.painter`.
    role : {'image', 'video'}
        What it has to make.

    Raises
    ------
    InvalidInput
        If there is no such workflow, or ``COMFYUI_URL`` holds no address.
    ProviderFailed
        If the server does not answer.
    """
    workflow = load_workflow(model, role=role)
    server = Server(workflow.name)
    lacks = [
        f"{workflow.name} needs {lack}, which {server.host} does not have."
        for node in workflow.nodes.values()
        for lack in _lacks(node, server.node_info(node["class_type"]))
    ]
    return tuple(dict.fromkeys(lacks))


def _lacks(node: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not there of a node: itself, or the models it loads."""
    if not info:
        yield f"the node {node['class_type']}"
        return
    configs = info.get("input") or {}
    inputs = {**(configs.get("required") or {}), **(configs.get("optional") or {})}
    for name, value in node["inputs"].items():
        choices = choices_of(inputs.get(name))
        is_model = isinstance(value, str) and value.lower().endswith(MODEL_FILES)
        if is_model and choices is not None and value not in choices:
            yield f"the model {value}"
