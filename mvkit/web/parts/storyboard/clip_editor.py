"""The editor of a clip: its place, its words, its shots, and the way into it.

Only what differs from what its user saw is asked for, so that somebody else's change to another
part of the clip stands.
"""

from __future__ import annotations

from typing import TypeVar, cast, get_args

import streamlit as st

from mvkit.director import World, list_worlds
from mvkit.jobs.storyboard import Storyboard, change_clip
from mvkit.schema import ClipChange, ClipScript, Scene, Shot, ShotChange
from mvkit.schema.plan import Action, Angle, Move, ShotSize, TransitionType
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.storyboard.card import clip_filming, clip_picture
from mvkit.web.parts.storyboard.drawer import Drawer, change, close_drawer, tell_note

T = TypeVar("T")

MOST_CHARACTERS = 1200


def edit_clip(board: Storyboard, drawer: Drawer) -> None:
    """Draw the editor, and save what was entered."""
    script = drawer.plan.clip_scripts[drawer.clip_index]
    scene = next(scene for scene in drawer.plan.scenes if scene.id == script.scenes[0])
    tell_note("editor")
    shown = board.plan.clip_scripts[drawer.clip_index]
    st.html(
        '<div class="mv-script__picture mv-script__picture--small">'
        f"{clip_picture(board, shown)}</div>{clip_filming(board, shown)}"
    )
    world = _ask_world(scene)
    with st.form("clip_form", border=False):
        asked = ClipChange(
            world=_changed(world.id, scene.world),
            **_ask_dress(world, scene),
            visual_description=_ask_words(script),
            shots=_ask_shots(script),
            transition=_ask_transition(drawer),
        )
        if st.form_submit_button("Save", type="primary", width="stretch"):
            _save(drawer, asked)


def _save(drawer: Drawer, asked: ClipChange) -> None:
    index = drawer.clip_index
    if asked == ClipChange():
        close_drawer()
        st.rerun()
    change(
        lambda user: change_clip(drawer.job_id, index, asked, version=drawer.version, user=user),
        said=f"Clip {index + 1} is changed.",
        at="editor",
    )
    st.rerun()


def _ask_world(scene: Scene) -> World:
    worlds = list_worlds()
    home = next(n for n, world in enumerate(worlds) if world.id == scene.world)
    return st.selectbox(
        "Place", worlds, index=home, format_func=lambda world: world.name, key="clip_world"
    )


def _ask_dress(world: World, scene: Scene) -> dict[str, str | None]:
    """Ask for time of day and weather, as far as the place offers a choice.

    What the clip has now stays possible where it is, even if the place would not offer it.
    """
    stays = world.id == scene.world
    asked: dict[str, str | None] = {}
    for name, label, offered, now in (
        ("time_of_day", "Time of day", world.times, scene.time_of_day),
        ("weather", "Weather", world.weathers, scene.weather),
    ):
        options = list(dict.fromkeys((*offered, now) if stays else offered))
        if len(options) > 1:
            default = now if now in options else options[0]
            chosen = st.segmented_control(
                label, options, default=default, required=True, key=f"clip_{name}_{world.id}"
            )
            asked[name] = _changed(chosen, now)
    return asked


def _ask_words(script: ClipScript) -> str | None:
    words = st.text_area(
        "What is seen",
        script.visual_description,
        height=150,
        max_chars=MOST_CHARACTERS,
        key="clip_words",
        help="In your own words; leave it as it is, and the director tells your changes.",
    )
    return _changed((words or "").strip() or script.visual_description, script.visual_description)


def _ask_shots(script: ClipScript) -> tuple[ShotChange, ...] | None:
    asked = tuple(_ask_shot(number, shot) for number, shot in enumerate(script.shots, start=1))
    return None if all(shot == ShotChange() for shot in asked) else asked


def _ask_shot(number: int, shot: Shot) -> ShotChange:
    st.caption(f"Shot {number}, {clock(shot.start)} – {clock(shot.end)}, {shot.length_s:.1f} s")
    with st.container(horizontal=True, gap="small"):
        chosen = {
            name: st.selectbox(
                name.capitalize(),
                options,
                index=options.index(getattr(shot, name)),
                width=150,
                key=f"clip_shot_{number}_{name}",
                disabled=name == "action" and not shot.characters,
                help="Nobody is in sight." if name == "action" and not shot.characters else None,
            )
            for name, options in (
                ("size", get_args(ShotSize)),
                ("angle", get_args(Angle)),
                ("move", get_args(Move)),
                ("action", get_args(Action)),
            )
        }
    return ShotChange(
        **{name: _changed(value, getattr(shot, name)) for name, value in chosen.items()}
    )


def _ask_transition(drawer: Drawer) -> TransitionType | None:
    if drawer.clip_index == 0:
        return None
    now = drawer.plan.transitions[drawer.clip_index - 1].type
    kinds = get_args(TransitionType)
    chosen = st.selectbox(
        f"The way from clip {drawer.clip_index} into this one",
        kinds,
        index=kinds.index(now),
        key="clip_transition",
    )
    return cast("TransitionType | None", _changed(chosen, now))


def _changed(asked: T, now: T) -> T | None:
    return None if asked == now else asked
