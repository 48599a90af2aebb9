"""What the director meant with each shot, and whether it can be seen.

Each topic reads from the plan what a shot is to be ("push in", "darker"), and asks what was
measured whether it is. A shot of which the plan says nothing on a topic has no say in it. How many
would agree by chance is found by holding each intention against every shot of the film.

The sizes of shots are not among the topics: nothing here knows how large a person is in a picture.

Contents
--------
Seen, intentions_of, verdicts_of, meant_by_topic
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mvkit.report.cutting import FilmShot
from mvkit.schema.plan import Move
from mvkit.schema.report import Camera, Look, Meant, Topic, Verdict

STILL, UNREST = 0.02, 0.02
"""Picture widths a second below which a camera stands, and from which it is restless."""
ZOOMS = 0.015
"""Logarithm of growth a second from which a zoom is seen: 1.5 % a second."""
STANDS = "still"
PLAIN = 0.03
"""Factors this close to 1, and warmth this close to 0, mean nothing."""
STEPS: Mapping[Topic, float] = {"light": 1.0, "saturation": 1.0, "warmth": 1.0}
"""In L*a*b*: about what an eye just sees."""
WORDS: Mapping[Topic, tuple[str, str]] = {
    "light": ("darker", "lighter"),
    "saturation": ("paler", "richer"),
    "warmth": ("cooler", "warmer"),
}
SIDEWAYS: frozenset[Move] = frozenset({"pan", "whip pan", "track", "orbit"})
UPRIGHT: frozenset[Move] = frozenset({"tilt", "crane"})
CLOSER: frozenset[Move] = frozenset({"push in", "beat push"})


@dataclass(frozen=True)
class Seen:
    """What was measured of a shot, beside the film's means.

    Attributes
    ----------
    motion, usual_motion : float
        Of the shot, and the film's median, in picture widths a second.
    film : Look
        Of the film as a whole.
    """

    camera: Camera
    look: Look
    motion: float
    usual_motion: float
    film: Look


def intentions_of(shot: FilmShot) -> dict[Topic, str]:
    """Return what a shot is meant to be, by topic; what is not said is left out."""
    grade = shot.script.grade
    meant: dict[Topic, str] = {"camera": shot.shot.move, "palette": "the palette"}
    wanted: dict[Topic, float] = {
        "light": grade.lightness - 1.0,
        "saturation": grade.saturation - 1.0,
        "warmth": grade.warmth,
    }
    meant |= {topic: WORDS[topic][by > 0] for topic, by in wanted.items() if abs(by) > PLAIN}
    if shot.script.beat_intensity != "medium":
        meant["force"] = {"low": "calm", "high": "driving"}[shot.script.beat_intensity]
    return meant


def verdicts_of(shot: FilmShot, seen: Seen) -> tuple[Verdict, ...]:
    """Hold what was meant with a shot against what was measured of it."""
    return tuple(
        Verdict(
            topic=topic, meant=meant, found=_found(topic, seen), is_seen=_agrees(topic, meant, seen)
        )
        for topic, meant in intentions_of(shot).items()
    )


def meant_by_topic(shots: Sequence[FilmShot], seen: Sequence[Seen]) -> tuple[Meant, ...]:
    """Count what is seen of what was meant, and what would be if the shots were shuffled."""
    counted = []
    for topic in TOPICS:
        meant = [
            (intentions_of(shot).get(topic), own) for shot, own in zip(shots, seen, strict=True)
        ]
        said = [(words, own) for words, own in meant if words is not None]
        if not said:
            continue
        by_chance = np.mean([_agrees(topic, words, any_) for words, _ in said for any_ in seen])
        n_seen = sum(_agrees(topic, words, own) for words, own in said)
        counted.append(
            Meant(
                topic=topic, n_seen=n_seen, n_meant=len(said), by_chance=round(float(by_chance), 4)
            )
        )
    return tuple(counted)


def _agrees(topic: Topic, meant: str, seen: Seen) -> bool:
    return TOPICS[topic][0](meant, seen)


def _found(topic: Topic, seen: Seen) -> str:
    return TOPICS[topic][1](seen)


def _camera_agrees(move: str, seen: Seen) -> bool:
    camera = seen.camera
    if move in SIDEWAYS:
        return abs(camera.pan) >= STILL
    if move in UPRIGHT:
        return abs(camera.tilt) >= STILL
    if move in CLOSER:
        return camera.zoom >= ZOOMS
    if move == "dolly":  # with a lens that widens meanwhile, what lies behind runs away
        return abs(camera.zoom) >= ZOOMS
    if move == "pull out":
        return camera.zoom <= -ZOOMS
    if move == "handheld":
        return camera.unrest >= UNREST
    return _camera_found(seen) == STANDS


def _camera_found(seen: Seen) -> str:
    """Return the camera's movement in words, the strongest first."""
    camera = seen.camera
    ways = [
        (abs(camera.pan) / STILL, f"to the {'right' if camera.pan > 0 else 'left'}"),
        (abs(camera.tilt) / STILL, "down" if camera.tilt > 0 else "up"),
        (abs(camera.zoom) / ZOOMS, "closer" if camera.zoom > 0 else "away"),
    ]
    words = [word for strength, word in sorted(ways, reverse=True) if strength >= 1.0]
    return ", ".join(words) or ("restless" if camera.unrest >= UNREST else STANDS)


def _force_agrees(meant: str, seen: Seen) -> bool:
    moves_more = seen.motion > seen.usual_motion
    return moves_more if meant == "driving" else not moves_more


def _colour_topic(
    topic: Topic, value: Callable[[Look], float]
) -> tuple[Callable[[str, Seen], bool], Callable[[Seen], str]]:
    less, more = WORDS[topic]

    def difference(seen: Seen) -> float:
        return value(seen.look) - value(seen.film)

    def agrees(meant: str, seen: Seen) -> bool:
        by = difference(seen)
        return by >= STEPS[topic] if meant == more else by <= -STEPS[topic]

    def found(seen: Seen) -> str:
        by = difference(seen)
        return "as the film" if abs(by) < STEPS[topic] else f"{more if by > 0 else less}, {by:+.0f}"

    return agrees, found


TOPICS: Mapping[Topic, tuple[Callable[[str, Seen], bool], Callable[[Seen], str]]] = {
    "camera": (_camera_agrees, _camera_found),
    "force": (
        _force_agrees,
        lambda seen: f"{seen.motion / max(seen.usual_motion, 1e-6):.1f} × usual",
    ),
    "light": _colour_topic("light", lambda look: look.lightness),
    "saturation": _colour_topic("saturation", lambda look: look.chroma),
    "warmth": _colour_topic("warmth", lambda look: look.warmth),
    "palette": (
        lambda _, seen: seen.look.palette_share > seen.look.palette_by_chance,
        lambda seen: f"{seen.look.palette_share:.0%} of its colour",
    ),
}
"""By topic: whether a shot is what was meant, and what it is, in words."""
