"""What is told of shots and places, wherever they are drawn.

Contents
--------
Plans
    The films that are compared, by the names they are called.
place_names, place_colours
    What to call the places, and how to colour them.
placed_shots, tell_shot, Reasons
    The shots, what they show, and why.
in_words
    An id as people read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import cycle

from mvkit.figures.storyboard import PLACE_COLOURS
from mvkit.schema import ClipScript, Plan, Shot

Plans = Mapping[str, Plan]


def place_names(plan: Plan) -> dict[str, str]:
    """Return what to call each place, by the scene's id: *forest, dawn, fog*."""
    names = {}
    for scene in plan.scenes:
        name = scene.id.removesuffix(f"_{scene.time_of_day}_{scene.weather}")
        weather = "" if scene.weather == "clear" else scene.weather
        names[scene.id] = ", ".join(filter(None, (in_words(name), scene.time_of_day, weather)))
    return names


def place_colours(plans: Plans) -> dict[str, str]:
    """Return the colour of each place, by the scene's id; the same in all plans."""
    places = dict.fromkeys(scene.id for plan in plans.values() for scene in plan.scenes)
    return dict(zip(places, cycle(PLACE_COLOURS), strict=False))


def placed_shots(plan: Plan) -> list[tuple[ClipScript, Shot]]:
    """Return the film's shots in order, each with the clip that says where it plays."""
    return [(script, shot) for script in plan.clip_scripts for shot in script.shots]


def tell_shot(shot: Shot) -> str:
    """Return how a shot is framed, and what is done in it: *close, low, push in; sing*."""
    angle = "" if shot.angle == "eye level" else f", {shot.angle}"
    action = shot.action if shot.characters else "nobody"
    way = f" {shot.way}" if shot.way else ""
    return f"{shot.size}{angle}, {shot.move}; {action}{way}"


class Reasons:
    """Why shots are as they are; what is said of few shots first, since it tells most."""

    def __init__(self, plan: Plan, told: Mapping[str, str]) -> None:
        self._told = told
        self._n_shots = Counter(rule for _, shot in placed_shots(plan) for rule in shot.rules)

    def of(self, shot: Shot) -> list[str]:
        """Return the sentences of the rules that speak for a shot."""
        rules = sorted(shot.rules, key=self._n_shots.__getitem__)
        return [self._told[rule] for rule in rules if rule in self._told]


def in_words(name: str) -> str:
    """Return an id as people read it."""
    return name.replace("_", " ")
