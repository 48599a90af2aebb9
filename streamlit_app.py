"""The web page: the films that were made, to watch and to look into.

Run it with ``make serve``. It only reads run folders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mvkit import figures
from mvkit.index import RunRow, list_runs
from mvkit.run import Run
from mvkit.schema import Analysis, Plan, Video
from mvkit.settings import get_settings

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="mvkit", page_icon="🎬", layout="wide")
    st.title("mvkit")
    st.caption("A song and a prompt in; a finished, beat-synchronised music video out.")
    rows = list_runs()
    if not rows:
        st.info("No film yet. `make demo` makes one from the bundled song.")
        return
    newest_film = next((index for index, row in enumerate(rows) if row.film), 0)
    row = st.selectbox("Film", rows, index=newest_film, format_func=_name)
    _show(row)


def _name(row: RunRow) -> str:
    return f"{row.title or row.prompt[:60]} · {row.created_at:%Y-%m-%d %H:%M} · {row.state}"


def _show(row: RunRow) -> None:
    if row.state == "damaged":
        st.error(f"This run cannot be read: {row.error}")
        return
    run = Run(get_settings().runs_dir / row.job_id)
    st.text(run.brief.prompt)
    if not row.film:
        st.warning(f"This film is {row.state}, at stage '{run.status.stage}'.")
        return
    st.video(row.film)
    video = run.read(Video)
    numbers = {
        "Length": f"{video.duration:.1f} s",
        "Cuts": str(len(video.cuts)),
        "Tempo": f"{row.bpm:.1f} bpm",
        "Worked": f"{row.worked_s:.0f} s",
        "Cost": f"${row.cost_usd:.2f}",
    }
    for column, (label, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(label, value)
    st.image(str(run.folder / video.contact_sheet_url))
    tabs: dict[str, Figure] = {
        "Shots": figures.plan_figure(run.read(Plan)),
        "Song": figures.beats_figure(run.read(Analysis)),
        "Cuts": figures.cuts_figure(video),
        "Checks": figures.checks_figure(video),
    }
    for tab, (name, figure) in zip(st.tabs(list(tabs)), tabs.items(), strict=True):
        tab.plotly_chart(figure, key=name)


main()
