"""Whatever goes wrong, our books are those of the service, and nothing is bought twice."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from mvkit.ledger import Account, Entry

from .fault_runs import fault_run

N_RUNS = 40
"""Of ``python -m tests.fault_runs --runs 200``, which takes minutes."""


@pytest.mark.slow
def test_books_agree_however_often_a_film_s_buyer_is_failed_and_killed(tmp_path: Path) -> None:
    runs = [fault_run(seed, folder=tmp_path) for seed in range(N_RUNS)]
    assert [text for run in runs for text in run.differences] == []
    ends = Counter(run.ended for run in runs)
    assert ends["made"] > N_RUNS / 3
    assert ends["over budget"] > 0
    assert sum(run.n_killed for run in runs) > N_RUNS / 4
    assert sum(run.n_orders for run in runs) > 3 * N_RUNS
    assert any(run.n_lost for run in runs)


def test_a_book_that_is_kept_wrongly_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = Account.settle

    def settle_half(account: Account, entry: Entry, cost_usd: Decimal, *, made: str = "") -> Entry:
        return settle(account, entry, cost_usd / 2, made=made)

    monkeypatch.setattr(Account, "settle", settle_half)
    run = fault_run(1, folder=tmp_path)
    assert "is settled at" in run.differences[0]
