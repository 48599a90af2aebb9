"""Fits the purse: what a wish would cost, and how the film could be made for less.

Nothing is asked of any service: prices come from the catalogue, or from the models themselves
where they are not in it.

Contents
--------
propose             find the ways that cost less
check_purse         refuse a wish that is too dear, and say what could be had instead
Proposal, Way       the wish and the ways that cost less; one way to make the film
too_dear            the error of a film that costs more than it may
"""

from __future__ import annotations

from mvkit.purse.search import check_purse, propose
from mvkit.purse.ways import Proposal, Way, too_dear

__all__ = ["Proposal", "Way", "check_purse", "propose", "too_dear"]
