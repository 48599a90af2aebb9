"""The rules in the panel: by theme, each with a tick for either side, and what it did.

Contents
--------
RuleList
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from mvkit.director.rules import Rule
from mvkit.errors import MvkitError
from mvkit.explorer.controls import FULL, dropdown, warning
from mvkit.explorer.explorer import LEFT, RIGHT, Explorer
from mvkit.explorer.side import count_rules
from mvkit.explorer.themes import group_rules

EVERYTHING = "all themes"
LIST_PX = "340px"
TICK = widgets.Layout(width="44px", min_width="44px")


class RuleList:
    """The rules of a theme, each with a tick for either side, and how often it spoke."""

    def __init__(self, explorer: Explorer, *, then: Callable[[str], None]) -> None:
        self._explorer, self._then = explorer, then
        self._groups = group_rules(explorer.knowledge)
        self._rows: dict[str, _RuleRow] = {}
        themes = [
            (f"{theme} ({len(rules)})", theme)
            for theme, rules in ({EVERYTHING: explorer.knowledge.rules} | self._groups).items()
        ]
        self._theme = dropdown("Rules", themes, next(iter(self._groups)))
        self._theme.layout = widgets.Layout(width="26%")
        self._words = widgets.Text(
            placeholder="with these words",
            continuous_update=False,
            layout=widgets.Layout(width="16%"),
        )
        self._speaking = widgets.Checkbox(
            True,
            description="only those that speak",
            indent=False,
            layout=widgets.Layout(width="178px", flex="0 0 auto"),
        )
        self._list = widgets.VBox(
            layout=widgets.Layout(max_height=LIST_PX, overflow="auto", display="block")
        )
        for control in (self._theme, self._words, self._speaking):
            control.observe(lambda _: self.tell(), names="value")
        self.widget = widgets.VBox([self._head(), self._list], layout=FULL)
        self.tell()

    def _head(self) -> widgets.Widget:
        buttons = []
        for name in (LEFT, RIGHT):
            for told, is_on in (("on", True), ("off", False)):
                button = widgets.Button(
                    description=f"{name} {told}",
                    tooltip=f"Turn all of these {told} on the {name}, silent ones too",
                    layout=widgets.Layout(width="72px", flex="0 0 auto"),
                )
                button.on_click(self._turner(name, is_on=is_on))
                buttons.append(button)
        together = widgets.HBox(buttons, layout=widgets.Layout(flex="0 0 auto"))
        controls = [self._theme, self._words, self._speaking, together]
        return widgets.HBox(controls, layout=widgets.Layout(width="100%", flex_flow="row wrap"))

    def tell(self) -> None:
        """List the rules that are asked for, with what they did."""
        counts = {name: count_rules(plan) for name, plan in self._explorer.plans.items()}
        off = {name: side.off for name, side in self._explorer.sides.items()}
        rows = []
        for rule in self._listed():
            spoke = {name: counts[name][rule.id] for name in counts}
            is_off = any(rule.id in ids for ids in off.values())
            if is_off or any(spoke.values()) or not self._speaking.value:
                row = self._row(rule)
                row.tell(spoke, {name: rule.id not in ids for name, ids in off.items()})
                rows.append(row)
        heading = widgets.HTML("<b>left &nbsp; right</b> &nbsp; what the director goes by")
        nothing = widgets.HTML("<i>No rule of this theme speaks in these films.</i>")
        self._list.children = [heading, *(row.widget for row in rows)] if rows else [nothing]

    def _listed(self) -> list[Rule]:
        rules = self._groups.get(self._theme.value, self._explorer.knowledge.rules)
        wanted = self._words.value.lower().split()
        return [
            rule
            for rule in rules
            if all(word in f"{rule.id} {rule.advice}".lower() for word in wanted)
        ]

    def _row(self, rule: Rule) -> _RuleRow:
        if rule.id not in self._rows:
            self._rows[rule.id] = _RuleRow(rule, turn=self._turn)
        return self._rows[rule.id]

    def _turner(self, name: str, *, is_on: bool) -> Callable[[Any], None]:
        return lambda _: self._turn(name, {rule.id for rule in self._listed()}, is_on=is_on)

    def _turn(self, name: str, ids: set[str], *, is_on: bool) -> None:
        """Turn rules on or off on one side."""
        off = self._explorer.sides[name].off
        changed = off - ids if is_on else off | ids
        if changed == off:
            return
        try:
            self._explorer.change(name, off=changed)
        except MvkitError as error:
            self.tell()  # ticks as they were
            self._list.children = [widgets.HTML(warning(error.message)), *self._list.children]
        else:
            self._then(name)
            self.tell()


class _RuleRow:
    """One rule: a tick for either side, and its advice."""

    def __init__(self, rule: Rule, *, turn: Callable[..., None]) -> None:
        self._rule, self._turn = rule, turn
        self._ticks = {
            name: widgets.Checkbox(True, indent=False, layout=TICK) for name in (LEFT, RIGHT)
        }
        self._text = widgets.HTML(layout=widgets.Layout(flex="1 1 auto"))
        for name, tick in self._ticks.items():
            tick.observe(self._ticked(name), names="value")
        self.widget = widgets.HBox(
            [*self._ticks.values(), self._text], layout=widgets.Layout(align_items="center")
        )

    def tell(self, spoke: Mapping[str, int], is_on: Mapping[str, bool]) -> None:
        """Show where the rule is on, and in how many places of each film it spoke."""
        for name, tick in self._ticks.items():
            tick.value = is_on[name]
        rule = self._rule
        counted = " and ".join(f"{spoke[name]} {name}" for name in self._ticks)
        self._text.value = (
            f"<div style='line-height:1.35;padding:2px 0'>{html.escape(rule.advice)} "
            f"<span style='opacity:0.6'><code>{rule.id}</code>, spoke {counted}; "
            f"{html.escape(rule.source)}</span></div>"
        )

    def _ticked(self, name: str) -> Callable[[Mapping[str, Any]], None]:
        return lambda change: self._turn(name, {self._rule.id}, is_on=change["new"])
