"""Finding the places of a film.

A film has up to four places. *Home* is what somebody chose or the wish asks for, *release* is
where the choruses pay off, *elsewhere* is where the bridge breaks away to, *farewell* is home as it
looks at the end. A place is one world at one time of day in one weather.

Contents
--------
Place, Setting, scout_places, dressed
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Knowledge, TimeWords, WeatherWords, World
from mvkit.director.rules import choose
from mvkit.director.wish import Wish, speaks_of
from mvkit.schema import Scene
from mvkit.schema.plan import TimeOfDay, Weather

Place = Literal["home", "release", "elsewhere", "farewell"]
PLACES: tuple[Place, ...] = get_args(Place)
ReleaseKind = Literal["performance", "journey", "transformed"]
NEARNESS = 7.0
"""How steeply the chance of a world falls with its distance on the scale of feelings."""
MAX_THINGS = 4
"""So many things at most are told of home."""
CALLED_BONUS, LACKING_MALUS, UNFIT_MALUS = 0.5, 0.5, 0.4
"""By how much a world seems nearer if the lyrics call it, and farther if it cannot show the time
or the weather of the wish, or is made for other formats, on the scale of feelings."""


@dataclass(frozen=True)
class Setting:
    """A scene, and the world that it dresses."""

    scene: Scene
    world: World


def scout_places(
    facts: Facts, *, wish: Wish, lyrics: Wish, knowledge: Knowledge, rng: random.Random
) -> dict[Place, Setting]:
    """Find a setting for every place.

    Parameters
    ----------
    facts : Facts
        The feeling of the film.
    wish, lyrics : Wish
        What the prompt asks for, and what the lyrics speak of.
    knowledge : Knowledge
        Worlds and rules.
    rng : random.Random
        Where the dice come from.
    """
    return _Scout(facts, wish, lyrics, knowledge, rng).places()


@dataclass(frozen=True)
class _Scout:
    """Who finds the places."""

    facts: Facts
    wish: Wish
    lyrics: Wish
    knowledge: Knowledge
    rng: random.Random

    def places(self) -> dict[Place, Setting]:
        """Return a scene and its world for every place."""
        asked = [world for world in self.wish.worlds if world not in self.wish.unwanted]
        home_world = self._home_world(asked)
        home = self._home(home_world, time=self.wish.time_of_day, weather=self.wish.weather)
        asked = [world for world in asked if world is not home_world]
        release = self._release(home, home_world, asked)
        asked = [world for world in asked if world is not release.world]
        seen = {
            set_id for world in (home_world, release.world) for set_id in (world.id, world.set_id)
        }
        return {
            "home": Setting(home, home_world),
            "release": release,
            "elsewhere": self._elsewhere(home, home_world, asked, seen),
            "farewell": Setting(self._later(home, home_world), home_world),
        }

    def _home_world(self, asked: Sequence[World]) -> World:
        """Return the chosen world, else the first asked, rather one to be in than to perform in."""
        if self.wish.home:
            return self.wish.home
        if asked:
            return min(asked, key=lambda world: world.performance)
        calm = [world for world in self.knowledge.worlds if not world.performance]
        return self._one_that_suits(calm)

    def _release(self, home: Scene, home_world: World, asked: Sequence[World]) -> Setting:
        """Return where the choruses pay off."""
        if asked:
            return self._visited(asked[0])
        kinds: tuple[ReleaseKind, ...] = get_args(ReleaseKind)
        facts = replace(self.facts, staged=home_world.performance)
        kind = choose(self.knowledge.about("release"), "release", kinds, facts, rng=self.rng).value
        transformed = self._transformed(home, home_world)
        if kind == "transformed" and (transformed != home or facts.placed):
            return Setting(transformed, home_world)
        return self._visited(
            self._unseen({home_world.id, home_world.set_id}, performance=kind == "performance")
        )

    def _elsewhere(
        self, home: Scene, home_world: World, asked: Sequence[World], seen: set[str]
    ) -> Setting:
        """Return where the bridge breaks away to.

        Where the wish names its places, it is another of them, one of the lyrics, or home as it is
        seen at no other time: nobody who asks for a kitchen wants to see a desert.
        """
        sung = [world for world in self.lyrics.worlds if self._may_be_seen(world)]
        fresh = [world for world in (*asked, *sung) if world.id not in seen]
        if fresh:
            return self._visited(fresh[0])
        if self.facts.placed:
            return Setting(self._otherwise(home, home_world), home_world)
        return self._visited(self._unseen(seen, performance=False))

    def _otherwise(self, home: Scene, world: World) -> Scene:
        """Return home in other weather, else at another time, even if the wish names them."""
        weathers = [weather for weather in self._weathers(world) if weather != home.weather]
        times = [time for time in self._times(world) if time != home.time_of_day]
        if weathers:
            weather = self.rng.choice(weathers)
            return self._home(world, time=home.time_of_day, weather=weather)
        return (
            self._home(world, time=self.rng.choice(times), weather=home.weather) if times else home
        )

    def _visited(self, world: World) -> Setting:
        """Return a world that is not home, at the time of the wish if it is ever seen there."""
        time = self.wish.time_of_day
        return Setting(self._scene(world, time=time if time in world.times else None), world)

    def _unseen(self, seen: set[str], *, performance: bool) -> World:
        """Return a world that the film does not use yet."""
        unseen = [world for world in self.knowledge.worlds if world.id not in seen]
        return self._one_that_suits([world for world in unseen if world.performance == performance])

    def _one_that_suits(self, worlds: Sequence[World]) -> World:
        """Draw one of the worlds, those near to the feeling much likelier.

        Where none is offered, all the knowledge has are.
        """
        called = {world.id for world in self.lyrics.worlds}

        def distance(world: World) -> float:
            far = math.dist(
                (world.valence, world.arousal), (self.facts.valence, self.facts.arousal)
            )
            lacks = [
                wanted not in offered
                for wanted, offered in (
                    (self.wish.time_of_day, world.times),
                    (self.wish.weather, world.weathers),
                )
                if wanted
            ]
            unfit = bool(world.formats) and self.facts.format not in world.formats
            return (
                far
                - CALLED_BONUS * (world.id in called)
                + LACKING_MALUS * sum(lacks)
                + UNFIT_MALUS * unfit
            )

        known = worlds or self.knowledge.worlds
        offered = [world for world in known if self._may_be_seen(world)] or known
        weights = [math.exp(-NEARNESS * distance(world)) for world in offered]
        return self.rng.choices(offered, weights)[0]

    def _may_be_seen(self, world: World) -> bool:
        """Return whether the wish has nothing against a world."""
        return world not in self.wish.unwanted and not speaks_of(self.wish.without, world.name)

    def _transformed(self, home: Scene, world: World) -> Scene:
        """Return home in another light, else in other weather, or home itself if it has neither.

        What the wish names of them stays.
        """
        times = [time for time in self._times(world) if time != home.time_of_day]
        weathers = [weather for weather in self._weathers(world) if weather != home.weather]
        if times and not self.wish.time_of_day:
            return self._home(world, time=self.rng.choice(times), weather=home.weather)
        if weathers and not self.wish.weather:
            return self._home(world, time=home.time_of_day, weather=self.rng.choice(weathers))
        return home

    def _later(self, home: Scene, world: World) -> Scene:
        """Return home at the later time of the wish; where it names none, at that which follows."""
        later = self.wish.later or self.knowledge.time(home.time_of_day).later
        wished = self.wish.time_of_day and not self.wish.later
        stays = wished or later not in self._times(world)
        time = home.time_of_day if stays else later
        return self._home(world, time=time, weather=home.weather)

    def _times(self, world: World) -> tuple[TimeOfDay, ...]:
        """Return the times of a place but for those that the wish does not want to see."""
        not_asked = {row.value for row in self.wish.unwanted if isinstance(row, TimeWords)}
        return tuple(time for time in world.times if time not in not_asked) or world.times

    def _weathers(self, world: World) -> tuple[Weather, ...]:
        """Return the weathers of a place but for those that the wish does not want to see."""
        not_asked = {row.value for row in self.wish.unwanted if isinstance(row, WeatherWords)}
        kept = tuple(weather for weather in world.weathers if weather not in not_asked)
        return kept or world.weathers

    def _home(self, world: World, *, time: TimeOfDay | None, weather: Weather | None) -> Scene:
        """Return home dressed for a time and a weather, with the things that the wish names."""
        scene = self._scene(world, time=time, weather=weather)
        wished = [thing.phrase for thing in self.wish.things if not (thing.people or thing.carried)]
        things = [phrase for phrase in wished if not speaks_of((phrase,), scene.description)]
        if not things:
            return scene
        *most, last = things[:MAX_THINGS]
        listed = f"{', '.join(most)} and {last}" if most else last
        return scene.model_copy(update={"description": f"{scene.description}, with {listed}"})

    def _scene(
        self, world: World, *, time: TimeOfDay | None = None, weather: Weather | None = None
    ) -> Scene:
        """Return a world dressed for a time and a weather, its own where none is given.

        What a wish asks for is kept, even if the studio's set cannot show it: a paid model can.
        """
        times, weathers = self._times(world), self._weathers(world)
        shown_time = time if time and (world.outdoors or time in times) else times[0]
        indoors = weather if weather in weathers else None
        shown_weather = (weather if world.outdoors else indoors) or weathers[0]
        scene = dressed(world, time=shown_time, weather=shown_weather, knowledge=self.knowledge)
        opening, *clauses = scene.description.split(", ")
        allowed = [clause for clause in clauses if not speaks_of(self.wish.without, clause)]
        return scene.model_copy(update={"description": ", ".join([opening, *allowed])})


def dressed(world: World, *, time: TimeOfDay, weather: Weather, knowledge: Knowledge) -> Scene:
    """Return the scene of a world at a time of day in a weather, described in words."""
    time_words, weather_words = knowledge.time(time), knowledge.weather(weather)
    description = world.description.format(luminary=time_words.luminary)
    outside = (time_words.phrase, weather_words.phrase)
    phrases = outside if world.outdoors else (weather_words.indoors,)
    return Scene(
        id=f"{world.scene_name}_{time}_{weather}",
        description=", ".join([description, *filter(None, phrases)]),
        time_of_day=time,
        weather=weather,
        world=world.set_id,
    )
