"""Streamlit's WebSocket without a browser: what somebody sees who speaks the protocol itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from mvkit.web.visitor import COOKIE

TIMEOUT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one run of a page has sent.

    Attributes
    ----------
    session : str
        The id of the session it ran in.
    sent : bytes
        All messages of the run.
    """

    session: str
    sent: bytes


class StreamlitSocket:
    """A connection to the pages.

    Parameters
    ----------
    socket
        The WebSocket.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def show(self, page: str) -> Shown:
        """Run a page, and return what it sends until it is done."""
        wish = BackMsg()
        wish.rerun_script.page_name = page
        self._socket.send(wish.SerializeToString())
        sent, session = b"", ""
        while True:
            data = self._socket.recv(timeout=TIMEOUT_S)
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            sent += data
            if message.WhichOneof("type") == "new_session":
                session = message.new_session.initialize.session_id
            if message.WhichOneof("type") == "script_finished":
                return Shown(session=session, sent=sent)


@contextmanager
def streamlit_socket(
    url: str, *, login: str = "", session: str = "none"
) -> Iterator[StreamlitSocket]:
    """Connect to the pages.

    Parameters
    ----------
    url : str
        Where the service listens.
    login : str
        The token to send as the cookie; empty for no cookie.
    session : str
        The id of a session to go on with.
    """
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol(name) for name in ("streamlit", "xsrf", session)],
        additional_headers={"cookie": f"{COOKIE}={login}"} if login else {},
        origin=Origin(url),
    ) as socket:
        yield StreamlitSocket(socket)
