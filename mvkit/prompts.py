"""Stage 04: one prompt per clip, from the plan's words.

A prompt is read by a text-to-video model that knows nothing of the other clips, so each says
everything: what is seen, who is in it, where, how the camera moves and stands, and the style of the
film. What has to stay the same is said in the same words every time: the style, and the people
(word-for-word people are worth half a point of five to experts: AutoMV, arXiv 2512.12196, without
its character bank). The order is that of the product document, module 6.

Contents
--------
write_prompts, colour_name
"""

from __future__ import annotations

import colorsys
import hashlib
import re
import time
from collections.abc import Iterable

from mvkit.errors import InvalidArtefact
from mvkit.schema import (
    MAX_WORDS,
    Brief,
    Character,
    ClipPrompt,
    ClipScript,
    Plan,
    PromptMetadata,
    Prompts,
    References,
    Scene,
    Style,
)
from mvkit.timing import seconds_at

QUALITY = "highly detailed, professional cinematography, 4K"
NEGATIVE = (
    "blurry, low quality, distorted faces, extra limbs, flicker, text, captions, watermark, logo"
)
NEGATIVE_UNPEOPLED = "people, person, crowd"
MIN_SCENE_WORDS = 12
"""So many words at least must be left for what is seen."""
SMALL_WORDS = frozenset({"a", "an", "and", "of", "the", "with", "in", "on", "at", "to", "yet"})

HUES = (
    (14, "red"),
    (32, "orange"),
    (47, "amber"),
    (66, "yellow"),
    (95, "lime green"),
    (155, "green"),
    (180, "turquoise"),
    (196, "cyan"),
    (232, "blue"),
    (258, "indigo"),
    (288, "violet"),
    (330, "magenta"),
    (348, "pink"),
    (361, "red"),
)
"""Names of hues below each angle in degrees."""
GREYS = ((0.1, "black"), (0.35, "charcoal"), (0.65, "grey"), (0.88, "silver"), (1.01, "white"))
"""Names of greys below each lightness, 0-1."""


def write_prompts(
    brief: Brief,
    plan: Plan,
    references: References,
    *,
    quality: str = QUALITY,
    negative: str = NEGATIVE,
) -> Prompts:
    """Write one prompt per clip.

    Parameters
    ----------
    brief : Brief
        The wish, for its seed.
    plan : Plan
        What is seen in each clip.
    references : References
        Pictures that the prompts point to, where they exist.
    quality : str
        Closes every style sentence.
    negative : str
        What no clip may show.

    Returns
    -------
    Prompts
        Each of fewer than 200 words. ``duration`` covers the clip's halves of transitions; the
        seed is the same for all first takes of one scene with the same people.

    Raises
    ------
    InvalidArtefact
        If style and people alone leave no room for what is seen.
    """
    started_s = time.perf_counter()
    style = style_sentence(plan.style, quality=quality)
    prompts = tuple(
        _clip_prompt(script, brief, plan, references, style=style, negative=negative)
        for script in plan.clip_scripts
    )
    return Prompts(
        job_id=brief.job_id,
        clip_prompts=prompts,
        total_clips=len(prompts),
        generation_time=time.perf_counter() - started_s,
    )


def style_sentence(style: Style, *, quality: str = QUALITY) -> str:
    """Return the sentence that every prompt of a film shares."""
    colours = _listed(dict.fromkeys(colour_name(colour) for colour in style.color_palette))
    visual_style = style.visual_style[:1].upper() + style.visual_style[1:]
    return (
        f"{visual_style} aesthetic with {colours}, {style.lighting}, {style.mood}, "
        f"cinematic lighting, {quality}"
    )


def colour_name(colour: str) -> str:
    """Return what a person would call a colour.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.

    Returns
    -------
    str
        A hue, with how light or pale it is where that stands out: ``deep blue``.
    """
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.12 or lightness < 0.06 or lightness > 0.95:
        return next(name for below, name in GREYS if lightness < below)
    name = next(name for below, name in HUES if hue * 360 < below)
    if lightness < 0.3:
        return f"deep {name}"
    if lightness > 0.78:
        return f"pale {name}"
    return f"muted {name}" if saturation < 0.35 else name


def _clip_prompt(
    script: ClipScript,
    brief: Brief,
    plan: Plan,
    references: References,
    *,
    style: str,
    negative: str,
) -> ClipPrompt:
    scene = next(scene for scene in plan.scenes if scene.id == script.scenes[0])
    people = [person for person in plan.characters if person.id in script.characters]
    prompt = _prompt_text(script, scene, people, style)
    places, portraits = _pictures(references)
    return ClipPrompt(
        clip_index=script.clip_index,
        prompt=prompt,
        negative_prompt=_negative(plan, negative, peopled=bool(people)),
        duration=seconds_at(len(plan.filmed_frames(script.clip_index))),
        scene_reference_url=places.get(scene.id),
        character_reference_urls=tuple(
            portraits[person.id] for person in people if person.id in portraits
        ),
        seed=_seed(brief, scene, people, take=script.take),
        metadata=PromptMetadata(
            word_count=_n_words(prompt),
            style_keywords=_keywords(plan.style),
            scene_id=scene.id,
            character_ids=tuple(person.id for person in people),
            validated=style in prompt and all(person.description in prompt for person in people),
        ),
    )


def _negative(plan: Plan, negative: str, *, peopled: bool) -> str:
    """Return what must not be seen: what never should, what the wish forbids, and people."""
    usual = negative.split(", ")
    forbidden = [words for words in plan.avoid if words not in usual]
    return ", ".join([negative, *forbidden, *([] if peopled else [NEGATIVE_UNPEOPLED])])


def _pictures(references: References) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pictures of scenes and of characters; none where too many are missing."""
    if references.status == "text_only":
        return {}, {}
    places = {picture.scene_id: picture.image_url for picture in references.scene_references}
    people = {
        picture.character_id: picture.image_url for picture in references.character_references
    }
    return places, people


def _prompt_text(script: ClipScript, scene: Scene, people: Iterable[Character], style: str) -> str:
    """Return what is seen, who, where, how it is filmed, and the style, within the limit.

    Style and people are never shortened. Of the rest, what matters most is taken first, as long
    as there is room: the action, the camera, the place, further sentences of the description.
    """
    who = [_sentence(person.description) for person in people]
    room = MAX_WORDS - 1 - _n_words(" ".join([*who, style]))
    if room < MIN_SCENE_WORDS:
        raise InvalidArtefact(
            f"The style and the people of clip {script.clip_index} leave {room} words of "
            f"{MAX_WORDS} for what is seen, expected {MIN_SCENE_WORDS} at least. Shorten "
            "style or characters in the plan."
        )
    action, *details = _sentences(script.visual_description)
    action = " ".join(action.split()[:room])
    room -= _n_words(action)
    kept: dict[str, list[str]] = {"camera": [], "angle": [], "place": [], "details": []}
    for kind, text in (
        ("camera", script.motion),
        ("angle", script.camera_angle),
        ("place", scene.description),
        *(("details", detail) for detail in details),
    ):
        if _n_words(text) <= room:
            kept[kind].append(_sentence(text))
            room -= _n_words(text)
    order = (*kept["details"], *who, *kept["place"], *kept["camera"], *kept["angle"])
    return " ".join([action, *order, _sentence(style)])


def _seed(brief: Brief, scene: Scene, people: Iterable[Character], *, take: int) -> int:
    """Return a seed that depends on the brief's seed, the scene, the people and the take alone."""
    again = [f"take {take}"] if take > 1 else []
    names = " ".join([str(brief.seed), scene.id, *(person.id for person in people), *again])
    return int.from_bytes(hashlib.sha256(names.encode()).digest()[:4], "big") % 2**31


def _keywords(style: Style) -> tuple[str, ...]:
    """Return the words that carry the style: of its name, and of its colours."""
    words = re.findall(r"[\w-]+", style.visual_style.lower())
    telling = [word for word in words if word not in SMALL_WORDS]
    return tuple(dict.fromkeys([*telling, *map(colour_name, style.color_palette)]))


def _n_words(text: str) -> int:
    return len(text.split())


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text.strip())


def _sentence(text: str) -> str:
    """Return the text closed by a full stop; its own words are left as they are."""
    return text.rstrip(". ") + "."


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
