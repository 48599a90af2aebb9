"""The search for ways that cost less than a wish.

A price stands for quality, as far as anybody can tell beforehand: of all ways of a kind that fit
the budget, the dearest are named. Ways that change little come first:

1. pictures by a cheaper model,
2. a plan by our own director,
3. a cheaper variant of the model that was wished for, such as its drafts,
4. longer clips, each cut up into several shots, so that there are fewer to order,
5. other models,
6. pictures that our studio moves, one for each clip, instead of clips,
7. our studio alone; nothing at all is paid for where planning and hearing are what is too dear.

Where pictures alone are too dear for a way, it takes cheaper ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from mvkit.estimate import TYPICAL_CLIP_S, Rates, estimate_at
from mvkit.providers.catalog import Offer, list_offers
from mvkit.providers.planners import DIRECTOR
from mvkit.providers.transcribers import NOBODY
from mvkit.purse.makers import (
    NO_LISTENER,
    OUR_DIRECTOR,
    STILLS,
    STUDIO,
    Maker,
    camera_named,
    camera_of,
    listener_named,
    painter_named,
    painter_of,
    planner_named,
)
from mvkit.purse.ways import LONGEST_CLIP_S, Proposal, Way, too_dear
from mvkit.settings import get_settings

LONGER_CLIPS_S = (9.0, 11.0, 14.0)
"""How long clips may be where fewer are to be ordered."""
TRANSITION_S = 1.0
"""How much a transition adds to a clip, at most; it must not ask for more than is sold."""
LEAST_CLIP_S = 4.0
"""Models whose longest clip is shorter are not named: most of the song would be repetition."""
WORTHWHILE = Decimal("0.9")
"""A way that costs more than this share of the wish is not worth a change."""
N_OTHER_MODELS = 3
SONG_LENGTHS_TO_WORK = 3.0
"""How long a job may run, in lengths of its song, where that is more than the settings say."""


def propose(
    song_s: float,
    *,
    budget_usd: Decimal,
    image: str,
    video: str,
    planner: str = DIRECTOR,
    transcriber: str = NOBODY,
    offers: Sequence[Offer] | None = None,
) -> Proposal:
    """Say what a wish would cost, and how the film could be made for less.

    Parameters
    ----------
    song_s : float
        Length of the song in seconds.
    budget_usd : Decimal
        What the film may cost.
    image, video, planner, transcriber : str
        Who shall paint, film, plan and listen, as in the settings; nobody listens where lyrics come
        with their times (:func:`mvkit.estimate.roles_of`).
    offers : sequence of Offer, optional
        What can be had; by default the whole catalogue.

    Raises
    ------
    InvalidInput
        If no provider has one of the names, or nobody knows a price.
    """
    known = list_offers() if offers is None else offers
    painters = [painter_of(offer) for offer in known if offer.entry.role == "image"]
    cameras = [camera_of(offer) for offer in known if offer.entry.role == "video"]
    search = _Search(
        song_s=song_s,
        budget_usd=budget_usd,
        painter=painter_named(image, painters),
        camera=camera_named(video, cameras),
        planner=planner_named(planner),
        listener=listener_named(transcriber),
        painters=_dearest_first(painters, seconds=0.0),
        cameras=_dearest_first(filter(_can_make_a_film, cameras), seconds=TYPICAL_CLIP_S),
    )
    ways = tuple(search.alternatives()) if search.wish.usd else ()
    return Proposal(budget_usd=budget_usd, wish=search.wish, alternatives=ways)


def check_purse(
    song_s: float,
    *,
    budget_usd: Decimal,
    image: str,
    video: str,
    planner: str = DIRECTOR,
    transcriber: str = NOBODY,
) -> Proposal:
    """Refuse a wish that would typically cost more than it may; return what was found otherwise.

    The parameters are those of :func:`propose`.

    Raises
    ------
    BudgetExceeded
        With what could be had instead (``ESTIMATE``).
    InvalidInput
        If no provider has one of the names, or nobody knows a price.
    """
    proposal = propose(
        song_s,
        budget_usd=budget_usd,
        image=image,
        video=video,
        planner=planner,
        transcriber=transcriber,
    )
    if not proposal.fits:
        raise too_dear(proposal, proposal.wish.estimate)
    return proposal


@dataclass(frozen=True, kw_only=True)
class _Search:
    """What is searched for, and among whom; painters and cameras the dearest first."""

    song_s: float
    budget_usd: Decimal
    painter: Maker
    camera: Maker
    planner: Maker
    listener: Maker
    painters: Sequence[Maker]
    cameras: Sequence[Maker]

    @property
    def wish(self) -> Way:
        """The film as it was wished for."""
        return self._way(self.painter, self.camera)

    def alternatives(self) -> Iterator[Way]:
        """Yield the ways worth telling, each once."""
        told = set()
        for ways, most in (
            (self._with_cheaper_pictures(), 1),
            (self._planned_by_us(), 1),
            (self._with_a_cheaper_variant(), 1),
            (self._with_longer_clips(), 1),
            (self._with_other_models(), N_OTHER_MODELS),
            (self._from_pictures(), 1),
            (self._by_the_studio(), 1),
        ):
            for way in islice(filter(self._is_worthwhile, ways), most):
                if way.change not in told:
                    told.add(way.change)
                    yield way

    def _with_cheaper_pictures(self) -> Iterator[Way]:
        for painter in self._cheaper_painters():
            yield self._way(painter, self.camera)

    def _planned_by_us(self) -> Iterator[Way]:
        yield self._way(self.painter, self.camera, planner=OUR_DIRECTOR)

    def _with_a_cheaper_variant(self) -> Iterator[Way]:
        for camera in self.cameras:
            if camera.model == self.camera.model and camera.name != self.camera.name:
                yield from self._filmed_by(camera)

    def _with_longer_clips(self) -> Iterator[Way]:
        """Yield the wish with longer clips, the cheapest length first."""
        lengths = [length for length in LONGER_CLIPS_S if self._sells(length)]
        ways = [self._way(self.painter, self.camera, longest_clip_s=length) for length in lengths]
        yield from sorted(ways, key=lambda way: way.usd)

    def _with_other_models(self) -> Iterator[Way]:
        """Yield a way for each other model, with the dearest of its variants that is worthwhile."""
        if not self._films_for_money:
            return
        found: dict[str, Way] = {}
        for camera in self.cameras:
            if camera.model not in {self.camera.model, *found}:
                ways = filter(self._is_worthwhile, self._filmed_by(camera))
                found.update((camera.model, way) for way in islice(ways, 1))
        yield from sorted(found.values(), key=lambda way: way.usd, reverse=True)

    def _from_pictures(self) -> Iterator[Way]:
        """Yield the wish with a picture for each clip, the dearest pictures first."""
        if self._films_for_money:
            for painter in _dearest_first((self.painter, *self.painters), seconds=0.0):
                if painter.picture_usd:
                    yield self._way(painter, STILLS)

    def _by_the_studio(self) -> Iterator[Way]:
        yield self._way(STUDIO, STUDIO)
        yield self._way(
            STUDIO,
            STUDIO,
            planner=_free_or(self.planner, OUR_DIRECTOR),
            listener=_free_or(self.listener, NO_LISTENER),
        )

    @property
    def _films_for_money(self) -> bool:
        """Whether clips are paid for; who films for nothing is not too dear."""
        return bool(self.camera.usd_of(TYPICAL_CLIP_S))

    def _filmed_by(self, camera: Maker) -> Iterator[Way]:
        """Yield the wish filmed by somebody else, then the same with cheaper pictures."""
        if self._is_in_time(camera):
            for painter in (self.painter, *self._cheaper_painters()):
                yield self._way(painter, camera)

    def _cheaper_painters(self) -> Iterator[Maker]:
        for painter in (*self.painters, STUDIO):
            if painter.picture_usd < self.painter.picture_usd:
                yield painter

    def _way(
        self,
        painter: Maker,
        camera: Maker,
        *,
        planner: Maker | None = None,
        listener: Maker | None = None,
        longest_clip_s: float = LONGEST_CLIP_S,
    ) -> Way:
        planner, listener = planner or self.planner, listener or self.listener
        found = estimate_at(
            Rates(
                picture_usd=painter.picture_usd,
                clip_usd=camera.usd_of,
                wants_keyframe=camera.wants_keyframe,
                planning_usd=planner.usd_of,
                hearing_usd=listener.usd_of,
            ),
            song_s=self.song_s,
            clip_s=TYPICAL_CLIP_S * longest_clip_s / LONGEST_CLIP_S,
        )
        changes = (
            _filmed(camera, self.camera),
            _change("painted", painter, self.painter),
            _change("planned", planner, self.planner),
            f"no words heard by {self.listener.called}" * (listener.name != self.listener.name),
            _longer(longest_clip_s, found.n_clips),
        )
        told = "; ".join(filter(None, changes))
        return Way(
            image=painter.name,
            video=camera.name,
            planner=planner.name,
            transcriber=listener.name,
            estimate=found,
            longest_clip_s=longest_clip_s,
            change=f"{told[0].upper()}{told[1:]}." if told else "",
        )

    def _is_worthwhile(self, way: Way) -> bool:
        return way.usd <= min(self.budget_usd, WORTHWHILE * self.wish.usd)

    def _is_in_time(self, camera: Maker) -> bool:
        """Whether a film of so many clips would be done before its job has to end."""
        settings = get_settings()
        if camera.offer is None:
            return True
        rounds = self.wish.estimate.n_clips / settings.clips_at_once
        most_s = max(settings.job_timeout_s, SONG_LENGTHS_TO_WORK * self.song_s)
        return rounds * camera.offer.typical_s <= most_s

    def _sells(self, clip_s: float) -> bool:
        return clip_s + TRANSITION_S <= self.camera.longest_s


def _can_make_a_film(camera: Maker) -> bool:
    """Whether a model does what it is told, and long enough."""
    return (
        camera.offer is not None
        and camera.offer.entry.takes_prompt
        and camera.longest_s >= LEAST_CLIP_S
    )


def _dearest_first(makers: Iterable[Maker], *, seconds: float) -> list[Maker]:
    return sorted(makers, key=lambda maker: maker.usd_of(seconds), reverse=True)


def _free_or(maker: Maker, instead: Maker) -> Maker:
    """Return who plans or listens if that costs nothing, else who does instead."""
    return instead if maker.usd_of(TYPICAL_CLIP_S) else maker


def _filmed(new: Maker, old: Maker) -> str:
    """Return who films instead of whom; empty where that is the same."""
    if new is STILLS and old.name != new.name:
        return f"pictures moved by our studio instead of clips by {old.called}"
    return _change("filmed", new, old)


def _change(done: str, new: Maker, old: Maker) -> str:
    """Return who does it instead of whom; empty where that is the same."""
    if new.name == old.name:
        return ""
    if new.model == old.model:
        return f"{done} by {new.called} in {new.variant} instead of {old.variant}"
    variant = f" in {new.variant}" if new.variant else ""
    return f"{done} by {new.called}{variant} instead of {old.called}"


def _longer(longest_clip_s: float, n_clips: int) -> str:
    """Return what longer clips mean; empty for those of usual length."""
    if longest_clip_s == LONGEST_CLIP_S:
        return ""
    return (
        f"clips of {longest_clip_s / 2:g} to {longest_clip_s:g} s, each cut up into several shots, "
        f"so that {n_clips} are ordered"
    )
