"""The story: what the film shows, and the words that are sung in it."""

from __future__ import annotations

import html
from pathlib import Path

import streamlit as st

from mvkit.analysis.lyrics import check_lyrics
from mvkit.errors import MvkitError
from mvkit.schema import LyricLine
from mvkit.web import drafts
from mvkit.web.drafts import Draft
from mvkit.web.pages.create import fields
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.complaint import complaint
from mvkit.web.wish import MAX_PROMPT, Wish

EXAMPLES = {
    "City in the rain": (
        "A young woman in a red coat walks alone through neon-lit streets at night. Rain, "
        "reflections, magenta and cyan. In the chorus she opens her umbrella and dances."
    ),
    "Desert road": (
        "A man drives nowhere: he walks a desert highway at golden hour, dust in the light, warm "
        "orange and plum. Slow at first, and in the chorus the sky opens wide."
    ),
    "On stage": (
        "A singer in a black jacket on a huge concert stage, moving light beams, red and gold. "
        "Fast cuts, close on the face in the verses, wide over the crowd in the chorus."
    ),
    "By the sea": (
        "A dreamy night by a quiet shore: moonlight on the water, a woman in a long white dress "
        "looks out to sea. Deep blue and silver, slow and lonely, dawn at the end."
    ),
}
HINT = "Where, when, who, which colours, what mood: the director takes up whatever you name."
LYRICS_HINT = (
    "With lyrics the director follows the story of the song, and the film comes with subtitles. "
    "An .lrc or .srt file brings its times; plain text is spread over verses and choruses."
)
PREVIEW_LINES = 6
MAX_LYRICS_KIB = 256
REFUSED, ROUND = "create:lyrics_refused", "create:lyrics_round"


def draw(draft: Draft | None) -> None:
    """Draw the prompt and the lyrics.

    Parameters
    ----------
    draft : Draft or None
        The song, if there is one; lyrics are kept beside it.
    """
    st.subheader("What the film shows")
    prompt = st.text_area(
        "Prompt",
        key=fields.key("prompt"),
        max_chars=MAX_PROMPT,
        height=132,
        placeholder="A young woman walks down a desert road at golden hour …",
        label_visibility="collapsed",
    )
    # Tells the page what is typed while it is typed, so that it can count along.
    st.html('<script src="/look/typing.js"></script>', unsafe_allow_javascript=True)
    st.html(f'<p class="mv-count" role="status">{_count(prompt)}</p>')
    with st.container():
        if not prompt or prompt in EXAMPLES.values():
            _draw_examples()
    with st.expander("Lyrics (optional)", expanded=bool(draft and draft.lyrics)):
        _draw_lyrics(draft)


def _count(prompt: str) -> str:
    """Return how many characters are missing, if any, and what to write, as HTML."""
    missing = Wish(prompt=prompt).n_missing
    if not missing:
        return HINT
    signs = "character" if missing == 1 else "characters"
    return f'<span class="mv-number">{missing} more {signs} needed.</span> {HINT}'


def _draw_examples() -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html('<span class="mv-muted mv-small">For example:</span>', width="content")
        for name, prompt in EXAMPLES.items():
            st.button(
                name,
                key=f"create_example_{name}",
                on_click=fields.change,
                kwargs={"prompt": prompt},
            )


def _draw_lyrics(draft: Draft | None) -> None:
    st.html(f'<p class="mv-muted mv-small">{LYRICS_HINT}</p>')
    if draft is None:
        st.html('<p class="mv-small">Drop the song first.</p>')
    elif draft.lyrics:
        _draw_kept(draft, draft.lyrics)
    else:
        _draw_asked(draft)
    if refused := st.session_state.get(REFUSED):
        st.html(refused)


def _draw_kept(draft: Draft, lyrics: Path) -> None:
    lines = check_lyrics(lyrics, duration_s=draft.duration_s)
    st.html(_preview(lines))
    st.button("Remove the lyrics", key="create_lyrics_remove", on_click=_drop, args=(draft,))


def _preview(lines: tuple[LyricLine, ...]) -> str:
    shown = "".join(
        f'<li><span>{html.escape(line.text)}</span><span class="mv-list__end">'
        f"{clock(line.timestamp)}</span></li>"
        for line in lines[:PREVIEW_LINES]
    )
    more = len(lines) - PREVIEW_LINES
    rest = f'<li class="mv-muted">and {more} more</li>' if more > 0 else ""
    return f'<ul class="mv-list mv-small" aria-label="Lyrics">{shown}{rest}</ul>'


def _draw_asked(draft: Draft) -> None:
    turn = st.session_state.get(ROUND, 0)
    file = st.file_uploader(
        f"A file: .lrc, .srt or .txt, up to {MAX_LYRICS_KIB} KB",
        type=["lrc", "srt", "txt"],
        key=f"create_lyrics_file_{turn}",
        max_upload_size=1,
    )
    if file:
        _take(draft, file.getvalue())
        _begin_anew()
        st.rerun()
    text_key = f"create_lyrics_text_{turn}"
    st.text_area("Or paste them", key=text_key, height=120)
    st.button(
        "Use these lyrics", key="create_lyrics_use", on_click=_take_text, args=(draft, text_key)
    )


def _take_text(draft: Draft, text_key: str) -> None:
    if _take(draft, str(st.session_state[text_key]).encode()):
        _begin_anew()


def _take(draft: Draft, data: bytes) -> bool:
    """Keep lyrics beside the song, or have the page say why not; return whether they are kept."""
    st.session_state[REFUSED] = ""
    try:
        drafts.keep_lyrics(draft, data)
    except MvkitError as error:
        st.session_state[REFUSED] = complaint("These lyrics cannot be used", error)
        return False
    return True


def _begin_anew() -> None:
    """Draw new, empty fields the next time."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _drop(draft: Draft) -> None:
    drafts.drop_lyrics(draft)
