"""A closer look at what was heard in a song: its form, tempo, key and mood; and the song to hear.

One of them at a time, chosen by its name, so that a page stays short and nothing is made that
nobody looks at.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st

from mvkit import figures
from mvkit.analysis.flags import GENRE_GUESSED, notes_on
from mvkit.errors import MvkitError
from mvkit.figures import Figure
from mvkit.figures.look import DARK
from mvkit.web import closer_look
from mvkit.web.drafts import HEARD_FILE, Draft
from mvkit.web.heard import Heard, Music
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.song import facts_list, metre_words

SOUND_URL = f"/api/v1/drafts/{{draft_id}}/{closer_look.CLICKS}"
FORM, TEMPO, MOOD, LISTEN = "Form", "Tempo", "Key and mood", "Listen"
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
ALIKE = (
    "A bright line beside the diagonal is a part that comes again, a bright square on it a part "
    "that stays itself."
)
TEMPI = "The line is the tempo that was chosen, dashed are its half and its double."
CLICKS = "A click on every beat, a higher one where a bar begins."


def draw_closer_look(draft: Draft, heard: Heard, *, key: str) -> None:
    """Draw the names of what there is to see and hear, and the one that is chosen.

    Parameters
    ----------
    draft : Draft
        The song.
    heard : Heard
        What was heard in it; before there is music, nothing is drawn.
    key : str
        What the widgets' keys begin with.
    """
    if heard.music is None:
        return
    views = (FORM, TEMPO, MOOD, LISTEN)
    view = st.pills("Look closer", views, key=f"{key}_view", label_visibility="collapsed")
    if view is None:
        return
    try:
        if view == LISTEN:
            _draw_sound(draft)
        else:
            _draw_view(view, draft, heard.music, key=key)
    except MvkitError as error:
        st.html(complaint("That cannot be shown", error))


def _draw_view(view: str, draft: Draft, music: Music, *, key: str) -> None:
    with st.spinner("Looking closer …"):
        portrait = closer_look.portrait_of(draft, heard=_heard_file(draft))
    if view == FORM:
        similarity = figures.similarity_figure(
            portrait.similarity.levels, edges_s=portrait.bar_edges_s, sections=music.sections
        )
        _draw_figure(similarity, key=f"{key}_form", alt="How alike any two bars of the song sound")
        _draw_facts(_form_facts(music), hint=ALIKE)
    elif view == TEMPO:
        tempogram = figures.tempogram_figure(
            portrait.tempogram.levels,
            tempi_bpm=portrait.tempi_bpm,
            step_s=portrait.step_s,
            tempo_bpm=music.tempo_bpm,
        )
        _draw_figure(tempogram, key=f"{key}_tempo", alt="How well each tempo explains each moment")
        _draw_facts(_tempo_facts(music), hint=TEMPI)
    else:
        key_figure = figures.key_figure(music.key, portrait.pitch_classes)
        _draw_figure(key_figure, key=f"{key}_key", alt="How much each pitch class sounds")
        mood_figure = figures.mood_figure(music.mood)
        _draw_figure(mood_figure, key=f"{key}_mood", alt="Where the song lies among the moods")
        guessed = notes_on(flag for flag in music.flags if flag == GENRE_GUESSED)
        _draw_facts(_mood_facts(music), hint=" ".join(guessed))


def _draw_sound(draft: Draft) -> None:
    with st.spinner("Laying clicks on the beats …"):
        closer_look.click_track_of(draft, heard=_heard_file(draft))
    st.html(
        '<audio class="mv-audio" controls preload="metadata" aria-label="The song with clicks" '
        f'src="{SOUND_URL.format(draft_id=quote(draft.draft_id, safe=""))}"></audio>'
        f'<p class="mv-muted mv-small">{CLICKS}</p>'
    )


def _draw_figure(figure: Figure, *, key: str, alt: str) -> None:
    figure.update_layout(template=DARK)
    st.plotly_chart(figure, theme=None, key=key, config=CONFIG, alt=alt)


def _draw_facts(facts: dict[str, str], *, hint: str = "") -> None:
    told = f'<p class="mv-muted mv-small">{hint}</p>' if hint else ""
    st.html(facts_list(facts) + told)


def _form_facts(music: Music) -> dict[str, str]:
    found = {kind: [m for m in music.moments if m.kind == kind] for kind in ("drop", "break")}
    moments = {
        f"{kind.capitalize()}s": ", ".join(clock(moment.time) for moment in times)
        for kind, times in found.items()
        if times
    }
    return {
        "Sections": str(len(music.sections)),
        "Bars": str(len(music.downbeats_s)),
        "Phrases": f"of {music.phrase_bars} bars",
        **moments,
    }


def _tempo_facts(music: Music) -> dict[str, str]:
    return {
        "Tempo": f"{music.tempo_bpm:.1f} bpm",
        "Metre": metre_words(music.metre, swing=music.swing),
        "Beats": f"{len(music.beats_s)}, {music.beat_confidence:.0%} sure",
    }


def _mood_facts(music: Music) -> dict[str, str]:
    facts = {
        "Harmony": f"{music.chord_changes_per_bar:.1f} chords a bar",
        "Genre": f"perhaps {music.genre}" if music.genre else "",
        "Instruments": ", ".join(music.instruments),
        "Loudness": f"{music.loudness_lufs:.1f} LUFS",
    }
    return {name: told for name, told in facts.items() if told}


def _heard_file(draft: Draft) -> Path:
    return draft.folder / HEARD_FILE
