"""A song and two treatments of it: what is planned, what is shown, and what follows a change."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from IPython.display import HTML, Audio, DisplayHandle

from mvkit.director import Knowledge, load_knowledge
from mvkit.errors import InvalidInput
from mvkit.estimate import rates_of
from mvkit.explorer.side import Side, cost_of, cuts_s, tell_numbers
from mvkit.explorer.song import HeardSong
from mvkit.figures.base import Figure
from mvkit.figures.director import figures_table, rhythm_figure, shots_figure, treatments_figure
from mvkit.figures.ear import player
from mvkit.schema import Plan, Span

if TYPE_CHECKING:
    from ipywidgets import Widget

LEFT, RIGHT = "left", "right"
MP3 = "audio/mpeg"

Draw = Callable[[], object]


class Explorer:
    """Two treatments of one song, planned anew whenever something changes.

    Parameters
    ----------
    song : HeardSong
        See :func:`mvkit.explorer.find_song`.
    left, right : Side
        What the two films are planned from.
    image, video : str
        Who would paint and film, to tell what it costs; named as in the settings.
    knowledge : Knowledge, optional
        What the director knows; by default all of it.

    Attributes
    ----------
    sides : dict of str to Side
        ``left`` and ``right``; changed by :meth:`change`.
    plans : dict of str to Plan
        What is planned of them.
    stretches : dict of str to Span
        The song's sections by what to call them.
    stretch : str
        Which of them is listened to, and whose shots are listed.
    reasons : dict of str to str
        Each rule's advice, by its id.

    Raises
    ------
    InvalidInput
        If a prompt, a rule or a model cannot be used.
    """

    def __init__(
        self,
        song: HeardSong,
        *,
        left: Side,
        right: Side,
        image: str = "studio",
        video: str = "studio",
        knowledge: Knowledge | None = None,
    ) -> None:
        self.song = song
        self.knowledge = knowledge or load_knowledge()
        self.reasons = {row.id: row.advice for row in self.knowledge.rows()}
        self.sides: dict[str, Side] = {LEFT: left, RIGHT: right}
        self.plans: dict[str, Plan] = {
            name: side.plan(song, self.knowledge) for name, side in self.sides.items()
        }
        self.stretches = _name_sections(song)
        self.stretch = _first_chorus(self.stretches)
        self.image, self.video = image, video
        self._rates = rates_of(image=image, video=video)
        self._shown: dict[Draw, DisplayHandle] = {}

    # What can be changed

    def change(self, name: str, **changes: Any) -> None:
        """Change one side, plan its film anew, and redraw what follows.

        Parameters
        ----------
        name : {'left', 'right'}
            Which side.
        **changes
            Fields of :class:`Side`.

        Raises
        ------
        InvalidInput, GenerationFailed
            As :meth:`Side.plan`; then nothing has changed.
        """
        side = replace(self.sides[name], **changes)
        self.plans[name] = side.plan(self.song, self.knowledge)
        self.sides[name] = side
        self._redraw()

    def hire(self, *, image: str, video: str) -> None:
        """Choose who would paint and film, and redraw what follows.

        Raises
        ------
        InvalidInput
            If no provider has one of the names, or nobody knows a price; then nothing has changed.
        """
        self._rates = rates_of(image=image, video=video)
        self.image, self.video = image, video
        self._redraw()

    def go_to(self, stretch: str) -> None:
        """Choose one of the song's sections, by its key in ``stretches``, and redraw.

        Raises
        ------
        InvalidInput
            If there is none of this name.
        """
        if stretch not in self.stretches:
            raise InvalidInput(
                f"The song has no section {stretch!r}; it has {'; '.join(self.stretches)}."
            )
        self.stretch = stretch
        self._redraw()

    # What there is to see and to hear

    def treatments(self) -> Figure:
        """Draw both films on the song."""
        return treatments_figure(self.song.analysis, self.plans, reasons=self.reasons)

    def rhythm(self) -> Figure:
        """Draw how often both are cut, against the song's energy."""
        return rhythm_figure(self.song.analysis, self.plans)

    def shots(self) -> Figure:
        """Draw the shot lists of the section that is looked at."""
        return shots_figure(self.plans, span=self.stretches[self.stretch], reasons=self.reasons)

    def numbers(self) -> Figure:
        """Draw what can be counted, and what the films would cost."""
        return figures_table({name: self.told(name) for name in self.plans})

    def told(self, name: str) -> dict[str, str]:
        """Return what can be counted of one side's film, by topic, in words."""
        plan = self.plans[name]
        return tell_numbers(plan, self.song.analysis, usd=cost_of(plan, self._rates))

    def listen(self) -> HTML:
        """Return players of the section that is looked at, with a click on each film's cuts."""
        span = self.stretches[self.stretch]
        players = (
            f"<div style='flex:1'><b>{name}</b>, {html.escape(self.stretch)}<br>"
            f"{player(self.song.with_clicks(cuts_s(plan), span), kind=MP3)}</div>"
            for name, plan in self.plans.items()
        )
        return HTML(f"<div style='display:flex;gap:12px'>{''.join(players)}</div>")

    def clicks(self, plan: Plan, start_s: float, end_s: float) -> Audio:
        """Return a stretch of the song with a click on each cut, higher on downbeats."""
        span = Span(start=start_s, end=min(end_s, self.song.analysis.duration))
        sound = Audio(self.song.with_clicks(cuts_s(plan), span))
        sound.mimetype = MP3
        return sound

    # How it is shown

    def panel(self) -> Widget:
        """Return the widgets that change all this."""
        from mvkit.explorer.panel import build_panel

        return build_panel(self)

    def follow(self, draw: Draw) -> None:
        """Show a picture or a sound here, and again whenever something changes.

        Parameters
        ----------
        draw : callable
            What to show, such as ``explorer.rhythm``; shown twice, it follows at the second place.
        """
        handle = DisplayHandle()
        handle.display(draw())
        self._shown[draw] = handle

    def _redraw(self) -> None:
        for draw, handle in self._shown.items():
            drawn = draw()
            if isinstance(drawn, Figure):
                handle.update(_blank(drawn))
            handle.update(drawn)


def _blank(figure: Figure) -> HTML:
    """Return room for a figure, to be shown before it.

    Plotly's extension of JupyterLab draws once and then ignores what it is given; after something
    of another kind was in its place, it is made anew.
    """
    return HTML(f"<div style='height:{figure.layout.height}px'></div>")


def _name_sections(song: HeardSong) -> dict[str, Span]:
    return {
        f"{section.type}, {_clock(section.start)} to {_clock(section.end)}": section
        for section in song.analysis.song_structure
    }


def _first_chorus(stretches: Mapping[str, Span]) -> str:
    """Return the name of the first chorus, or of the first section where there is none."""
    choruses = (name for name in stretches if name.startswith("chorus"))
    return next(choruses, next(iter(stretches)))


def _clock(time_s: float) -> str:
    return f"{int(time_s) // 60}:{int(time_s) % 60:02d}"
