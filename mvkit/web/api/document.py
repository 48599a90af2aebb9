"""The API's description as a page to read: written here, so that it needs no other host.

The page has no scripts. What it says comes from the OpenAPI document, which is for programs.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
CODE = re.compile("`([^`]*)`")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

STYLE = """
:root { color-scheme: dark; }
body { background: #111214; color: #ecebe8; margin: 0 auto; max-width: 52rem;
  padding: 2rem 1.25rem 5rem; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2.4rem 0 .6rem; text-transform: capitalize; color: #a7a6a2; }
a { color: #f0b357; }
p { margin: .3rem 0; white-space: pre-line; }
details { border: 1px solid #303338; border-radius: 10px; margin: .5rem 0; background: #1b1c20; }
summary { cursor: pointer; padding: .6rem .9rem; display: flex; gap: .5rem .8rem; flex-wrap: wrap;
  align-items: baseline; }
summary::-webkit-details-marker { display: none; }
summary:focus-visible { outline: 2px solid #f0b357; border-radius: 10px; }
details > div { padding: 0 .9rem .9rem; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: #111214; border-radius: 8px; padding: .7rem .9rem; overflow-x: auto; }
.method { font-weight: 700; min-width: 4.2em; color: #f0b357; text-transform: uppercase; }
.what { color: #a7a6a2; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; margin: .4rem 0; }
td { border-top: 1px solid #303338; padding: .3rem .6rem .3rem 0; vertical-align: top; }
td:nth-child(1) { width: 26%; overflow-wrap: anywhere; }
td:nth-child(2) { width: 4.6em; color: #a7a6a2; }
td code { color: #ecebe8; }
.errors { font-size: .85em; margin-top: .8rem; }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
<p>For programs: <a href="openapi.json">openapi.json</a></p>
{groups}
</body>
</html>
"""


def as_page(document: dict[str, Any]) -> str:
    """Return an OpenAPI document as one page of HTML."""
    groups: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                entry = _entry(document, method, path, operation)
                groups.setdefault(operation["tags"][0], []).append(entry)
    return PAGE.format(
        title=escape(document["info"]["title"]),
        description=_prose(document["info"]["description"]),
        style=STYLE,
        groups="\n".join(
            f"<h2>{escape(name)}</h2>\n{''.join(entries)}" for name, entries in groups.items()
        ),
    )


def _entry(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        _parameters(operation),
        _body(document, operation),
        _answers(document, operation),
        _errors(operation),
    ]
    return (
        f'<details><summary><span class="method">{method}</span><code>{escape(path)}</code>'
        f'<span class="what">{_prose(operation["description"])}</span></summary>'
        f"<div>{''.join(parts)}</div></details>\n"
    )


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        _row(p["name"], f"in {p['in']}", p.get("description", ""))
        for p in operation.get("parameters", ())
    ]
    return _table("Say", rows)


def _answers(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """Return what comes back when all goes well: what it is, or what its fields are called."""
    rows = []
    for status, answer in operation["responses"].items():
        if int(status) < 400:
            content = answer.get("content", {}).get("application/json", {})
            fields = _resolved(document, content.get("schema", {})).get("properties", {})
            rows.append(_row(status, "", ", ".join(fields) or answer["description"]))
    return _table("Get", rows)


def _errors(operation: dict[str, Any]) -> str:
    told = [
        f"<code>{status}</code> {escape(answer['description'])}"
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    ]
    return f'<p class="what errors">{" · ".join(told)}</p>'


def _body(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """Return what is to be sent, field by field."""
    if "requestBody" not in operation:
        return ""
    [(kind, content)] = operation["requestBody"]["content"].items()
    schema = _resolved(document, content["schema"])
    required = schema.get("required", ())
    rows = [
        _row(name, "required" if name in required else "", _told_of(document, field))
        for name, field in schema.get("properties", {}).items()
    ]
    return _table(f"Send {kind}", rows)


def _told_of(document: dict[str, Any], field: dict[str, Any]) -> str:
    """Return what is known of a field: its description, kind, choices and an example."""
    kind = _resolved(document, field)
    words = [kind.get("description", ""), _choices(kind)]
    if examples := field.get("examples"):
        words.append(f"For example `{examples[0]}`")
    return " ".join(filter(None, words))


def _choices(kind: dict[str, Any]) -> str:
    return f"One of {', '.join(map(str, kind['enum']))}." if "enum" in kind else ""


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, by its reference where it has one; of several, the first that is one."""
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return {**_resolved(document, option), **schema}
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        return found
    return schema


def _row(name: str, how: str, told: str) -> str:
    return f"<tr><td><code>{escape(name)}</code></td><td>{how}</td><td>{_prose(told)}</td></tr>"


def _table(title: str, rows: list[str]) -> str:
    return f'<p class="what">{escape(title)}:</p><table>{"".join(rows)}</table>' if rows else ""


def _prose(text: str) -> str:
    """Return text as HTML, with what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(text))
