"""What the services behind models need: a key, a package, and a model that is still there.

Contents
--------
needs_of            what is missing for a model to be asked at all
check_online, Told  what its service says of it, over the network
failures            why a check fails
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from mvkit.errors import MvkitError
from mvkit.providers.keys import base_url_of, has_key, is_local, key_of

TIMEOUT_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a service is reached by."""

    package: str
    key: str
    address: str
    own_url: str
    local_needs_key: bool = True


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a service says of a model."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


NEEDS = {
    "openai": Need(
        package="openai",
        key="OPENAI_API_KEY",
        address="OPENAI_BASE_URL",
        own_url="https://api.openai.com/v1",
        local_needs_key=False,
    ),
    "replicate": Need(
        package="replicate",
        key="REPLICATE_API_TOKEN",
        address="REPLICATE_BASE_URL",
        own_url="https://api.replicate.com",
    ),
}
"""By provider; the others need nothing that could be looked at from outside."""


def needs_of(name: str) -> Iterator[str]:
    """Yield what is missing before a model can be asked, a sentence each.

    Parameters
    ----------
    name : str
        The model, as in the settings.
    """
    need = NEEDS.get(name.partition(":")[0])
    if need is None:
        return
    if find_spec(need.package) is None:
        yield (
            f"{name} needs the package {need.package}, which is not installed; run "
            f"`pip install {need.package}`."
        )
    yield from failures(lambda: _check_reached(need, name))


def failures(check: Callable[[], object]) -> Iterator[str]:
    """Yield why a check fails, if it does."""
    try:
        check()
    except MvkitError as error:
        yield error.message


def _check_reached(need: Need, name: str) -> None:
    url = base_url_of(need.address, default=need.own_url)
    if need.local_needs_key or has_key(need.key) or not is_local(url):
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
    ask = {"openai": _ask_openai, "replicate": _ask_replicate}.get(name.partition(":")[0])
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
