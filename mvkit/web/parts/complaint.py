"""A complaint: what went wrong, what can be done about it, and its code, as HTML.

Messages may quote what people and models wrote, so they are shown as text, never as Markdown.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from mvkit.errors import MvkitError


def complaint(title: str, error: MvkitError | Mapping[str, str | bool], *, advice: str = "") -> str:
    """Return an error as a quiet box.

    Parameters
    ----------
    title : str
        What did not come about.
    error : MvkitError or mapping
        The error, or the fields of an ``error`` event.
    advice : str
        What to do, where the message does not say.
    """
    fields = error.as_dict() if isinstance(error, MvkitError) else error
    code, reason = str(fields["code"]), str(fields["reason"])
    told = code if reason in ("", code) else f"{code} · {reason}"
    more = f"<p>{html.escape(advice)}</p>" if advice else ""
    return (
        f'<div class="mv-note mv-note--bad" role="alert"><p><strong>{html.escape(title)}</strong>'
        f"</p><p>{html.escape(str(fields['error']))}</p>{more}"
        f'<p class="mv-muted mv-small">{html.escape(told)}</p></div>'
    )
