"""Batches: many films of one table, folder or grid, submitted together and told by genre.

Contents
--------
batch                     many films, from a file to how each of them ended
prepare, carry_out        its two halves: look at all rows; submit, wait, sum up
Batch, Outcome            what they return
Standing, Standings       how films stand meanwhile

The modules: ``rows`` and ``grid`` read, ``checks`` judges, ``quote`` tells what it will take,
``roll`` keeps which film is which job, ``standing`` looks, ``summary`` sums up, ``carrying`` does
it all.
"""

from mvkit.batches.carrying import Batch, Outcome, batch, carry_out, prepare
from mvkit.batches.standing import Standing, Standings

__all__ = ["Batch", "Outcome", "Standing", "Standings", "batch", "carry_out", "prepare"]
