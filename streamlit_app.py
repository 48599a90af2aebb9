"""The web app: log in, drop a song, watch it happen, keep the film.

Run it with ``make serve``. This one file is both what serves (:mod:`mvkit.web.server`) and the
script that Streamlit runs for every visitor (:mod:`mvkit.web.pages`).
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from mvkit.web.server import app_parts

    app = st.App(__file__, **app_parts())  # Streamlit looks for this very call
else:
    from mvkit.web.pages import run_pages

    run_pages()
