"""An executed notebook as one page of HTML, to read and to keep.

The page needs nothing from anywhere: pictures and sound are inside it, and so is Plotly, once,
where there is a figure to draw. A content security policy of its own holds it to that, in a browser
as on a disk: it reaches no other host, and no script runs in it but the two that are put in here,
named by their digests, so that nothing a user or a model wrote can become one.

What a notebook shows of its run by a relative path (a film is too large to lie inside) is played
from where the run's files are, or left out with a line that says so.

Whoever serves the page under ``Content-Security-Policy: sandbox`` must add ``allow-scripts``, or
figures stay empty.
"""

from __future__ import annotations

import html
import posixpath
from typing import Any

from bs4 import BeautifulSoup, Tag

from mvkit.errors import InvalidArtefact
from mvkit.figures.page import figure_place, whole_page
from mvkit.notebook import no_iri_grammar

with no_iri_grammar():
    import nbformat
    from nbconvert.exporters.html import HTMLExporter

PLOTLY = "application/vnd.plotly.v1+json"
NOTEBOOKS_DIR = "notebooks"
"""Where notebooks lie in a run folder; relative paths in them begin there."""
MEDIA = ("audio", "img", "source", "video")

STYLE = """
:root { color-scheme: dark; }
body {
  background: #111214; color: #ecebe8; margin: 0 auto;
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  max-width: 62rem; padding: 1rem 1.25rem 4rem;
}
header { color: #a7a6a2; border-bottom: 1px solid #303338; padding-bottom: .6rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.6rem 0 .6rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .4rem; }
p { margin: .5rem 0; }
a { color: #f0b357; }
code { background: #222428; border-radius: 4px; font-size: .9em; padding: .1em .3em; }
.prompt { display: none; }
.input { margin: .8rem 0 .3rem; }
.highlight { background: #191a1d; border: 1px solid #303338; border-radius: 8px; }
.output_area { margin: .6rem 0; overflow-x: auto; }
pre {
  font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 0;
  overflow-x: auto; padding: .7rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere;
}
pre code { background: none; padding: 0; }
.output_text pre { color: #cfcac0; padding: .2rem .9rem; }
.output_error pre, .output_stderr pre { border-left: 3px solid #f2938a; }
img, video { border-radius: 8px; height: auto; max-width: 100%; }
audio { max-width: 100%; width: 30rem; }
figcaption { color: #a7a6a2; font-size: .85rem; }
.figure { background: #191a1d; border: 1px solid #303338; border-radius: 8px; min-height: 240px; }
.highlight .k, .highlight .kn, .highlight .kc, .highlight .ow { color: #d79ad8; }
.highlight .s1, .highlight .s2, .highlight .sa, .highlight .si { color: #7fc99a; }
.highlight .mi, .highlight .mf, .highlight .nb { color: #7db3d8; }
.highlight .c1 { color: #8a8985; }
.absent { color: #a7a6a2; font-style: italic; }
.ansi-bold { font-weight: bold; }
.ansi-red-fg, .ansi-red-intense-fg { color: #f2938a; }
.ansi-green-fg, .ansi-green-intense-fg { color: #7fc99a; }
.ansi-yellow-fg, .ansi-yellow-intense-fg { color: #f0b357; }
.ansi-blue-fg, .ansi-blue-intense-fg, .ansi-cyan-fg, .ansi-cyan-intense-fg { color: #7db3d8; }
"""


def as_html(notebook: bytes, *, title: str, files_url: str = "") -> str:
    """Return an executed notebook as one page that needs nothing else.

    Parameters
    ----------
    notebook : bytes
        The ``.ipynb`` file.
    title : str
        What the page is called; any text.
    files_url : str
        Where the files of the run are reached from the page, without a slash at the end
        (``..``, where the page lies in ``notebooks/`` among them); without it, what the notebook
        does not hold itself is left out.

    Raises
    ------
    InvalidArtefact
        If the bytes are no notebook.
    """
    book = _read(notebook)
    n_figures = 0
    for output in _outputs(book):
        data = output.get("data", {})
        if PLOTLY in data:
            data["text/html"] = figure_place(data[PLOTLY])
            n_figures += 1
        elif "text/html" in data:
            data["text/html"] = _with_files(data["text/html"], files_url=files_url)
    exporter = HTMLExporter(template_name="basic", exclude_anchor_links=True)
    body, _ = exporter.from_notebook_node(book)
    told = html.escape(title)
    return whole_page(
        f"<header>{told}</header>\n<main>\n{body}\n</main>",
        title=title,
        style=STYLE,
        has_figures=n_figures > 0,
    )


def _read(notebook: bytes) -> Any:
    try:
        return nbformat.reads(notebook.decode("utf-8"), as_version=4)
    except (ValueError, TypeError, AttributeError, LookupError, nbformat.ValidationError) as error:
        raise InvalidArtefact(
            f"This is no notebook: {error!s:.200}. Run its stage again."
        ) from error


def _outputs(book: Any) -> list[Any]:
    return [output for cell in book.cells for output in cell.get("outputs", ())]


def _with_files(output: str, *, files_url: str) -> str:
    """Return an output whose media are inside it, or where the files of the run are."""
    soup = BeautifulSoup(output, "html.parser")
    for tag in soup.find_all(MEDIA, src=True):
        address = str(tag["src"])
        if address.startswith("data:"):
            continue
        name = posixpath.normpath(posixpath.join(NOTEBOOKS_DIR, address))
        if files_url and _is_inside(name):
            tag["src"] = f"{files_url}/{name}"
        else:
            tag.replace_with(_absent(soup, posixpath.basename(name)))
    return str(soup)


def _is_inside(name: str) -> bool:
    """Whether a path leads to a file of the run, and not out of it or to another host."""
    return ":" not in name and not name.startswith(("/", ".."))


def _absent(soup: BeautifulSoup, name: str) -> Tag:
    line = soup.new_tag("p", attrs={"class": "absent"})
    line.string = f"{name} is kept beside this notebook, not inside it."
    return line
