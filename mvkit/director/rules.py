"""Rules of the craft, and how they decide.

A rule is data: *when* these facts hold, *then* these choices become likelier or unlikelier. All
rules that hold speak at once. For a choice, each multiplies the chances of the options it names
(to the power of its weight; an option with chance 0 is out), and one option is drawn. For a
measure, the answer is the weighted geometric mean of what they say, since lengths of shots are
roughly log-normal (B. Salt). Every answer carries the ids of the rules behind it.

Written in TOML::

    [[rules]]
    id = "chorus_sings"
    when = { section = ["chorus"], energy = { min = 0.5 }, sung = true }
    then.action = { sing = 3, stand = 0.2 }
    advice = "..."
    source = "..."

Conditions: a list means *one of these words*, a table means ``min <= value < max``, and true or
false means what it says. Among options, ``others`` names all that are not named.

Contents
--------
Range, Row, Rule, Choice, Measure, chances, choose, favouring, measure, holds
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, Self, TypeVar, get_args

from pydantic import Field, StringConstraints, model_validator

from mvkit.director.facts import FACT_TYPES, FACT_WORDS, SIZES, Facts
from mvkit.schema import Record
from mvkit.schema.base import Slug
from mvkit.schema.plan import (
    AccentKind,
    Action,
    Angle,
    Direction,
    Format,
    Move,
    Shot,
    TransitionType,
)

ANGLES: tuple[Angle, ...] = get_args(Angle)
MOVES: tuple[Move, ...] = get_args(Move)
ACTIONS: tuple[Action, ...] = get_args(Action)
TRANSITIONS: tuple[TransitionType, ...] = get_args(TransitionType)
Edge = Literal["cut", "kept"]
EDGES: tuple[Edge, ...] = get_args(Edge)

DECISIONS: Mapping[str, tuple[str, ...]] = {
    "size": SIZES,
    "angle": ANGLES,
    "move": MOVES,
    "action": ACTIONS,
    "figure": ("shown", "empty"),
    "step": ("none", "one", "more"),
    "hold": ("same", "changed"),
    "transition": TRANSITIONS,
    "edge": EDGES,
    "place": ("home", "release", "elsewhere", "farewell"),
    "release": ("performance", "journey", "transformed"),
    "person": ("woman", "man"),
    "hair": ("long", "short", "bun"),
    "outfit": ("coat", "dress", "jacket"),
    "prop": ("none", "umbrella"),
    "format": get_args(Format),
    "who": ("protagonist", "companion", "both"),
    "image": ("literal", "metaphor", "none"),
    "cut": ("here", "later"),
    "accent": (*get_args(AccentKind), "none"),
    "direction": get_args(Direction),
    "rhyme": ("same", "new"),
    "lead": ("leading", "second", "accent"),
}
"""What is decided by choice, and between which options."""

MEASURES = ("shot_s", "lightness", "saturation", "warmth")
"""What is decided by number: ``shot_s``, how long a shot wishes to be, in seconds; and factors on
lightness, saturation and warmth of the film's colours."""

OTHERS = "others"


class Range(Record):
    """Numbers from ``min`` up to, not including, ``max``."""

    min: float = -math.inf
    max: float = math.inf

    def __contains__(self, value: float) -> bool:
        """Tell whether a number lies in the range."""
        return self.min <= value < self.max


Condition = tuple[str, ...] | Range | bool
CONDITION_OF: Mapping[type, tuple[type, str]] = {
    str: (tuple, "a list of words"),
    float: (Range, "min and max"),
    bool: (bool, "true or false"),
}
"""How a condition on each kind of fact is written."""

Chance = Annotated[float, Field(ge=0.0)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Row(Record):
    """Anything a director knows.

    Attributes
    ----------
    advice : str
        The same in a sentence, for people and for a language model.
    source : str
        Where it was learned.
    """

    id: Slug
    advice: Text
    source: Text


class Conditional(Row):
    """A row that holds at some moments only; without conditions it always holds."""

    when: dict[str, Condition] = Field(default_factory=dict)
    weight: float = Field(default=1.0, gt=0.0)

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        for fact, wanted in self.when.items():
            _check_condition(fact, wanted)
        return self

    def holds(self, facts: Facts) -> bool:
        """Tell whether every condition holds."""
        for fact, wanted in self.when.items():  # noqa: SIM110 - asked a million times a film
            if not holds(wanted, getattr(facts, fact)):
                return False
        return True


class Rule(Conditional):
    """What to prefer when; ``then`` holds chances by decision, or a number for a measure."""

    then: dict[str, dict[str, Chance] | Annotated[float, Field(gt=0.0)]] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_effects(self) -> Self:
        for decision, effect in self.then.items():
            if isinstance(effect, dict):
                known = (*DECISIONS.get(decision, ()), OTHERS)
                unknown = sorted(set(effect) - set(known))
                if decision not in DECISIONS or unknown:
                    raise ValueError(
                        f"decides {decision} between {', '.join(effect)}; expected one of "
                        f"{', '.join(DECISIONS)}, with options such as {', '.join(known)}"
                    )
            elif decision not in MEASURES:
                raise ValueError(f"measures {decision}, expected one of {', '.join(MEASURES)}")
        return self

    def chance_of(self, decision: str, option: str) -> float:
        """Return by how much this rule multiplies the chance of an option."""
        effect = self.then.get(decision)
        if not isinstance(effect, dict):
            return 1.0
        return float(effect.get(option, effect.get(OTHERS, 1.0)) ** self.weight)

    def favours(self, shot: Shot) -> bool:
        """Return whether this rule speaks for anything that a shot is."""
        choices = {
            "size": shot.size,
            "angle": shot.angle,
            "move": shot.move,
            "action": shot.action,
            "figure": "shown" if shot.characters else "empty",
        }
        made = [*choices.items(), *(("accent", accent.kind) for accent in shot.accents)]
        return any(self.chance_of(decision, option) > 1 for decision, option in made)


OptionT = TypeVar("OptionT", bound=str)


@dataclass(frozen=True)
class Choice(Generic[OptionT]):
    """An option, and the ids of the rules that favoured it, strongest first."""

    value: OptionT
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """A number, and the ids of the rules it comes from."""

    value: float
    rules: tuple[str, ...]


def holds(wanted: Condition, value: str | float | bool) -> bool:
    """Tell whether one fact is as wanted."""
    if isinstance(wanted, bool):
        return value is wanted
    return value in wanted


def chances(
    rules: Iterable[Rule], decision: str, options: Sequence[str], facts: Facts
) -> dict[str, float]:
    """Return each option's chance: the product of what the rules that hold say, 1 if none does."""
    speaking = _speaking(rules, decision, facts)
    return {
        option: math.prod(rule.chance_of(decision, option) for rule in speaking)
        for option in options
    }


def choose(
    rules: Iterable[Rule],
    decision: str,
    options: Sequence[OptionT],
    facts: Facts,
    *,
    rng: random.Random,
    factors: Mapping[OptionT, float] | None = None,
) -> Choice[OptionT]:
    """Draw one option by the chances that the rules give it.

    Parameters
    ----------
    rules : iterable of Rule
        All rules; those about other decisions are passed over.
    decision : str
        Which of :data:`DECISIONS`.
    options : sequence of str
        What can be chosen here, not empty.
    facts : Facts
        The moment.
    rng : random.Random
        Where the dice come from.
    factors : mapping, optional
        Further factors by option; an option that is not named keeps its chance.

    Returns
    -------
    Choice
        Where the rules forbid every option, all are equally likely.
    """
    speaking = _speaking(rules, decision, facts)
    weights = [
        (factors or {}).get(option, 1.0)
        * math.prod(rule.chance_of(decision, option) for rule in speaking)
        for option in options
    ]
    value = rng.choices(options, weights if any(weights) else None)[0]
    return Choice(value, _favouring(speaking, decision, value))


def favouring(rules: Iterable[Rule], decision: str, option: str, facts: Facts) -> tuple[str, ...]:
    """Return the ids of the rules that speak for an option, strongest first."""
    return _favouring(_speaking(rules, decision, facts), decision, option)


def measure(rules: Iterable[Rule], name: str, facts: Facts, *, default: float) -> Measure:
    """Return the weighted geometric mean of what the rules that hold say about a number."""
    speaking = _speaking(rules, name, facts)
    if not speaking:
        return Measure(default, ())
    total = sum(rule.weight for rule in speaking)
    mean_log = sum(rule.weight * math.log(_number(rule, name)) for rule in speaking) / total
    return Measure(math.exp(mean_log), tuple(rule.id for rule in speaking))


def _favouring(speaking: Iterable[Rule], decision: str, option: str) -> tuple[str, ...]:
    favouring = [rule for rule in speaking if rule.chance_of(decision, option) > 1]
    favouring.sort(key=lambda rule: -rule.chance_of(decision, option))
    return tuple(rule.id for rule in favouring)


def _speaking(rules: Iterable[Rule], decision: str, facts: Facts) -> list[Rule]:
    return [rule for rule in rules if decision in rule.then and rule.holds(facts)]


def _number(rule: Rule, name: str) -> float:
    effect = rule.then[name]
    assert isinstance(effect, float)  # a measure is never a table: checked when loaded
    return effect


def _check_condition(fact: str, wanted: Condition) -> None:
    if fact not in FACT_TYPES:
        raise ValueError(f"asks for the fact {fact}, expected one of {', '.join(FACT_TYPES)}")
    needed, told = CONDITION_OF[FACT_TYPES[fact]]
    if not isinstance(wanted, needed):
        raise ValueError(f"asks for {fact} = {wanted!r}, expected {told}")
    if isinstance(wanted, tuple) and fact in FACT_WORDS:
        unknown = sorted(set(wanted) - set(FACT_WORDS[fact]))
        if unknown:
            raise ValueError(
                f"asks for {fact} = {', '.join(unknown)}, "
                f"expected words of {', '.join(FACT_WORDS[fact])}"
            )
