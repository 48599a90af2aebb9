"""An answer that is good for a moment is looked up once for all who ask meanwhile."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mvkit.errors import NotFound
from mvkit.web.api.moments import Moments


class Source:
    """Answers with how often it was asked, once it may."""

    def __init__(self) -> None:
        self.n_asked = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    def look_up(self, key: str) -> str:
        self.n_asked += 1
        n_asked = self.n_asked
        assert self.may_answer.wait(10.0)
        if key == "nothing":
            raise NotFound("There is nothing.")
        return f"{key} {n_asked}"


def test_while_an_answer_is_fresh_nobody_looks_again() -> None:
    source = Source()
    moments = Moments(source.look_up, for_s=60.0)

    async def ask() -> list[str]:
        return [await moments.get("a"), await moments.get("a"), await moments.get("b")]

    assert asyncio.run(ask()) == ["a 1", "a 1", "b 2"]


def test_an_old_answer_is_looked_up_anew() -> None:
    source = Source()
    moments = Moments(source.look_up, for_s=0.0)

    async def ask() -> list[str]:
        return [await moments.get("a"), await moments.get("a")]

    assert asyncio.run(ask()) == ["a 1", "a 2"]


def test_all_who_ask_at_once_wait_for_one_look() -> None:
    source = Source()
    source.may_answer.clear()
    moments = Moments(source.look_up, for_s=60.0)

    async def ask() -> list[str]:
        asked = [asyncio.create_task(moments.get("a")) for _ in range(50)]
        await asyncio.sleep(0.05)
        source.may_answer.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == ["a 1"] * 50


def test_what_was_forgotten_while_it_was_looked_up_is_not_kept() -> None:
    """Or an answer from before a change would be given after it."""
    source = Source()
    source.may_answer.clear()
    moments = Moments(source.look_up, for_s=60.0)

    async def ask() -> list[str]:
        early = asyncio.create_task(moments.get("a"))
        await asyncio.sleep(0.05)
        moments.forget()
        source.may_answer.set()
        return [await early, await moments.get("a")]

    assert asyncio.run(ask()) == ["a 1", "a 2"]


def test_one_who_goes_away_takes_nobody_s_answer_along() -> None:
    source = Source()
    source.may_answer.clear()
    moments = Moments(source.look_up, for_s=60.0)

    async def ask() -> str:
        impatient = asyncio.create_task(moments.get("a"))
        patient = asyncio.create_task(moments.get("a"))
        await asyncio.sleep(0.05)
        impatient.cancel()
        source.may_answer.set()
        return await patient

    assert asyncio.run(ask()) == "a 1"


def test_a_failure_is_told_and_not_kept() -> None:
    source = Source()
    moments = Moments(source.look_up, for_s=60.0)

    async def ask() -> None:
        for _ in range(2):
            with pytest.raises(NotFound):
                await moments.get("nothing")

    asyncio.run(ask())
    assert source.n_asked == 2
