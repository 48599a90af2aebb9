"""The pre-flight check: whether the paid models of a film still take what they will be sent.

Models change their inputs without notice. Before a film begins, each of its paid models is looked
up at its service and held against what we believe of it: one that would refuse our orders stops the
film before anything is paid. A service that does not answer stops nothing: the orders will tell.

A provider takes part by a line in :data:`CHECKS`; those without one are not asked. A module outside
mvkit adds its line when it is imported. Nothing here is bought, and a film that costs nothing asks
nobody.

Contents
--------
check_models        look at every paid model of a film
CHECKS, Check, Part who looks, by provider
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mvkit.errors import InvalidInput, MvkitError, ProviderFailed
from mvkit.providers import paid_image_model, paid_video_model
from mvkit.schema import FRAME_SIZES_PX, Aspect, Brief
from mvkit.settings import SETTINGS_FILE, get_settings

if TYPE_CHECKING:
    from mvkit.providers.catalog import Entry, Offer

CHECK_S = 8.0
"""How long all services together may take to answer."""
KEPT_S = 600.0
"""How long this process remembers an answer."""

HOPELESS = frozenset({"UNKNOWN_MODEL", "NO_KEY", "BAD_KEY"})
"""Reasons why a model certainly takes no order."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a model is to do in a film.

    Attributes
    ----------
    name : str
        The model, as in the settings: ``replicate:prunaai/p-video``.
    aspect : str
        The shape of the film's picture.
    """

    role: Literal["image", "video"]
    name: str
    aspect: Aspect

    @property
    def provider(self) -> str:
        """Who runs the model."""
        return self.name.partition(":")[0]


Check = Callable[[Part], tuple[str, ...]]
"""Returns what a model would refuse of what it will be sent, a sentence each, and then what to do
about it; nothing where it takes all. Raises an error of ours if that cannot be told."""


def check_models(brief: Brief) -> tuple[str, ...]:
    """Look at every paid model of a film, before anything is paid.

    All services are asked at the same time, and waited for no longer than :data:`CHECK_S`.

    Parameters
    ----------
    brief : Brief
        The film's wish: who paints and who films. The fallback is that of the settings.

    Returns
    -------
    tuple of str
        Why a model could not be looked at, a sentence each; they are in the log, too.

    Raises
    ------
    InvalidInput
        If a model would refuse what we send (``DRIFT``), there is no such model, or no key to it.
    """
    answers = {part: _answer_for(part) for part in _paid_parts(brief) if part.provider in CHECKS}
    until_s = time.monotonic() + CHECK_S
    changes, notes = list[str](), list[str]()
    for part, answer in answers.items():
        try:
            changes += answer.result(timeout=max(0.0, until_s - time.monotonic()))
        except TimeoutError:
            notes.append(_unchecked(part, f"no answer came within {CHECK_S:.0f} s."))
        except MvkitError as error:
            if error.reason in HOPELESS:
                raise
            notes.append(_unchecked(part, error.message))
        except Exception:  # a schema may be anything
            logger.exception("%s shows inputs that nobody can read.", part.name)
            notes.append(_unchecked(part, "its inputs cannot be read."))
    for note in notes:
        logger.warning(note)
    if changes:
        raise InvalidInput(" ".join(changes), reason="DRIFT")
    return tuple(notes)


def _unchecked(part: Part, why: str) -> str:
    return f"Whether {part.name} still takes our orders could not be checked: {why}"


def _paid_parts(brief: Brief) -> Iterator[Part]:
    """Yield what paid models do in a film; a fallback that costs money serves paid films only."""
    if paid_image_model(brief.image) is not None:
        yield Part(role="image", name=brief.image, aspect=brief.aspect)
    if paid_video_model(brief.video) is None:
        return
    yield Part(role="video", name=brief.video, aspect=brief.aspect)
    fallback = get_settings().video_fallback
    if fallback and paid_video_model(fallback) is not None:
        yield Part(role="video", name=fallback, aspect=brief.aspect)


# Asking, once for all films


_answers: dict[Part, tuple[float, Future[tuple[str, ...]]]] = {}
_guard = threading.Lock()


def _answer_for(part: Part) -> Future[tuple[str, ...]]:
    """Return the answer on a model, which may be under way; one that is fresh is not asked for."""
    now_s = time.monotonic()
    with _guard:
        asked_s, answer = _answers.get(part, (-KEPT_S, Future()))
        if now_s - asked_s < KEPT_S and not (answer.done() and answer.exception()):
            return answer
        _answers[part] = now_s, (answer := Future())
    # Left alone, not ended, where it takes too long: a service may hang in ways no timeout sees.
    threading.Thread(target=_ask, args=(part, answer), name="preflight", daemon=True).start()
    return answer


def _ask(part: Part, answer: Future[tuple[str, ...]]) -> None:
    try:
        answer.set_result(CHECKS[part.provider](part))
    except Exception as error:  # is raised where the answer is waited for
        answer.set_exception(error)


# Who looks


def _check_replicate(part: Part) -> tuple[str, ...]:
    """Hold the catalogue's entry against the model's live schema, as far as the film uses it."""
    from mvkit.providers.catalog import drift, find_offer
    from mvkit.providers.replicate.service import Service

    offer = find_offer(part.name, role=part.role)
    entry = _as_used(offer, part)
    schema = Service(entry, name=offer.name, cancel_after_s=offer.deadline_s).schema()
    if not schema.get("components", {}).get("schemas", {}).get("Input", {}).get("properties"):
        raise ProviderFailed(f"{entry.name} shows no inputs.", reason="NO_ANSWER")
    changes = drift(entry, schema)
    advice = (
        f'Mend the entry in {SETTINGS_FILE.name}, [models."{entry.name}"], or choose another model.'
    )
    return (*changes, advice) if changes else ()


def _as_used(offer: Offer, part: Part) -> Entry:
    """Return the entry of an offer without what the film never orders; references are square."""
    from mvkit.providers.catalog.inputs import nearest_aspect

    entry = offer.entry
    changes: dict[str, object] = {"variants": {offer.name.partition("@")[2]: offer.variant}}
    if entry.aspect is not None:
        width_px, height_px = FRAME_SIZES_PX[part.aspect]
        ratios = (width_px / height_px, *([1.0] if part.role == "image" else []))
        shapes = tuple(dict.fromkeys(nearest_aspect(entry.aspect, ratio) for ratio in ratios))
        changes["aspect"] = entry.aspect.model_copy(update={"choices": shapes})
    return entry.model_copy(update=changes)


CHECKS: dict[str, Check] = {"replicate": _check_replicate}
"""Who looks at the models of a provider, for those that can."""
