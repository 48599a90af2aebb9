"""The widgets of an explorer: two sides, who would film, where to listen, and the rules.

Plain widgets of Jupyter, without any script of ours. What cannot be used is told beside the side it
belongs to, and the film stays as it was.

Contents
--------
build_panel
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from mvkit.director.plan import PACE_RANGE
from mvkit.errors import MvkitError
from mvkit.explorer.controls import FULL, HALF, NARROW, dropdown, warning
from mvkit.explorer.explorer import LEFT, RIGHT, Explorer
from mvkit.explorer.rule_list import RuleList
from mvkit.providers.catalog import find_offer, list_offers
from mvkit.schema import Plan

OWN_CHOICE = "the director's choice"
FREE = "studio"


def build_panel(explorer: Explorer) -> widgets.Widget:
    """Return all controls of an explorer as one widget."""
    sides = {
        name: _SideControls(explorer, name, then=lambda: rules.tell()) for name in (LEFT, RIGHT)
    }
    rules = RuleList(explorer, then=lambda name: sides[name].tell())
    copy = widgets.Button(
        description="Copy to right",
        icon="copy",
        tooltip="Make the right side like the left: prompt, choices, seed and rules",
        layout=widgets.Layout(width="132px", flex="0 0 auto"),
    )
    copy.on_click(lambda _: sides[RIGHT].take(sides[LEFT]))

    def tell() -> None:
        for side in sides.values():
            side.tell()

    return widgets.VBox(
        [
            widgets.HBox([side.widget for side in sides.values()], layout=FULL),
            widgets.HBox([*_crew(explorer, then=tell), copy], layout=FULL),
            rules.widget,
        ],
        layout=widgets.Layout(width="100%", grid_gap="6px"),
    )


class _SideControls:
    """What one side is planned from, and what came of it in a few words."""

    def __init__(self, explorer: Explorer, name: str, *, then: Callable[[], None]) -> None:
        self._explorer, self._name, self._then = explorer, name, then
        self._told = widgets.HTML(layout=FULL)
        self._fields = _fields_of(explorer, name)
        for field, control in self._fields.items():
            control.observe(self._taker(field), names="value")
        prompt, seed, pace, world, palette = self._fields.values()
        self.widget = widgets.VBox(
            [
                widgets.HTML(f"<b>{name.capitalize()}</b>"),
                prompt,
                widgets.HBox([world, palette], layout=FULL),
                widgets.HBox([pace, seed], layout=FULL),
                self._told,
            ],
            layout=widgets.Layout(width="50%", padding="0 8px 0 0"),
        )
        self.tell()

    def take(self, other: _SideControls) -> None:
        """Become like another side, its rules included."""
        side = self._explorer.sides[other._name]
        self._change(**vars(side))
        for field, control in self._fields.items():
            control.value = getattr(side, field)

    def tell(self, problem: str = "") -> None:
        """Say what was planned, or why it was not."""
        plan = self._explorer.plans[self._name]
        summary = _summary(plan, self._explorer.told(self._name))
        self._told.value = (warning(problem) if problem else "") + summary

    def _taker(self, field: str) -> Callable[[Mapping[str, Any]], None]:
        return lambda change: self._change(**{field: change["new"]})

    def _change(self, **changes: Any) -> None:
        side = self._explorer.sides[self._name]
        if all(getattr(side, field) == value for field, value in changes.items()):
            return  # a widget that says what is so already
        try:
            self._explorer.change(self._name, **changes)
        except MvkitError as error:
            self.tell(error.message)
        else:
            self.tell()
            self._then()


def _fields_of(explorer: Explorer, name: str) -> dict[str, widgets.ValueWidget]:
    """Return a control for each field of a side."""
    side = explorer.sides[name]
    known = explorer.knowledge
    worlds = [(OWN_CHOICE, ""), *((world.name, world.id) for world in known.worlds)]
    palettes = [(OWN_CHOICE, ""), *((palette.name, palette.id) for palette in known.palettes)]
    return {
        "prompt": widgets.Textarea(
            side.prompt,
            rows=4,
            continuous_update=False,
            layout=FULL,
            placeholder="What the film shall show, in 50 to 500 characters",
        ),
        "seed": widgets.BoundedIntText(
            side.seed, min=0, max=2**31 - 1, description="Seed", style=NARROW, layout=HALF
        ),
        "pace": widgets.FloatLogSlider(
            side.pace,
            base=2,
            min=-2,
            max=2,
            step=0.25,
            description="Pace",
            readout_format=".2f",
            continuous_update=False,
            style=NARROW,
            layout=HALF,
            tooltip=f"{PACE_RANGE[0]:g} to {PACE_RANGE[1]:g}; above 1 cuts faster",
        ),
        "world": dropdown("Home", worlds, side.world),
        "palette": dropdown("Colours", palettes, side.palette),
    }


def _crew(explorer: Explorer, *, then: Callable[[], None]) -> list[widgets.Widget]:
    """Return which section is listened to, and who would paint and film."""
    layout = widgets.Layout(width="29%")
    section = dropdown("Section", list(explorer.stretches), explorer.stretch, layout=layout)
    section.observe(lambda change: explorer.go_to(change["new"]), names="value")
    image = _makers("Paints", "image", explorer.image, layout)
    video = _makers("Films", "video", explorer.video, layout)

    def hire(_: object) -> None:
        explorer.hire(image=image.value, video=video.value)
        then()

    for control in (image, video):
        control.observe(hire, names="value")
    return [section, image, video]


def _makers(name: str, role: Any, chosen: str, layout: Any) -> widgets.Dropdown:
    """Return a choice between the studio, all that the catalogue has, and who was named."""
    offers = {offer.name: offer.name.removeprefix("replicate:") for offer in list_offers(role=role)}
    if chosen not in offers and chosen.startswith("replicate:"):
        chosen = find_offer(chosen, role=role).name
    named = {FREE: f"{FREE}, free", chosen: chosen} | offers | {FREE: f"{FREE}, free"}
    return dropdown(name, [(told, key) for key, told in named.items()], chosen, layout=layout)


def _summary(plan: Plan, told: Mapping[str, str]) -> str:
    """Return a film in a few lines: its colours, its treatment, what was understood, its notes."""
    swatches = "".join(
        f"<span title='{colour}' style='display:inline-block;width:26px;height:14px;"
        f"background:{colour};outline:1px solid rgba(140, 140, 150, 0.5)'></span>"
        for colour in plan.style.color_palette
    )
    numbers = (plan.format, f"{told['cuts a minute']} cuts a minute", told["cost"])
    understood = "; ".join(
        f"{topic.replace('_', ' ')}: {', '.join(words)}" for topic, words in plan.understood.items()
    )
    return (
        f"<div style='line-height:1.45;padding:2px 0'>{swatches} <b>{', '.join(numbers)}</b><br>"
        f"{html.escape(plan.treatment)}<br>"
        f"<span style='opacity:0.7'>Understood: {html.escape(understood or 'nothing')}"
        f"{''.join(f'<br>{html.escape(note)}' for note in plan.notes)}</span></div>"
    )
