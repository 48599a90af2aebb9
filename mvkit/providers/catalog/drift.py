"""Drift: an entry held against the model as it is today.

Models change their inputs without notice. Before anything is paid, what we would send is looked up
in the model's own OpenAPI schema (Replicate's ``latest_version.openapi_schema``), and each
difference that matters is told in a sentence. Inputs that we do not send are none of our business,
unless they are required, or make sound that costs money.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mvkit.providers.catalog.entry import Entry, JsonScalar

TYPES: Mapping[type, Collection[str]] = {
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    str: ("string",),
    list: ("array",),
}
"""JSON types that take a value of ours."""


def drift(entry: Entry, openapi_schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what has changed in a model.

    Parameters
    ----------
    entry : Entry
        What we believe.
    openapi_schema : mapping
        The model's schema as the service gives it.

    Returns
    -------
    tuple of str
        A sentence for each change; none where the entry still holds.
    """
    schemas = openapi_schema.get("components", {}).get("schemas", {})
    inputs = schemas.get("Input", {})
    known = {
        name: _resolved(field, schemas) for name, field in inputs.get("properties", {}).items()
    }
    if not known:
        return (f"{entry.name} shows no inputs in its schema, so nothing could be compared.",)
    return (
        *_gone(entry, known),
        *_newly_required(entry, inputs.get("required", ())),
        *_refused(entry, known),
        *_noisy(entry, known),
    )


def _gone(entry: Entry, known: Collection[str]) -> Iterator[str]:
    for name in dict.fromkeys(entry.input_names()):
        if name not in known:
            yield f"{entry.name} no longer takes '{name}'."


def _newly_required(entry: Entry, required: Collection[str]) -> Iterator[str]:
    always = _always_sent(entry)
    for name in required:
        if name not in always:
            yield f"{entry.name} now requires '{name}', which is not always sent."


def _refused(entry: Entry, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each input that would refuse something we send."""
    for name, kind in _kinds(entry).items():
        if name in known and not _takes_type(known[name], kind):
            yield f"{entry.name} now wants '{name}' to be of type {_types_of(known[name])}."
    for name, values in _values(entry).items():
        refused = [value for value in values if name in known and not _takes(known[name], value)]
        if refused:
            told = ", ".join(map(str, refused))
            yield f"{entry.name} no longer takes {told} as '{name}', only {_allowed(known[name])}."


def _noisy(entry: Entry, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    sent = set(entry.input_names())
    for name, field in known.items():
        if "audio" in name and field.get("default") is True and name not in sent:
            yield f"{entry.name} now makes sound, which may cost extra, unless '{name}' is false."


def _always_sent(entry: Entry) -> set[str]:
    """Return the inputs that are part of every order."""
    names = {entry.prompt, entry.seed, *entry.fixed}
    names |= set.intersection(*(set(variant.inputs) for variant in entry.variants.values()))
    durations = map(entry.duration_of, entry.variants.values())
    names |= {part.input for part in (entry.aspect, *durations) if part is not None}
    if entry.size is not None:
        names |= {entry.size.width, entry.size.height}
    if entry.start_image is not None and entry.start_image.required:
        names.add(entry.start_image.input)
    return names


def _kinds(entry: Entry) -> dict[str, type]:
    """Return the type of what is sent, by input, where the values are not known beforehand."""
    kinds: dict[str, type] = {entry.prompt: str, entry.negative_prompt: str, entry.seed: int}
    for image in (entry.start_image, entry.end_image):
        if image is not None:
            kinds[image.input] = str
    if entry.reference_images is not None:
        kinds[entry.reference_images.input] = list
    if entry.size is not None:
        kinds |= {entry.size.width: int, entry.size.height: int}
    return kinds


def _values(entry: Entry) -> dict[str, list[JsonScalar]]:
    """Return everything that may be sent, by input, where that is known beforehand."""
    told: list[tuple[str, JsonScalar]] = [*entry.fixed.items()]
    if entry.aspect is not None:
        told += [(entry.aspect.input, choice) for choice in entry.aspect.choices]
    for variant in entry.variants.values():
        told += variant.inputs.items()
        duration = entry.duration_of(variant)
        if duration is not None:
            told += [(duration.input, value) for value in duration.values]
    values: dict[str, list[JsonScalar]] = {}
    for name, value in dict.fromkeys(told):
        values.setdefault(name, []).append(value)
    return values


def _takes(field: Mapping[str, Any], value: JsonScalar) -> bool:
    if not _takes_type(field, type(value)):
        return False
    if "enum" in field:
        return value in field["enum"]
    if isinstance(value, bool | str):
        return True
    least, most = field.get("minimum"), field.get("maximum")
    return (least is None or least <= value) and (most is None or value <= most)


def _takes_type(field: Mapping[str, Any], kind: type) -> bool:
    types = _types_of(field)
    return not types or any(each in TYPES[kind] for each in types.split(" or "))


def _types_of(field: Mapping[str, Any]) -> str:
    types = field.get("type", ())
    return " or ".join([types] if isinstance(types, str) else types)


def _allowed(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return "one of " + ", ".join(map(str, field["enum"]))
    bounds = [f"{name} {field[name]}" for name in ("minimum", "maximum") if name in field]
    return " and ".join(bounds) or f"type {_types_of(field)}"


def _resolved(field: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field with what it refers to put in; it may be null where it says so."""
    own = {k: v for k, v in field.items() if k not in ("$ref", "allOf", "anyOf", "oneOf")}
    parts = [each for word in ("allOf", "anyOf", "oneOf") for each in field.get(word, ())]
    name = str(field.get("$ref", "")).rpartition("/")[2]
    if name in schemas:
        parts.append(schemas[name])
        schemas = {key: schema for key, schema in schemas.items() if key != name}
    resolved = [_resolved(part, schemas) for part in parts]
    told = [part for part in resolved if part.get("type") != "null"]
    merged: dict[str, Any] = {}
    for part in told:
        merged |= part
    types = [part["type"] for part in told if "type" in part]
    return merged | ({"type": types} if len(types) > 1 else {}) | own
