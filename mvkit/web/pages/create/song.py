"""The song: dropped, looked at, shown with what is heard in it."""

from __future__ import annotations

import html
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mvkit.errors import InvalidInput, MvkitError, NotFound
from mvkit.schema.brief import MAX_TITLE, title_of
from mvkit.web import drafts, listening
from mvkit.web.drafts import Draft
from mvkit.web.heard import Heard
from mvkit.web.pages.create import fields
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.complaint import complaint
from mvkit.web.parts.song import metre_words, song_notes
from mvkit.web.visitor import visitor

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

POLL_S = 0.5
"""How often a page asks what was heard."""
MIB = 1024**2
UPLOAD_MB = 11
"""What Streamlit lets through, in its MB of 1000 kB: the limit of songs is told by their check."""
MARKS = {"drop": "▼ drop", "break": "△ break"}
"""What the marks in the waveform mean."""
REFUSED, ROUND, REPLACING = "create:refused", "create:round", "create:replacing"


def draw(draft: Draft | None, *, user: str) -> None:
    """Draw the song, or where to drop one.

    Parameters
    ----------
    draft : Draft or None
        The song, if there is one.
    user : str
        Whose song it is.
    """
    st.subheader("Song")
    with st.container():
        if draft:
            _draw_song(draft)
    with st.container():
        if draft is None or st.session_state.get(REPLACING):
            _draw_drop(draft, user=user)
    with st.container():
        if draft:
            st.text_input("Title", key=fields.key("title"), max_chars=MAX_TITLE)


def take(file: UploadedFile, *, user: str, instead_of: Draft | None = None) -> None:
    """Make a file the song of this page, or say why not; then draw the page again.

    Parameters
    ----------
    file : UploadedFile
        What was dropped. Streamlit's copy of it is freed.
    instead_of : Draft, optional
        The song there was; its lyrics go over to the new one.
    """
    st.session_state[REFUSED] = ""
    try:
        with st.spinner("Looking at the song …"):
            draft = drafts.save(file.getvalue(), user=user, name=file.name)
    except MvkitError as error:
        st.session_state[REFUSED] = complaint(f"{file.name} cannot be used", error)
    else:
        _adopt(draft, instead_of=instead_of)
    _free(file)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # a new, empty place to drop
    st.rerun()


def _draw_drop(draft: Draft | None, *, user: str) -> None:
    with st.container(key="create_drop"):
        file = st.file_uploader(
            "Drop a song here: MP3, WAV or FLAC, up to 10 MB and 10 minutes",
            type=["mp3", "wav", "flac"],
            key=f"create_song_{st.session_state.get(ROUND, 0)}",
            max_upload_size=UPLOAD_MB,
        )
    if file:
        take(file, user=user, instead_of=draft)
    if refused := st.session_state.get(REFUSED):
        st.html(refused)


def _adopt(draft: Draft, *, instead_of: Draft | None) -> None:
    wish = fields.current()
    if not wish.title or (instead_of and wish.title == title_of(instead_of.name)):
        wish = wish.model_copy(update={"title": title_of(draft.name)})
    drafts.keep_wish(draft, wish)
    if instead_of:
        if instead_of.lyrics:
            with suppress(InvalidInput):  # they do not fit the new song
                drafts.keep_lyrics(draft, instead_of.lyrics.read_bytes())
        _drop(instead_of)
    fields.adopt(draft, wish)
    st.session_state[REPLACING] = False


def _drop(draft: Draft) -> None:
    listening.stop(draft)
    drafts.remove(draft)


def _remove(draft: Draft) -> None:
    if fields.current().title == title_of(draft.name):
        fields.change(title="")
    _drop(draft)
    fields.forget_draft()
    st.session_state[REPLACING] = False


def _free(file: UploadedFile) -> None:
    """Free the memory that Streamlit holds an uploaded file in, until the page is closed."""
    context = get_script_run_ctx()
    release = context and getattr(context.uploaded_file_mgr, "remove_file", None)
    if context and release:
        release(session_id=context.session_id, file_id=file.file_id)


def _draw_song(draft: Draft) -> None:
    listening.listen(draft)
    waits = not listening.heard(draft).is_over
    with st.container(key="create_song_card", border=True):
        facts = f"{clock(draft.duration_s)} · {draft.kind.upper()} · {draft.n_bytes / MIB:.1f} MB"
        st.html(
            f'<div class="mv-song"><b>{html.escape(draft.name)}</b>'
            f'<span class="mv-muted mv-number">{facts}</span></div>'
        )
        st.fragment(_draw_heard, run_every=POLL_S if waits else None)(draft, waits=waits)
        _draw_changes(draft)


def _draw_heard(draft: Draft, *, waits: bool) -> None:
    """Draw what was heard so far; once that is all, have the page drawn again, to wait no more."""
    try:
        drafts.open(draft.draft_id, user=visitor())
    except NotFound:  # gone, or no longer this visitor's
        st.rerun()
    heard = listening.heard(draft)
    if waits and heard.is_over:
        st.rerun()
    _draw_waveform(heard)
    notes = song_notes(heard.music.flags) if heard.music else ""
    st.html(f'<div class="mv-row mv-heard" role="status">{_chips(heard)}</div>{notes}')
    if heard.music:
        from mvkit.web.parts.hearing import draw_closer_look  # loads Plotly

        draw_closer_look(draft, heard, key="create_closer")


def _draw_waveform(heard: Heard) -> None:
    if not heard.envelope:
        st.html('<div class="mv-silence"></div>')
        return
    from mvkit.web.parts.waveform import describe, waveform_figure  # loads Plotly

    st.plotly_chart(
        waveform_figure(heard),
        theme=None,
        key="create_waveform",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False},
        alt=describe(heard),
    )


def _chips(heard: Heard) -> str:
    """Return tempo, key and mood, or what is going on, as HTML."""
    if heard.failure:
        return f'<span class="mv-muted mv-small">{html.escape(heard.failure)}</span>'
    if heard.music is None:
        return '<span class="mv-chip mv-chip--busy">Listening for beats and sections …</span>'
    music = heard.music
    facts = (
        f"{music.tempo_bpm:.0f} bpm",
        f"{music.key.tonic} {music.key.mode}",
        *dict.fromkeys((music.mood.primary, music.mood.secondary)),
        metre_words(music.metre, swing=music.swing),
        f"{len(music.sections)} sections",
    )
    chips = "".join(f'<span class="mv-chip">{html.escape(fact)}</span>' for fact in facts)
    kinds = {moment.kind for moment in music.moments}
    marks = "".join(f"<span>{mark}</span>" for kind, mark in MARKS.items() if kind in kinds)
    return f'{chips}<span class="mv-marks">{marks}</span>' if marks else chips


def _draw_changes(draft: Draft) -> None:
    is_replacing = st.session_state.get(REPLACING, False)
    with st.container(horizontal=True):
        st.button(
            "Keep this song" if is_replacing else "Replace",
            key="create_replace",
            on_click=_set_replacing,
            args=(not is_replacing,),
        )
        st.button("Remove", key="create_remove", on_click=_remove, args=(draft,), type="tertiary")


def _set_replacing(is_replacing: bool) -> None:
    st.session_state[REPLACING] = is_replacing
