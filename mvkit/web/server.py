"""The server: Streamlit's pages, the API beside them, and the gate before both, on one port."""

from __future__ import annotations

import gc
import logging
import secrets
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypedDict

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from mvkit.chain import check_options
from mvkit.errors import GenerationFailed, MvkitError
from mvkit.jobs.queue import get_client
from mvkit.web.api import make_api
from mvkit.web.gate import Gate
from mvkit.web.pages import LOOK
from mvkit.web.parts.complaint import complaint

API_PATH = "/api/v1"

log = logging.getLogger("mvkit.web")


class AppParts(TypedDict):
    """What ``st.App`` is made of, besides the script."""

    routes: Sequence[BaseRoute]
    middleware: Sequence[Middleware]
    lifespan: Callable[[st.App], AbstractAsyncContextManager[None]]
    on_script_error: Callable[[Exception], bool]


def make_app(script: str) -> st.App:
    """Return the whole app, as an ASGI application.

    Parameters
    ----------
    script : str
        The file that draws the pages.
    """
    return st.App(script, **app_parts())


def app_parts() -> AppParts:
    """Return what the app is made of, besides the script that draws its pages."""
    api = make_api()

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        await to_thread.run_sync(_get_ready)
        gc.collect()
        gc.freeze()  # what is loaded by now stays; no later collection need look through it
        async with api.router.lifespan_context(api):  # a mounted app is not started by itself
            yield

    return {
        "routes": [
            Mount(API_PATH, api, name="api"),
            Mount("/look", StaticFiles(directory=LOOK), name="look"),
        ],
        "middleware": [Middleware(Gate)],
        "lifespan": lifespan,
        "on_script_error": show_failure,
    }


def _get_ready() -> None:
    """Load and make now what the first to submit a song would wait for."""
    check_options({"plan": {"pace": 1.0}})  # loads Papermill
    get_client()


def show_failure(error: Exception) -> bool:
    """Show what went wrong on a page, calmly: what we know of, or a number to ask by.

    Returns
    -------
    bool
        True: Streamlit need not show anything itself.
    """
    if isinstance(error, MvkitError):
        st.html(complaint("That did not work", error))
        return True
    number = secrets.token_hex(4)
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("Failure %s: %s in %s:%s", number, type(error).__name__, where.filename, where.lineno)
    unforeseen = GenerationFailed(
        "Something went wrong on our side; nothing of yours is lost. Reload the page, and if it "
        f"happens again, tell whoever runs this service the number {number}.",
        reason="INTERNAL",
    )
    st.html(complaint("This page stumbled", unforeseen))
    return True
