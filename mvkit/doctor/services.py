"""What the services behind models need: packages, a key, and a model that is still there.

Contents
--------
missing_packages    what has to be installed for a model
needs_of            what else is missing for a model to be asked at all
check_online, Told  what its service says of it, over the network
failures            why a check fails
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from mvkit.errors import MvkitError, ProviderFailed
from mvkit.providers.keys import base_url_of, has_key, is_local, key_of

TIMEOUT_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a service is reached by.

    Attributes
    ----------
    packages : tuple of str
        What has to be there to be imported.
    install : str
        What ``pip install`` is given to have them.
    key, address : str
        The variables of its key and its address; empty where it has none.
    own_url : str
        Where it is, unless the variable says otherwise.
    local_needs_key : bool
        Whether it wants a key on one's own machines, too.
    """

    packages: tuple[str, ...] = ()
    install: str = ""
    key: str = ""
    address: str = ""
    own_url: str = ""
    local_needs_key: bool = True


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a service says of a model."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


COMFYUI_URL = "http://127.0.0.1:8188"
NEEDS = {
    "openai": Need(
        packages=("openai",),
        install="openai",
        key="OPENAI_API_KEY",
        address="OPENAI_BASE_URL",
        own_url="https://api.openai.com/v1",
        local_needs_key=False,
    ),
    "replicate": Need(
        packages=("replicate",),
        install="replicate",
        key="REPLICATE_API_TOKEN",
        address="REPLICATE_BASE_URL",
        own_url="https://api.replicate.com",
    ),
    "diffusers": Need(
        packages=("diffusers", "torch", "transformers", "accelerate"),
        install="-r requirements-local-gpu.txt",
    ),
    "comfyui": Need(address="COMFYUI_URL", own_url=COMFYUI_URL),
}
"""By provider; the others need nothing that could be looked at from outside."""


def missing_packages(name: str) -> Iterator[str]:
    """Yield what has to be installed before anything else can be said of a model.

    Parameters
    ----------
    name : str
        The model, as in the settings.
    """
    need = _need_of(name)
    missing = [package for package in need.packages if find_spec(package) is None]
    if missing:
        are = "packages" if len(missing) > 1 else "package"
        yield (
            f"{name} needs the {are} {' and '.join(missing)}, not installed here; run "
            f"`pip install {need.install}`."
        )


def needs_of(name: str) -> Iterator[str]:
    """Yield what is missing before a model can be asked, a sentence each.

    Parameters
    ----------
    name : str
        The model, as in the settings.
    """
    need = _need_of(name)
    if need.address:
        yield from failures(lambda: _check_reached(need, name))


def _need_of(name: str) -> Need:
    return NEEDS.get(name.partition(":")[0], Need())


def failures(check: Callable[[], object]) -> Iterator[str]:
    """Yield why a check fails, if it does."""
    try:
        check()
    except MvkitError as error:
        yield error.message


def _check_reached(need: Need, name: str) -> None:
    url = base_url_of(need.address, default=need.own_url)
    if need.key and (need.local_needs_key or has_key(need.key) or not is_local(url)):
        key_of(need.key, needed_by=name)


def check_online(name: str, *, role: str) -> Told:
    """Ask the service behind a model what is to be said of it.

    Parameters
    ----------
    name : str
        The model, as in the settings.
    role : str
        What it is chosen for.
    """
    asks = {"openai": _ask_openai, "replicate": _ask_replicate, "comfyui": _ask_comfyui}
    ask = asks.get(name.partition(":")[0])
    try:
        return Told() if ask is None else ask(name, role)
    except MvkitError as error:
        return Told(problems=(error.message,))


def _ask_replicate(name: str, role: str) -> Told:
    """Hold the catalogue's entry against the model: what has changed breaks orders."""
    from mvkit.providers.catalog import find_offer
    from mvkit.providers.replicate import check_model

    offer = find_offer(name, role="image" if role == "image" else "video")
    changes = check_model(offer)
    advice = f' Mend the entry in mvkit.toml, [models."{offer.entry.name}"].'
    return Told(problems=tuple(change + advice for change in changes))


def _ask_openai(name: str, _role: str) -> Told:
    """Ask whether the service knows key and model, and when it says that the model goes."""
    import openai

    from mvkit.providers.openai.failures import as_ours
    from mvkit.providers.openai.service import find_service

    service = find_service(needed_by=name)
    with service.client(timeout_s=TIMEOUT_S) as client:
        try:
            model = client.models.retrieve(name.partition(":")[2])
        except openai.OpenAIError as error:
            raise as_ours(error, service=service, name=name) from error
    day = getattr(model, "shutdown_date", None)
    return Told(notes=(f"{service.host} will shut {name} down on {day}.",) if day else ())


def _ask_comfyui(name: str, role: str) -> Told:
    """Ask whether the server answers, what it runs on, and what it lacks for the workflow."""
    import httpx

    from mvkit.providers.comfyui import check_server
    from mvkit.providers.comfyui.service import Server

    server = Server(name)
    try:
        answer = httpx.get(f"{server.url}/system_stats", timeout=TIMEOUT_S, trust_env=False)
        stats = answer.raise_for_status().json()
        version = stats["system"].get("comfyui_version", "of an unknown version")
        devices = ", ".join(device["name"] for device in stats["devices"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderFailed(
            f"{name} needs ComfyUI, and nothing at {server.host} answers as one "
            f"({type(error).__name__}). Start it, or set COMFYUI_URL to where it listens.",
            reason="NOT_REACHED",
        ) from error
    lacks = check_server(name.partition(":")[2], role="image" if role == "image" else "video")
    return Told(problems=lacks, notes=(f"ComfyUI {version} works on {devices}.",))
