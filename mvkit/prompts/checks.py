"""What every prompt must hold to, whoever is told; each check has a name and says what it found.

Contents
--------
faults_of : what is wrong with the text of one prompt
check_prompts : the prompts of a film against its plan
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mvkit.prompts.sentences import closed, sentences_of
from mvkit.prompts.style import QUALITY, style_sentence
from mvkit.schema import MAX_WORDS, Character, Check, Plan, Prompts
from mvkit.schema.dialect import Dialect

EXPECTED: Mapping[str, str] = {
    "words": f"fewer than {MAX_WORDS} words",
    "limits": "no more than the model reads",
    "style": "the film's style sentence, once, in the same words",
    "people": "everybody who is seen, described word for word",
    "action": "what happens, first of all",
    "seeds": "one seed for a place, its people and the number of the take",
}
"""The checks by name, and what each expects."""
N_BEGUN = 3
"""By so many words what happens is recognised: its end may have been left out."""
MAX_TOLD = 3
"""So many findings are told, the others counted."""


def faults_of(
    text: str, *, style: str, people: Iterable[Character], action: str, dialect: Dialect
) -> dict[str, str]:
    """Return what is wrong with the text of a prompt, by the name of the check; mostly nothing.

    Parameters
    ----------
    text : str
        The prompt.
    style : str
        The sentence that all prompts of the film share.
    people : iterable of Character
        Everybody who is seen.
    action : str
        What happens, in the words of the plan.
    dialect : Dialect
        The limits of the model.
    """
    n_words = len(text.split())
    missing = [person.id for person in people if closed(person.description) not in text]
    n_styles = text.count(closed(style))
    begun = " ".join(sentences_of(action)[0].split()[:N_BEGUN]).rstrip(".,;:")
    found = {
        "words": f"{n_words} words" if n_words >= MAX_WORDS else "",
        "limits": "" if dialect.fits(text) else f"{n_words} words, {len(text)} characters",
        "style": "" if n_styles == 1 else f"the style {n_styles} times",
        "people": f"nothing of {', '.join(missing)}" if missing else "",
        "action": "" if begun in text else "nothing of what happens",
    }
    return {name: fault for name, fault in found.items() if fault}


def check_prompts(
    prompts: Prompts, plan: Plan, *, dialect: Dialect | None = None, quality: str = QUALITY
) -> tuple[Check, ...]:
    """Check the prompts of a film against its plan.

    Parameters
    ----------
    prompts, plan
        The prompts, one per clip, and the plan they were written from.
    dialect : Dialect, optional
        Of the model they were written for.
    quality : str
        The closing words they were written with.

    Returns
    -------
    tuple of Check
        words, limits, style, people, action, seeds.
    """
    style = style_sentence(plan.style, quality=quality)
    cast = {person.id: person for person in plan.characters}
    found: dict[str, list[str]] = {name: [] for name in EXPECTED}
    for prompt, script in zip(prompts.clip_prompts, plan.clip_scripts, strict=True):
        faults = faults_of(
            prompt.prompt,
            style=style,
            people=[cast[name] for name in script.characters],
            action=script.visual_description,
            dialect=dialect or Dialect(),
        )
        for name, fault in faults.items():
            found[name].append(f"clip {script.clip_index}: {fault}")
    found["seeds"] = _seed_faults(prompts, plan)
    return tuple(_check(name, faults) for name, faults in found.items())


def _seed_faults(prompts: Prompts, plan: Plan) -> list[str]:
    seeds: dict[tuple[object, ...], set[int]] = {}
    for prompt, script in zip(prompts.clip_prompts, plan.clip_scripts, strict=True):
        told = prompt.metadata
        seeds.setdefault((told.scene_id, told.character_ids, script.take), set()).add(prompt.seed)
    return [f"{len(found)} seeds for {key[0]}" for key, found in seeds.items() if len(found) > 1]


def _check(name: str, faults: Sequence[str]) -> Check:
    more = [f"{len(faults) - MAX_TOLD} more"] if len(faults) > MAX_TOLD else []
    found = "; ".join([*faults[:MAX_TOLD], *more]) or "no fault"
    return Check(name=name, passed=not faults, found=found, expected=EXPECTED[name])
