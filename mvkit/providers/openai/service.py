"""Where the service is, with which key it is asked, and a client that asks it.

Contents
--------
Service, find_service
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from openai import OpenAI, Timeout

from mvkit.providers.keys import base_url_of, has_key, is_local, key_of

OWN_URL = "https://api.openai.com/v1"
KEY_VARIABLE = "OPENAI_API_KEY"
URL_VARIABLE = "OPENAI_BASE_URL"
CONNECT_TIMEOUT_S = 10.0
NO_KEY = "none"
"""What is sent as key to servers of one's own that ask for none."""


@dataclass(frozen=True)
class Service:
    """A service that speaks OpenAI's protocol.

    Attributes
    ----------
    key : str
        Never shown.
    """

    url: str
    key: str = field(repr=False)

    @property
    def host(self) -> str:
        """What to call it in a sentence."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_openai(self) -> bool:
        """Whether it is OpenAI's own, rather than one that is compatible."""
        return urlsplit(self.url).hostname == urlsplit(OWN_URL).hostname

    @property
    def is_local(self) -> bool:
        """Whether it is in one's own network."""
        return is_local(self.url)

    def client(self, *, timeout_s: float) -> OpenAI:
        """Return a client that asks once and waits so long for each sign of an answer."""
        return OpenAI(
            api_key=self.key,
            base_url=self.url,
            max_retries=0,
            timeout=Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
        )


def find_service(*, needed_by: str) -> Service:
    """Return the service that the environment names, OpenAI's own by default.

    Parameters
    ----------
    needed_by : str
        The model that is to be asked, as in the settings.

    Raises
    ------
    InvalidInput
        If the address or the key cannot be used; a server in one's own network needs no key.
    """
    url = base_url_of(URL_VARIABLE, default=OWN_URL)
    needs_key = has_key(KEY_VARIABLE) or not is_local(url)
    return Service(url, key_of(KEY_VARIABLE, needed_by=needed_by) if needs_key else NO_KEY)
