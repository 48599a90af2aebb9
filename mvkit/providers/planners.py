"""What it costs to have a film planned, told without a key and without asking anybody.

Language models are registered in :data:`mvkit.providers.CHAT_MODELS`. One that costs money has a
line here besides.

Contents
--------
DIRECTOR, PLAN_PRICES, plan_price
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from mvkit.errors import InvalidInput
from mvkit.providers import CHAT_MODELS
from mvkit.providers.plugins import import_plugins

DIRECTOR = "director"
"""Our own rules, which plan for nothing."""

TokenPrice = Callable[[int, int], Decimal]
"""What an answer costs, by the tokens that are read and written."""


def _openai(model: str) -> TokenPrice:
    from mvkit.providers.openai.prices import Usage
    from mvkit.providers.openai.quotes import chat_price

    price = chat_price(model)
    return lambda read, written: price.usd(Usage(input=read, output=written))


def _free(_read: int, _written: int) -> Decimal:
    return Decimal()


PLAN_PRICES: dict[str, Callable[[str], TokenPrice]] = {"openai": _openai}
"""By provider; called with the model's name. Who is not here plans for nothing."""


def plan_price(name: str) -> TokenPrice:
    """Return what a planner's answer costs.

    Parameters
    ----------
    name : str
        ``director``, or ``provider:model``, as in the setting ``planner``.

    Raises
    ------
    InvalidInput
        If no provider has this name, or nobody knows the price.
    """
    import_plugins()
    provider, _, model = name.partition(":")
    if name != DIRECTOR and provider not in CHAT_MODELS:
        raise InvalidInput(
            f"No provider for the role 'planner' is called '{name}'; known are "
            f"{', '.join([DIRECTOR, *CHAT_MODELS])}. Set MVKIT_PLANNER to one of them, as in "
            "openai:gpt-6-luna.",
            reason="UNKNOWN_PROVIDER",
        )
    return PLAN_PRICES[provider](model) if provider in PLAN_PRICES else _free
