"""What a wish would cost, and the ways to have the film for less."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from mvkit import providers
from mvkit.__main__ import app
from mvkit.errors import BudgetExceeded, InvalidInput
from mvkit.estimate import TYPICAL_PICTURES, Rates, estimate_at
from mvkit.providers.catalog import Entry, Offer, list_offers
from mvkit.providers.catalog.shelf import offers_of
from mvkit.purse import Proposal, Way, check_purse, propose
from mvkit.settings import get_settings

from .fake_provider import FakeCamera
from .song_makers import clicks, encoded, times_of

SONG_S = 180.0
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


def camera(name: str, *, seconds: Any = None, **changes: Any) -> tuple[Offer, ...]:
    """Return the offers of a model that films: dollars by variant, sold by the second."""
    variants = {variant: {"usd": {"second": usd}} for variant, usd in changes.pop("usd").items()}
    duration = seconds or {"input": "duration", "least": 1, "most": 8}
    entry = {"prompt": "prompt", "duration": duration, "variants": variants, **changes}
    return offers_of(Entry(host="replicate", id=f"films/{name}", role="video", **entry))


def painter(name: str, usd: float) -> tuple[Offer, ...]:
    """Return the offer of a model that paints."""
    variants = {"only": {"usd": {"image": usd}}}
    return offers_of(
        Entry(host="replicate", id=f"art/{name}", role="image", prompt="p", variants=variants)
    )


KEYFRAMED = {"start_image": {"input": "image", "required": True}}
MARKET = (
    *camera("grand", usd={"fine": 0.2, "plain": 0.02}),
    *camera("solid", usd={"only": 0.03}),
    *camera("cheap", usd={"only": 0.01}),
    *camera("luxury", usd={"only": 0.5}),
    *painter("oil", 0.04),
    *painter("pencil", 0.001),
)


def ask(
    *,
    video: str = "replicate:films/grand@fine",
    image: str = "replicate:art/pencil",
    budget: str = "6",
    market: tuple[Offer, ...] = MARKET,
) -> Proposal:
    return propose(SONG_S, budget_usd=Decimal(budget), image=image, video=video, offers=market)


def videos(proposal: Proposal) -> list[str]:
    return [way.video.rpartition("/")[2] for way in proposal.alternatives]


def test_a_wish_is_priced_with_its_pictures_and_an_allowance() -> None:
    """30 clips of 4.2 to 7.8 s in whole seconds, and five pictures."""
    wish = ask(
        market=(*camera("flat", usd={"only": 0.1}), *painter("oil", 0.04)),
        video="replicate:films/flat",
        image="replicate:art/oil",
    ).wish
    lengths_s = (5, 6, 6, 7, 8)  # what is sold for 4.2, 5.1, 6.0, 6.9 and 7.8 s
    clips_usd = 30 * Decimal("0.1") * sum(lengths_s) / 5
    assert wish.estimate.usd == clips_usd + 5 * Decimal("0.04")
    assert wish.estimate.n_keyframes == 0
    assert wish.usd == wish.estimate.usd * Decimal("1.15")
    assert wish.change == ""


def test_keyframes_are_pictures_too() -> None:
    """One for each clip that is paid for, where the model makes nothing without."""
    told = ask(
        market=(*camera("still", usd={"only": 0.1}, **KEYFRAMED), *painter("oil", 0.04)),
        video="replicate:films/still",
        image="replicate:art/oil",
    ).wish.estimate
    assert (told.n_pictures, told.n_keyframes, told.n_clips) == (TYPICAL_PICTURES, 30, 30)
    rates = Rates(picture_usd=Decimal(1), wants_keyframe=True)
    assert estimate_at(rates, song_s=SONG_S).usd == TYPICAL_PICTURES + 30


def test_all_alternatives_fit_the_budget_and_are_cheaper_than_the_wish() -> None:
    proposal = ask()
    assert not proposal.fits
    assert proposal.alternatives
    for way in proposal.alternatives:
        assert way.usd <= proposal.budget_usd
        assert way.usd < proposal.wish.usd
        assert way.change.endswith(".")


def test_a_cheaper_variant_comes_first_then_other_models_the_dearest_first_then_our_own() -> None:
    """Pictures that the studio moves are more of the wish than what it films by itself."""
    own = ["stills", "studio"]
    assert videos(ask(budget="8")) == ["grand@plain", "solid@only", "cheap@only", *own]


def test_a_film_that_fits_is_only_compared_with_what_costs_clearly_less() -> None:
    proposal = ask(video="replicate:films/solid", budget="20")
    assert proposal.fits
    assert videos(proposal) == ["grand@plain", "cheap@only", "stills", "studio"]
    assert ask(video="studio", image="studio").alternatives == ()


def test_the_first_variant_is_meant_where_none_is_named() -> None:
    assert ask(video="replicate:films/grand").wish.video == "replicate:films/grand@fine"


def test_a_sentence_says_who_instead_of_whom() -> None:
    variant, other, *_ = ask(budget="8").alternatives
    assert variant.change == "Filmed by films/grand in plain instead of fine."
    assert other.change == "Filmed by films/solid in only instead of films/grand."
    last = ask().alternatives[-1]
    assert last.change == (
        "Filmed by our studio instead of films/grand; painted by our studio instead of art/pencil."
    )
    assert last.usd == 0


def test_pictures_are_taken_from_somebody_cheaper_where_they_are_what_costs() -> None:
    """With a keyframe for each clip, pictures may cost more than clips."""
    market = (*camera("still", usd={"only": 0.01}, **KEYFRAMED), *MARKET)
    wish = {"video": "replicate:films/still", "image": "replicate:art/oil", "market": market}
    first = ask(**wish, budget="3").alternatives[0]
    assert (first.image, first.video) == ("replicate:art/pencil@only", "replicate:films/still@only")
    assert first.change == "Painted by art/pencil in only instead of art/oil."


def test_a_free_camera_is_not_replaced_by_one_that_costs() -> None:
    proposal = ask(video="studio", image="replicate:art/oil", budget="0.1")
    assert {way.video for way in proposal.alternatives} == {"studio"}
    assert [way.image for way in proposal.alternatives] == ["replicate:art/pencil@only", "studio"]


def test_longer_clips_are_fewer_orders() -> None:
    """Sold by 12 s, clips of 4 to 8 s are half paid for nothing."""
    sold = {"input": "duration", "choices": [12]}
    wide = (*camera("wide", usd={"only": 0.02}, seconds=sold), *painter("pencil", 0.001))
    proposal = ask(video="replicate:films/wide", budget="7", market=wide)
    longer = proposal.alternatives[0]
    assert longer.longest_clip_s == 11.0
    assert longer.options == {"analysis": {"min_clip_s": 5.5, "max_clip_s": 11.0}}
    assert longer.command.endswith("--set analysis.min_clip_s=5.5 --set analysis.max_clip_s=11.0")
    assert longer.estimate.n_clips < proposal.wish.estimate.n_clips
    assert "22 are ordered" in longer.change


@pytest.mark.parametrize(("budget", "painter"), [("8", "oil"), ("1", "pencil")])
def test_pictures_may_be_moved_instead_of_clips_filmed(budget: str, painter: str) -> None:
    """One for each clip and five references, by the dearest painter that can be paid."""
    *_, moved, _ = ask(budget=budget).alternatives
    assert (moved.video, moved.image) == ("stills", f"replicate:art/{painter}@only")
    assert (moved.estimate.n_keyframes, moved.estimate.n_clips) == (30, 30)
    assert moved.estimate.usd == 35 * {"oil": Decimal("0.04"), "pencil": Decimal("0.001")}[painter]
    told = "Pictures moved by our studio instead of clips by films/grand"
    by_whom = "; painted by art/oil in only instead of art/pencil" * (painter == "oil")
    assert moved.change == f"{told}{by_whom}."


def test_who_moves_pictures_is_priced_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are what is too dear, so nobody else is named who would move them."""
    mover = SimpleNamespace(name="stills", wants_keyframe=True)
    monkeypatch.setitem(providers.VIDEO_MODELS, "stills", lambda _: mover)
    proposal = ask(video="stills", image="replicate:art/oil", budget="1")
    assert (proposal.wish.estimate.n_keyframes, proposal.wish.estimate.usd) == (30, Decimal("1.4"))
    assert [(way.video, way.change) for way in proposal.alternatives] == [
        ("stills", "Painted by art/pencil in only instead of art/oil."),
        (
            "studio",
            "Filmed by our studio instead of moved pictures; "
            "painted by our studio instead of art/oil.",
        ),
    ]


# Planning and hearing

PLANNER, LISTENER = "openai:gpt-6-astra", "openai:whisper-1"
PLAN_USD = (12650 * Decimal(10) + 9600 * Decimal(50)) / 1_000_000
HEARING_USD = 3 * Decimal("0.006")


def think(budget: str = "6", *, video: str = "studio", listener: str = LISTENER) -> Proposal:
    """Return what a dear planner and somebody who listens make of a purse; nobody has a key."""
    return propose(
        SONG_S,
        budget_usd=Decimal(budget),
        image="studio",
        video=video,
        planner=PLANNER,
        transcriber=listener,
        offers=MARKET,
    )


def test_planning_and_hearing_are_part_of_what_a_film_costs() -> None:
    """30 clips are told and written, 3 minutes are heard."""
    wish = think().wish
    assert (wish.estimate.planning_usd, wish.estimate.hearing_usd) == (PLAN_USD, HEARING_USD)
    assert wish.estimate.usd == PLAN_USD + HEARING_USD
    assert wish.estimate.filming_usd == 0
    assert (wish.planner, wish.transcriber) == (PLANNER, LISTENER)


def test_a_dear_plan_may_be_our_own_directors() -> None:
    """The rest stays as it was wished for; nothing is paid for where even that is too much."""
    planned, *_ = think(video="replicate:films/cheap").alternatives
    assert planned.video == "replicate:films/cheap@only"
    assert planned.change == "Planned by our director instead of gpt-6-astra."
    assert planned.estimate.usd == think(video="replicate:films/cheap").wish.estimate.usd - PLAN_USD
    [free] = think("0.01").alternatives
    assert (free.usd, free.planner, free.transcriber) == (0, "director", "nobody")
    assert free.change == (
        "Planned by our director instead of gpt-6-astra; no words heard by whisper-1."
    )


def test_who_listens_for_nothing_goes_on_listening() -> None:
    """Only what costs is given up for a film that costs nothing."""
    [free] = think("0", listener="whisper").alternatives
    assert (free.usd, free.planner, free.transcriber) == (0, "director", "whisper")


def test_clips_are_never_longer_than_what_is_sold() -> None:
    sold = {"input": "duration", "choices": [9]}
    short = (*camera("short", usd={"only": 0.02}, seconds=sold), *painter("pencil", 0.001))
    ways = ask(video="replicate:films/short", budget="100", market=short).alternatives
    assert [way.video for way in ways] == ["stills", "studio"]


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": ""},
        {"seconds": {"fixed_s": 2.0}},
        {"typical_s": 400.0, "deadline_s": 900.0},
    ],
    ids=["takes no words", "too short", "too slow for a job"],
)
def test_models_that_make_no_film_are_not_named(changes: dict[str, Any]) -> None:
    useless = camera("useless", usd={"only": 0.02}, **changes)
    assert videos(ask(market=(*MARKET, *useless))).count("useless@only") == 0
    assert "solid@only" in videos(ask(budget="8", market=(*MARKET, *useless)))


def test_what_is_not_in_the_catalogue_tells_its_own_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, "fake", FakeCamera)
    proposal = ask(video="fake", budget="3")
    assert proposal.wish.estimate.usd == Decimal("3.605")  # 180 s at two cents, five pictures
    assert videos(proposal) == ["cheap@only", "stills", "studio"]
    with pytest.raises(InvalidInput, match="known are studio"):
        ask(video="hollywood")


@pytest.mark.parametrize("video", [offer.name for offer in list_offers(role="video")])
def test_the_whole_catalogue_can_be_wished_for(video: str) -> None:
    """Whatever it costs, the studio costs less; and all that is named can be made."""
    for image in ("studio", "replicate:google/nano-banana"):
        proposal = propose(SONG_S, budget_usd=Decimal(6), image=image, video=video)
        assert proposal.alternatives[-1].video == "studio"
        assert all(way.usd <= 6 for way in proposal.alternatives)
        assert len(proposal.alternatives) <= 8
        assert len({way.change for way in proposal.alternatives}) == len(proposal.alternatives)


def test_proposing_is_quick() -> None:
    offers = list_offers()
    began_s = time.process_time()
    for _ in range(5):
        propose(
            SONG_S,
            budget_usd=Decimal(6),
            image="studio",
            video="replicate:kwaivgi/kling-v2.1",
            offers=offers,
        )
    assert (time.process_time() - began_s) / 5 < 0.1


def test_a_film_that_is_too_dear_is_refused_with_what_could_be_had() -> None:
    with pytest.raises(BudgetExceeded, match=r"about \$\d+\.\d\d \(30 clips\)") as refusal:
        check_purse(
            SONG_S,
            budget_usd=Decimal(6),
            image="studio",
            video="replicate:kwaivgi/kling-v3-video",
        )
    assert refusal.value.reason == "ESTIMATE"
    assert "Instead, repeated clips included: about $" in refusal.value.message
    assert "Filmed by our studio" in refusal.value.message


def test_a_tight_budget_is_told_and_not_refused() -> None:
    """It is enough if nothing is made twice."""
    way = ask(video="replicate:films/solid", budget="100").wish
    tight = ask(video="replicate:films/solid", budget=str(way.estimate.usd))
    assert (tight.fits, tight.is_tight) == (True, True)
    assert not ask(video="replicate:films/solid", budget=str(way.usd)).is_tight


# The command line


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A song of 12 s, a camera that asks two cents a second, and nobody who really films."""
    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, "fake", FakeCamera)
    monkeypatch.setenv("MVKIT_VIDEO", "fake")
    get_settings.cache_clear()
    path = tmp_path / "song.mp3"
    path.write_bytes(encoded(clicks(times_of(120.0, 12.0), 12.0), "mp3"))
    return path


def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what is to be made, instead of making it."""
    asked: list[dict[str, Any]] = []

    def note(*_: object, **wish: Any) -> None:
        asked.append(wish)
        raise InvalidInput("nothing is made here")

    monkeypatch.setattr("mvkit.chain.make_video", note)
    return asked


def test_make_refuses_what_costs_too_much_before_anything_is_spent(
    song: Path, monkeypatch: pytest.MonkeyPatch, runs_dir: Path
) -> None:
    asked = made(monkeypatch)
    command = ["make", str(song), PROMPT, "--budget", "0.1"]
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, BudgetExceeded)
    assert "our studio instead of fake" in str(refused.exception)
    assert asked == []
    assert not list(runs_dir.glob("*")) if runs_dir.exists() else True


def test_make_goes_on_with_what_fits_and_warns_where_it_is_tight(
    song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = made(monkeypatch)
    fits = CliRunner().invoke(app, ["make", str(song), PROMPT])
    assert "about $0.24 of $0.40" in fits.output
    assert "taken again" not in fits.output
    tight = CliRunner().invoke(app, ["make", str(song), PROMPT, "--budget", "0.25"])
    assert "Clips that fail or are taken again" in tight.output
    assert [wish["budget_usd"] for wish in asked] == [None, Decimal("0.25")]


def test_make_counts_the_plan_too(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the studio films for nothing: three clips are told and written."""
    monkeypatch.setenv("MVKIT_VIDEO", "studio")
    monkeypatch.setenv("MVKIT_PLANNER", PLANNER)
    get_settings.cache_clear()
    asked = made(monkeypatch)
    assert "about $0.25 of $0.40" in CliRunner().invoke(app, ["make", str(song), PROMPT]).output
    refused = CliRunner().invoke(app, ["make", str(song), PROMPT, "--budget", "0.1"])
    assert "Planned by our director" in str(refused.exception)
    assert len(asked) == 1


def test_a_way_without_changes_needs_no_options() -> None:
    wish = ask().wish
    assert isinstance(wish, Way)
    assert wish.options == {}
    assert wish.command == (
        "MVKIT_IMAGE=replicate:art/pencil@only MVKIT_VIDEO=replicate:films/grand@fine "
        "MVKIT_PLANNER=director MVKIT_TRANSCRIBER=nobody"
    )
