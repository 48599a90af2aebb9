"""Each thing is ordered once, paid once and never past the limit, whatever goes wrong.

What was ordered and billed is counted by the service's own ledger.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from mvkit import ledger
from mvkit.clips import Keyframes, film_clips
from mvkit.crash import ONCE_VARIABLE, VARIABLE
from mvkit.errors import BudgetExceeded, GenerationFailed, InvalidInput, ProviderFailed
from mvkit.files import sha256_of
from mvkit.footage import fit, n_frames_in
from mvkit.ledger import Account, Entry, open_account
from mvkit.providers import image_model, purchase, video_model
from mvkit.providers.base import ClipRequest, Delivery, deliver
from mvkit.providers.purchase import buy
from mvkit.references import make_references
from mvkit.run import Run, draft_brief
from mvkit.schema import FRAME_SIZES_PX, Analysis, Artefact, Plan, Prompts, References
from mvkit.settings import get_settings

from . import fake_provider
from .conftest import ROOT
from .fake_provider import FROM_PICTURES, FakeCamera, FakeService, fake_service

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
ITEM = "clips/000.source.mp4"
BILL, WORST = Decimal("0.08"), Decimal("0.12")
"""Of four seconds: their price, and one and a half times as much."""
BUYER = """
import sys
from mvkit.providers import video_model
from mvkit.run import Run
from tests.test_purchase import ITEM, clip_request

run = Run.open(sys.argv[1])
video_model("fake", run=run).film(clip_request(run), run.path(ITEM))
"""


class Shop:
    """One run that buys one clip, with a clock that only waiting moves."""

    def __init__(self, run: Run) -> None:
        self.account = Account.of(run)
        self.target = run.path(ITEM)
        self.waited_s = 0.0
        self.request = clip_request(run)
        self.model = FakeCamera()

    def buy(self) -> Delivery:
        return buy(
            self.model,
            self.request,
            self.target,
            account=self.account,
            item=ITEM,
            sleep=self.wait,
            clock=lambda: self.waited_s,
        )

    def buy_persistently(self) -> Delivery:
        """Buy as a stage does: again after a pause, where that may help."""
        return deliver(self.buy, seed=1, sleep=self.wait)[0]

    def wait(self, seconds: float) -> None:
        self.waited_s += seconds

    def reserve(self) -> Entry:
        """Leave an entry as a process does that was killed after it."""
        return self.account.reserve(
            ITEM, identity=self.request.identity, model="fake", most_usd=WORST
        )

    @property
    def states(self) -> list[str]:
        return [entry.state for entry in self.account.entries()]

    @property
    def balance(self) -> tuple[Decimal, Decimal]:
        return self.account.held_usd, self.account.spent_usd


def clip_request(run: Run, *, identity: str = "digest") -> ClipRequest:
    """Return the request for the first clip of a run: four seconds."""
    plan, prompts = run.read(Plan), run.read(Prompts)
    return ClipRequest(
        prompt=prompts.clip_prompts[0],
        script=plan.clip_scripts[0],
        scene=plan.scenes[0],
        characters=plan.characters,
        style=plan.style,
        analysis=run.read(Analysis),
        frames=range(120),
        handover_frames=(),
        width_px=320,
        height_px=180,
        identity=identity,
    )


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    with fake_service(tmp_path / "service") as service:
        monkeypatch.setenv(fake_provider.URL_VARIABLE, service.url)
        yield service


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact]) -> Run:
    """A run that is ready to be filmed; its default limit is $0.40."""
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    for stage in ("analysis", "plan", "references", "prompts"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    return run


@pytest.fixture
def shop(run: Run, service: FakeService) -> Shop:
    return Shop(run)


# Where all goes well


def test_what_is_bought_is_ordered_once_delivered_and_paid(
    shop: Shop, service: FakeService, tmp_path: Path
) -> None:
    delivery = shop.buy()
    (order,) = service.creates()
    (entry,) = shop.account.entries()
    assert delivery == Delivery(model="fake", cost_usd=BILL, provider_id=order["id"])
    assert (entry.state, entry.provider_id, entry.tag) == ("settled", order["id"], order["tag"])
    assert entry.made == sha256_of(shop.target)
    assert shop.balance == (0, BILL)
    done = fit(shop.target, tmp_path / "fit.mp4", n_frames=120, width_px=320, height_px=180)
    assert done.how == "trimmed"


def test_what_was_bought_and_is_there_is_not_even_asked_for(shop: Shop, run: Run) -> None:
    first = shop.buy()
    shop.model = FakeCamera()
    shop.model.collect = lambda *_: pytest.fail("it was collected again")  # type: ignore[method-assign]
    assert shop.buy() == first
    assert shop.balance == (0, BILL)


@pytest.mark.parametrize("lost", ["gone", "damaged"])
def test_a_lost_file_is_collected_again_for_nothing(
    shop: Shop, service: FakeService, lost: str
) -> None:
    first = shop.buy()
    shop.target.unlink() if lost == "gone" else shop.target.write_bytes(b"half a cl")
    assert shop.buy() == first
    assert sha256_of(shop.target) == shop.account.entries()[0].made
    assert len(service.creates()) == 1
    assert shop.balance == (0, BILL)


def test_another_identity_is_another_order(shop: Shop, service: FakeService) -> None:
    shop.buy()
    shop.request = replace(shop.request, identity="another digest")
    shop.buy()
    assert len(service.creates()) == 2
    assert shop.balance == (0, 2 * BILL)


def test_a_request_without_an_identity_is_not_bought(shop: Shop, service: FakeService) -> None:
    shop.request = replace(shop.request, identity="")
    with pytest.raises(InvalidInput, match="no identity"):
        shop.buy()
    assert service.creates() == []


# Limits


def test_an_order_past_the_limit_is_never_sent_nor_tried_again(
    shop: Shop, service: FakeService, run: Run
) -> None:
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal("0.11"))
    with pytest.raises(BudgetExceeded, match=r"up to \$0\.12, and \$0\.11 is left"):
        shop.buy_persistently()
    assert shop.waited_s == 0
    assert service.creates() == []
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal("0.12"))
    assert shop.buy().cost_usd == BILL


def limit(shop: Shop, usd: Decimal) -> None:
    open_account(shop.account.job_id, song_s=12.0, budget_usd=usd)


def reserve_beside(shop: Shop) -> Entry:
    """Set another clip's worst case aside."""
    return shop.account.reserve(
        "clips/001.source.mp4", identity="digest", model="fake", most_usd=WORST
    )


def test_an_order_waits_until_those_beside_it_leave_it_room(
    shop: Shop, service: FakeService
) -> None:
    limit(shop, BILL + WORST)
    beside = reserve_beside(shop)
    wait = shop.wait

    def wait_and_settle(seconds: float) -> None:
        assert service.creates() == []
        wait(seconds)
        if shop.waited_s > 10:
            shop.account.settle(beside, BILL)

    shop.wait = wait_and_settle  # type: ignore[method-assign]
    assert shop.buy().cost_usd == BILL
    assert 10 < shop.waited_s < 10 + 2 * purchase.LOOK_EVERY_S
    assert shop.balance == (0, 2 * BILL)


def test_an_order_that_others_leave_no_room_is_told_as_soon_as_that_is_known(
    shop: Shop, service: FakeService
) -> None:
    limit(shop, BILL + WORST)
    beside = reserve_beside(shop)
    shop.wait = lambda _: shop.account.settle(beside, WORST)  # type: ignore[method-assign]
    with pytest.raises(BudgetExceeded, match=r"\$0\.08 is left"):
        shop.buy()
    assert service.creates() == []


def test_an_order_that_nobody_works_on_is_waited_for_only_so_long(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purchase, "LOOK_EVERY_S", 5.0)
    limit(shop, BILL + WORST)
    reserve_beside(shop)
    with pytest.raises(BudgetExceeded, match="set aside"):
        shop.buy()
    most_s = purchase.AT_WORK_S + purchase.QUIET_S
    assert most_s - 10 < shop.waited_s < most_s + 10


def test_an_order_that_was_left_long_ago_is_hardly_waited_for(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purchase, "AT_WORK_S", 0.0)
    limit(shop, BILL + WORST)
    reserve_beside(shop)
    with pytest.raises(BudgetExceeded):
        shop.buy()
    assert shop.waited_s < purchase.QUIET_S + 5


def test_an_order_that_is_collected_here_is_waited_for_however_long_it_takes(
    shop: Shop, run: Run, service: FakeService
) -> None:
    limit(shop, BILL + WORST)
    slow, asked, finish = Shop(run), threading.Event(), threading.Event()
    slow.request = replace(slow.request, identity="another digest")
    collect = slow.model.collect

    def collect_slowly(provider_id: str, target: Path) -> Delivery:
        asked.set()
        finish.wait(10)
        return collect(provider_id, target)

    slow.model.collect = collect_slowly  # type: ignore[method-assign]
    thread = threading.Thread(target=slow.buy)
    thread.start()
    asked.wait(10)
    wait = shop.wait

    def wait_long(seconds: float) -> None:
        wait(seconds + 60)
        if shop.waited_s > 2 * purchase.AT_WORK_S:
            finish.set()
            thread.join()

    shop.wait = wait_long  # type: ignore[method-assign]
    assert shop.buy().cost_usd == BILL
    assert shop.waited_s > 2 * purchase.AT_WORK_S
    assert shop.balance == (0, 2 * BILL)


@pytest.mark.parametrize(
    ("bill", "booked"), [("0.18", "0.18"), ("-1", "0.12"), ("NaN", "0.12"), ("1e9", "0.12")]
)
def test_a_surprising_bill_is_booked_if_it_can_be_one(
    shop: Shop, service: FakeService, bill: str, booked: str
) -> None:
    service.script("submit", usd=bill)
    assert shop.buy().cost_usd == Decimal(booked)
    assert shop.balance == (0, Decimal(booked))


# Orders whose fate is unknown


def test_an_order_whose_answer_was_dropped_is_found_by_its_tag(
    shop: Shop, service: FakeService
) -> None:
    service.script("submit", answer="drop")
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1
    assert shop.states == ["settled"]


def test_an_order_that_is_never_answered_is_found_by_its_tag(
    shop: Shop, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_provider.TIMEOUT_VARIABLE, "0.5")
    shop.model = FakeCamera()
    service.script("submit", answer="hang")
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1


def test_an_order_the_service_does_not_list_is_lost_and_charged(
    shop: Shop, service: FakeService
) -> None:
    service.script("submit", answer="error")
    with pytest.raises(ProviderFailed, match=r"charged at \$0\.12") as failure:
        shop.buy_persistently()
    assert (failure.value.reason, failure.value.retryable) == ("LOST_ORDER", False)
    assert purchase.UNKNOWN_OUTCOME_S <= shop.waited_s < purchase.UNKNOWN_OUTCOME_S + 5
    assert shop.states == ["lost"]
    assert shop.balance == (0, WORST)
    assert service.creates() == []


def test_a_lost_order_is_looked_for_once_more_and_never_repeated(
    shop: Shop, service: FakeService
) -> None:
    shop.account.lose(shop.reserve())
    with pytest.raises(ProviderFailed, match="LOST_ORDER"):
        shop.buy_persistently()
    assert shop.waited_s == 0
    assert service.creates() == []
    assert shop.balance == (0, WORST)


def test_a_lost_order_that_turns_up_is_collected_and_paid_as_billed(
    shop: Shop, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purchase, "ASK_EVERY_S", 60.0)
    service.script("submit", answer="drop")
    service.script("list", answer="error", times=3)  # at 0, 60 and 120 s
    with pytest.raises(ProviderFailed, match="LOST_ORDER"):
        shop.buy()
    assert shop.balance == (0, WORST)
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1
    assert shop.states == ["settled"]
    assert shop.balance == (0, BILL)


def test_a_stranger_s_error_while_ordering_leaves_the_order_to_be_found(
    shop: Shop, service: FakeService
) -> None:
    """An exception that nobody foresaw says nothing about whether the order was taken."""
    submit = shop.model.submit

    def submit_and_stumble(request: ClipRequest, *, tag: str) -> str:
        submit(request, tag=tag)
        raise KeyError("id")

    shop.model.submit = submit_and_stumble  # type: ignore[method-assign]
    with pytest.raises(KeyError):
        shop.buy()
    assert shop.states == ["reserved"]
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1


# Orders that fail


def test_an_order_that_was_not_taken_is_given_back_and_tried_again(
    shop: Shop, service: FakeService
) -> None:
    service.script("submit", answer="refuse")
    assert shop.buy_persistently().cost_usd == BILL
    assert len(service.creates()) == 1
    assert shop.states == ["released", "settled"]
    assert shop.balance == (0, BILL)


def test_a_request_that_a_model_cannot_take_costs_nothing(shop: Shop) -> None:
    def refuse(request: ClipRequest, *, tag: str) -> str:
        raise InvalidInput("no clips of four seconds")

    shop.model.submit = refuse  # type: ignore[method-assign]
    with pytest.raises(InvalidInput):
        shop.buy_persistently()
    assert shop.states == ["released"]


@pytest.mark.parametrize("billed", ["0", "0.03"])
def test_a_failed_order_is_paid_as_billed_and_ordered_anew(
    shop: Shop, service: FakeService, billed: str
) -> None:
    service.script("submit", outcome="failed", usd=billed)
    assert shop.buy_persistently().cost_usd == BILL
    assert len(service.creates()) == 2
    assert [entry.attempt for entry in shop.account.entries()] == [1, 2]
    assert shop.balance == (0, BILL + Decimal(billed)) == (0, service.billed_usd())


def test_three_failures_are_enough(shop: Shop, service: FakeService) -> None:
    service.script("submit", outcome="failed", usd="0.01", times=5)
    with pytest.raises(ProviderFailed, match="could not make it"):
        shop.buy_persistently()
    assert len(service.creates()) == 3
    assert shop.balance == (0, Decimal("0.03"))


@pytest.mark.parametrize("on", ["status", "file"])
@pytest.mark.parametrize("answer", ["error", "drop"])
def test_an_order_that_is_not_answered_for_is_collected_by_the_next_attempt(
    shop: Shop, service: FakeService, on: str, answer: str
) -> None:
    service.script(on, answer=answer)
    with pytest.raises(ProviderFailed, match="NO_ANSWER") as failure:
        shop.buy()
    assert failure.value.retryable
    assert shop.states == ["placed"]
    assert shop.balance == (WORST, 0)
    assert shop.buy_persistently().cost_usd == BILL
    assert len(service.creates()) == 1


# Orders the service no longer keeps


def test_an_order_gone_before_it_was_collected_is_charged_and_bought_anew(
    shop: Shop, service: FakeService, caplog: pytest.LogCaptureFixture
) -> None:
    entry = shop.reserve()
    shop.account.place(entry, shop.model.submit(shop.request, tag=entry.tag))
    service.expire()
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 2
    assert shop.balance == (0, WORST + BILL)  # nobody told what the first was billed at
    assert "bought anew" in caplog.text


def test_an_order_gone_with_its_file_is_bought_anew_if_the_budget_allows(
    shop: Shop, service: FakeService, run: Run
) -> None:
    shop.buy()
    shop.target.unlink()
    service.expire()
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal("0.19"))
    with pytest.raises(BudgetExceeded):
        shop.buy_persistently()
    assert len(service.creates()) == 1
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal("0.20"))
    shop.buy()
    assert len(service.creates()) == 2
    assert shop.balance == (0, 2 * BILL)


def test_what_is_there_is_kept_though_the_service_has_forgotten_it(
    shop: Shop, service: FakeService
) -> None:
    shop.buy()
    service.expire()
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1


def test_an_order_that_is_gone_at_once_is_a_failure(shop: Shop, service: FakeService) -> None:
    """It is not bought anew for ever."""
    service.script("submit", outcome="gone", times=9)
    with pytest.raises(ProviderFailed, match="GONE"):
        shop.buy()
    assert len(service.creates()) == 1
    assert shop.balance == (0, WORST)


# Several at the same time


def test_two_who_want_the_same_thing_order_it_once(run: Run, service: FakeService) -> None:
    shops = [Shop(run) for _ in range(2)]
    together = threading.Barrier(2)
    delivered = []

    def shop_for_it(shop: Shop) -> None:
        latest = shop.account.latest

        def look_together(item: str, identity: str) -> Entry | None:
            entry = latest(item, identity)
            if not delivered and entry is None:
                together.wait()
            return entry

        def wait(seconds: float) -> None:
            shop.waited_s += seconds
            time.sleep(0.05)

        shop.account.latest = look_together  # type: ignore[method-assign]
        shop.wait = wait  # type: ignore[method-assign]
        delivered.append(shop.buy_persistently())

    threads = [threading.Thread(target=shop_for_it, args=(shop,)) for shop in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.creates()) == 1
    assert delivered[0] == delivered[1]
    assert shops[0].balance == (0, BILL)


def test_what_another_process_has_learnt_meanwhile_is_believed(
    shop: Shop, service: FakeService
) -> None:
    """While we look for its order, the one who sent it is told that it was not taken."""
    entry = shop.reserve()
    wait = shop.wait

    def wait_and_learn(seconds: float) -> None:
        wait(seconds)
        shop.account.release(entry)

    shop.wait = wait_and_learn  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="BEING_BOUGHT"):
        shop.buy()
    assert shop.buy_persistently().cost_usd == BILL
    assert len(service.creates()) == 1
    assert shop.states == ["released", "settled"]


# Crashes


@pytest.mark.parametrize(
    "point",
    [
        "purchase.submitted",
        "purchase.placed",
        "download.halfway",
        "purchase.delivered",
        "purchase.settled",
    ],
)
def test_after_a_crash_the_same_order_is_collected(
    shop: Shop, run: Run, service: FakeService, tmp_path: Path, point: str
) -> None:
    assert crash_at(point, run, tmp_path) == -signal.SIGKILL
    assert shop.buy_persistently().cost_usd == BILL
    assert len(service.creates()) == 1
    assert n_frames_in(shop.target) == 300
    assert shop.states == ["settled"]
    assert shop.balance == (0, service.billed_usd())


def test_after_a_crash_before_the_order_nothing_is_ordered_and_the_worst_case_stays(
    shop: Shop, run: Run, service: FakeService, tmp_path: Path
) -> None:
    """From the ledger alone nobody can tell that the order had not been sent yet."""
    assert crash_at("purchase.reserved", run, tmp_path) == -signal.SIGKILL
    with pytest.raises(ProviderFailed, match="LOST_ORDER"):
        shop.buy_persistently()
    assert service.creates() == []
    assert shop.balance == (0, WORST)


def crash_at(point: str, run: Run, folder: Path) -> int:
    """Have another process buy the clip and be killed on its way; return its status."""
    buyer = subprocess.run(
        [sys.executable, "-c", BUYER, str(run.folder)],
        check=False,
        cwd=ROOT,
        env={
            **os.environ,
            **get_settings().as_environment(),
            "MVKIT_PLUGINS": "tests.fake_provider",
            VARIABLE: point,
            ONCE_VARIABLE: str(folder / "crashed"),
        },
    )
    return buyer.returncode


# As the stages use it


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (320, 180))


def film(run: Run, *, model: str = "fake") -> tuple[float, float]:
    clips = film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=run.read(References),
        prompts=run.read(Prompts),
        model=video_model(model, run=run),
        keyframes=Keyframes(image_model("fake", run=run)),
    )
    assert clips.successful_clips == 3
    assert clips.total_cost == pytest.approx(sum(clip.cost for clip in clips.clips))
    return ledger.book(run, run.write(clips))


@pytest.mark.usefixtures("quick")
def test_a_film_is_bought_clip_by_clip_and_booked(run: Run, service: FakeService) -> None:
    service.script("submit", answer="drop")
    cost, total = film(run)
    assert len(service.creates()) == 3
    assert Decimal(str(cost)) == Decimal(str(total)) == service.billed_usd()
    assert film(run) == (cost, total)
    assert len(service.creates()) == 3


@pytest.mark.usefixtures("quick")
def test_keyframes_are_bought_once_each_and_booked_with_their_clips(
    run: Run, service: FakeService
) -> None:
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal(1))
    cost, total = film(run, model=f"fake:{FROM_PICTURES}")
    assert Counter(order["kind"] for order in service.creates()) == {"picture": 3, "clip": 3}
    assert Decimal(str(cost)) == Decimal(str(total)) == service.billed_usd()
    for record in run.folder.glob("clips/*.json"):
        record.unlink()
    assert film(run, model=f"fake:{FROM_PICTURES}") == (cost, total)
    assert len(service.creates()) == 6


@pytest.mark.usefixtures("quick")
def test_references_are_bought_once_however_often_the_stage_runs(
    run: Run, service: FakeService
) -> None:
    def paint(size_px: int) -> References:
        model = image_model("fake", run=run)
        plan = run.read(Plan)
        return make_references(run.folder, brief=run.brief, plan=plan, model=model, size_px=size_px)

    references = paint(1024)
    assert references.status == "success"
    assert references.total_cost == pytest.approx(0.03)
    for picture in references.pictures:
        with Image.open(run.folder / picture.image_url) as image:
            image.verify()
    assert paint(1024).total_cost == pytest.approx(0.03)
    assert len(service.creates()) == 3
    paint(512)  # other pictures
    assert len(service.creates()) == 6


@pytest.mark.usefixtures("quick")
def test_references_past_the_limit_stop_the_stage(run: Run, service: FakeService) -> None:
    open_account(run.job_id, song_s=12.0, budget_usd=Decimal("0.02"))
    with pytest.raises(BudgetExceeded):
        make_references(
            run.folder, brief=run.brief, plan=run.read(Plan), model=image_model("fake", run=run)
        )
    assert len(service.creates()) <= 2


# The service itself


def test_the_service_runs_as_a_process_and_remembers_its_orders(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.fake_provider", "--folder", str(tmp_path / "books")]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert server.stdout is not None
        monkeypatch.setenv(fake_provider.URL_VARIABLE, server.stdout.readline().strip())
        return server

    found = []
    for _ in range(2):
        with serve() as server:
            shop = Shop(run)
            shop.buy()
            (entry,) = shop.account.entries()
            found.append(shop.model.find(shop.request, tag=entry.tag))
            server.kill()
    assert found[0] == found[1] != ""
    (order,) = FakeService("", tmp_path / "books").creates()
    assert order["id"] == found[0]
