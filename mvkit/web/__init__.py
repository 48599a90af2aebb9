"""The web app: pages for people, an API for scripts, on one port.

Streamlit draws the pages and FastAPI answers under ``/api/v1``; both know people by
:mod:`mvkit.web.accounts`, and both only ask :mod:`mvkit.jobs` to work. Nothing imports this
package but ``streamlit_app.py``, :mod:`mvkit.serve` and the commands.
"""
