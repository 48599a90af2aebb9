"""The kinds of transitions, laid out: what each shows between two pictures, and what asks for it.

Contents
--------
Pair, find_pair
    Two pictures that meet: of a run's clips, or painted.
strips_of
    What is seen on the way from one to the other, by kind.
courses_of
    How much of either is seen at each instant, and how light it is.
reasons_of
    What makes the director choose each kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from mvkit.director import Knowledge
from mvkit.director.rules import Rule
from mvkit.director.transitions import USUAL_S
from mvkit.errors import InvalidInput, NotFound
from mvkit.figures.transitions import Course, Strip
from mvkit.footage import Picture, read_frames
from mvkit.run import Run
from mvkit.schema import Clip, Clips, Plan
from mvkit.schema.plan import TransitionType
from mvkit.studio import paint_frames
from mvkit.studio.postcards import POSTCARDS
from mvkit.video.transitions import TRANSITIONS, Mix
from mvkit.video.transitions.planes import planes_of

SMALL_PX = 240
"""The longer side of a picture in a strip."""
PAINTED_PX = (960, 540)
MOMENTS = 9
"""Pictures of a strip: an odd number, so that the one in the middle is that on the beat."""
INSTANTS = 61
AROUND_S = 0.5
"""So much of the time before and after the beat is told, whatever the transition's length."""
BLACK, WHITE = 16, 235
BASE, STEP = 40, 60
"""Pictures are made of lumas from ``BASE`` up, to be lifted by ``STEP`` without being cut off."""


@dataclass(frozen=True)
class Pair:
    """Two pictures of one size, and what to call their meeting."""

    going: Picture
    coming: Picture
    title: str


def find_pair(
    run_dir: str = "", *, clip: int = 0, going: str = "neon_city", coming: str = "desert_road"
) -> Pair:
    """Return two small pictures to go between.

    Parameters
    ----------
    run_dir : str
        A run folder, whose clips are looked at; empty to have two worlds painted.
    clip : int
        Which of the run's clips goes, counted from 1; 0 for the first one that leaves its place.
    going, coming : str
        Ids of the worlds that are painted.

    Raises
    ------
    NotFound
        If there is no such run, or it has no such clips.
    InvalidInput
        If the studio has no such world.
    """
    if run_dir:
        return _filmed(Run.open(run_dir), clip)
    title = f"{going} gives way to {coming}".replace("_", " ").capitalize()
    return Pair(_painted(going), _painted(coming), title)


def strips_of(pair: Pair, reasons: Mapping[str, Sequence[str]]) -> dict[str, Strip]:
    """Return what is seen on the way from one picture to the other, by the kind of transition.

    Parameters
    ----------
    pair : Pair
        The two pictures.
    reasons : mapping of str to sequence of str
        See :func:`reasons_of`; the first of each kind is told.
    """
    weights = np.linspace(0.0, 1.0, MOMENTS).tolist()
    return {
        kind: Strip(
            pictures=[_rgb(mix(pair.going, pair.coming, weight)) for weight in weights],
            length_s=USUAL_S[kind],
            why=next(iter(reasons[kind]), ""),
        )
        for kind, mix in TRANSITIONS.items()
    }


def courses_of(pair: Pair) -> dict[str, Course]:
    """Return how much of either picture is seen at each instant, by the kind of transition.

    A picture's share is what a little more light in it does to the light of the whole: this tells
    it however the pictures are mixed, moved or torn.
    """
    return {kind: _course(mix, pair, USUAL_S[kind]) for kind, mix in TRANSITIONS.items()}


def reasons_of(knowledge: Knowledge) -> dict[str, list[str]]:
    """Return what makes the director choose each kind of transition, as sentences.

    What always holds comes first, then what asks for this kind before any other.
    """
    about = knowledge.about("transition")
    return {kind: [rule.advice for rule in _asking_for(kind, about)] for kind in TRANSITIONS}


def _asking_for(kind: TransitionType, rules: Iterable[Rule]) -> list[Rule]:
    def rank(rule: Rule) -> tuple[bool, bool, float]:
        chance = rule.chance_of("transition", kind)
        most = max(rule.chance_of("transition", other) for other in TRANSITIONS)
        return bool(rule.when), chance < most, -chance

    return sorted((rule for rule in rules if rule.chance_of("transition", kind) > 1), key=rank)


def _painted(world: str) -> Picture:
    card = next((card for card in POSTCARDS if card.world == world), None)
    if card is None:
        known = ", ".join(card.world for card in POSTCARDS)
        raise InvalidInput(f"The studio has no world {world!r}; it has {known}.")
    width_px, height_px = PAINTED_PX
    return _small(next(paint_frames(replace(card, width_px=width_px, height_px=height_px))))


def _filmed(run: Run, number: int) -> Pair:
    """Return the last picture of a clip and the first one of the next."""
    plan = run.read(Plan)
    filmed = {clip.clip_index: clip for clip in run.read(Clips).clips if clip.status == "success"}
    index = number - 1 if number else _first_to_leave(plan)
    if not {index, index + 1} <= filmed.keys():
        raise NotFound(f"Run {run.job_id} has no clips {index + 1} and {index + 2} to go between.")
    chosen = plan.transitions[index].type
    title = f"Clip {index + 1} gives way to clip {index + 2} (in the film: {chosen})"
    going, coming = filmed[index], filmed[index + 1]
    last = _picture_of(run, going, going.n_frames - 1)
    return Pair(last, _picture_of(run, coming, 0), title)


def _first_to_leave(plan: Plan) -> int:
    """Return the first clip after which the place is another one; 0 where all are in one place."""
    scripts = plan.clip_scripts
    leaving = (n for n, script in enumerate(scripts[1:]) if script.scenes != scripts[n].scenes)
    return next(leaving, 0)


def _picture_of(run: Run, clip: Clip, frame: int) -> Picture:
    pictures = read_frames(run.folder / clip.video_url, first_frame=frame)
    return _small(next(pictures))


def _small(picture: Picture) -> Picture:
    """Return a picture scaled down, its sides even."""
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    halves = SMALL_PX / max(frame.width, frame.height) / 2
    small = frame.reformat(
        width=2 * round(halves * frame.width),
        height=2 * round(halves * frame.height),
        interpolation=Interpolation.AREA,
    )
    scaled: Picture = small.to_ndarray()
    return scaled


def _rgb(picture: Picture) -> NDArray[np.uint8]:
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.colorspace = Colorspace.ITU709
    rgb: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    return rgb


def _course(mix: Mix, pair: Pair, length_s: float) -> Course:
    weights = np.linspace(0.0, 1.0, INSTANTS)
    seen = np.array([_seen(mix, pair, float(weight)) for weight in weights])
    times_s = np.array([-AROUND_S, *(length_s * (weights - 0.5)), AROUND_S])
    going, coming, light = np.vstack([seen[:1], seen, seen[-1:]]).clip(0.0, 1.0).T
    return Course(times_s=times_s, going=going, coming=coming, light=light)


def _seen(mix: Mix, pair: Pair, weight: float) -> tuple[float, float, float]:
    """Return the shares of the picture that goes and the one that comes, and the light, 0-1."""
    going, coming = _probed(pair.going), _probed(pair.coming)
    plain = _luma(mix(going, coming, weight))
    more_going = _luma(mix(_probed(pair.going, STEP), coming, weight))
    more_coming = _luma(mix(going, _probed(pair.coming, STEP), weight))
    light = (_luma(mix(pair.going, pair.coming, weight)) - BLACK) / (WHITE - BLACK)
    return (more_going - plain) / STEP, (more_coming - plain) / STEP, light


def _probed(picture: Picture, lift: int = 0) -> Picture:
    """Return a picture with its lumas pressed together, and lifted."""
    probed = picture.copy()
    luma = planes_of(probed)[0]
    luma[:] = BASE + lift + luma // 2
    return probed


def _luma(picture: Picture) -> float:
    return float(planes_of(picture)[0].mean())
