"""What the server says when it will not or cannot do a workflow, as errors of ours: one sentence.

Contents
--------
refused, failed, not_reached, shortened, choices_of
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from mvkit.errors import ProviderFailed

URL_VARIABLE = "COMFYUI_URL"
MOST_QUOTED = 300
"""So many characters of the server's own words are quoted."""
MOST_LISTED = 8
"""So many files are listed that the server has."""


def not_reached(name: str, *, host: str) -> ProviderFailed:
    """Return what it means that nobody listens at the server's address."""
    return ProviderFailed(
        f"{name} could not be asked: no ComfyUI answers at {host}. Start it (`python main.py` in "
        f"its folder), or set {URL_VARIABLE} to where it runs.",
        reason="NOT_REACHED",
        retryable=False,
    )


def refused(response: httpx.Response, *, name: str, host: str) -> ProviderFailed:
    """Return what a status other than success means.

    Parameters
    ----------
    response : httpx.Response
        What the server answered, read whole.
    name : str
        The workflow, as in the settings.
    host : str
        Who was asked.
    """
    status = response.status_code
    if status >= 500:
        return ProviderFailed(
            f"{host} failed ({status}) when it was asked for {name}: {shortened(response.text)}",
            reason="SERVICE_DOWN",
        )
    return ProviderFailed(
        f"{host} rejected {name} ({status}): {_why(response)}", reason="REJECTED", retryable=False
    )


def failed(status: Mapping[str, Any], *, name: str) -> ProviderFailed:
    """Return why a workflow ended before it was done; trying again would end alike.

    Parameters
    ----------
    status : mapping
        As the server's history has it, with messages of what happened.
    """
    told: dict[str, Any] = dict(status.get("messages") or ())
    if "execution_interrupted" in told:
        return ProviderFailed(
            f"{name} was interrupted at the server.", reason="INTERRUPTED", retryable=False
        )
    error = told.get("execution_error", {})
    what = shortened(error.get("exception_message") or error.get("exception_type") or "")
    where = f" in {error['node_type']}" if error.get("node_type") else ""
    return ProviderFailed(
        f"{name} failed at the server{where}: {what}", reason="FAILED", retryable=False
    )


def shortened(text: object) -> str:
    """Return a text on one line, and not too long."""
    words = " ".join(str(text).split()) or "no reason given."
    return words if len(words) <= MOST_QUOTED else words[: MOST_QUOTED - 1] + "…"


def _why(response: httpx.Response) -> str:
    """Return why a workflow was refused: what is wrong with its nodes, or with all of it."""
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return shortened(response.text)
    nodes = told.get("node_errors") or {}
    wrong = [
        _wrong_input(str(node.get("class_type")), error)
        for node in (nodes.values() if isinstance(nodes, dict) else ())
        for error in node.get("errors", ())
    ]
    if wrong:
        return shortened(" ".join(dict.fromkeys(wrong)))
    error = told.get("error")
    if not isinstance(error, dict):
        return shortened(error or response.text)
    return shortened(f"{error.get('message')} {error.get('details') or ''}")


def _wrong_input(class_type: str, error: Mapping[str, Any]) -> str:
    """Return what is wrong with an input of a node; for a file, which there are."""
    about = error.get("extra_info") or {}
    if error.get("type") != "value_not_in_list":
        return f"{class_type}: {error.get('message')} ({error.get('details')})."
    wanted = f"{class_type} asks for {about.get('input_name')} {about.get('received_value')!r}"
    there = choices_of(about.get("input_config"))
    if there is None:  # it tells no list of more than 20
        return f"{wanted}, which is not among the many that the server has."
    listed = ", ".join(map(str, there[:MOST_LISTED])) + (", …" if len(there) > MOST_LISTED else "")
    return f"{wanted}, which the server does not have; it has: {listed or 'none'}."


def choices_of(config: object) -> Sequence[object] | None:
    """Return what an input of a node can be; None where that is not a choice, or not told.

    The list stands in place of a type, or beside it as ``options``.
    """
    if not isinstance(config, list) or not config:
        return None
    if isinstance(config[0], list):
        return config[0]
    about = config[1] if len(config) > 1 and isinstance(config[1], dict) else {}
    options = about.get("options")
    return options if isinstance(options, list) else None
