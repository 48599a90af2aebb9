"""The catalogue: paid models as data.

``catalog.toml`` says of each model what it takes, what it sells and what it costs, with source and
date; a user adds to it in ``mvkit.toml``. Nothing here talks to a service.

Contents
--------
find_offer, list_offers, load_entries : what there is
Offer, Choice, Entry, Variant : what is known of it
picture_order, clip_order, Order : a request in a model's own inputs
drift : what has changed in a model since
models_table : the catalogue for people
"""

from __future__ import annotations

from mvkit.providers.catalog.drift import drift
from mvkit.providers.catalog.entry import Entry, JsonScalar, Variant
from mvkit.providers.catalog.inputs import Order, clip_order, picture_order
from mvkit.providers.catalog.offer import Choice, Offer
from mvkit.providers.catalog.shelf import find_offer, list_offers, load_entries
from mvkit.providers.catalog.table import models_table

__all__ = [
    "Choice",
    "Entry",
    "JsonScalar",
    "Offer",
    "Order",
    "Variant",
    "clip_order",
    "drift",
    "find_offer",
    "list_offers",
    "load_entries",
    "models_table",
    "picture_order",
]
