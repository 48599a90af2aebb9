"""What somebody was heard to sing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word that was heard, and when; one that lasts no time at all is possible."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A phrase that was heard, and how sure the model is of it, where it says so.

    Attributes
    ----------
    no_speech : float or None
        Probability that nobody speaks or sings, 0-1.
    mean_log_probability : float or None
        Of the phrase's tokens; near 0 is sure, below -1 is guessing.
    """

    text: str
    start_s: float
    end_s: float
    no_speech: float | None = None
    mean_log_probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What a model heard somebody sing.

    Attributes
    ----------
    model : str
        Who heard it, as in the settings.
    text : str
        All of it.
    language : str
        As the model names it (``en``, ``english``); empty where it does not.
    words, segments : tuple or None
        With their times, in order. None where the model has not told any, which says nothing
        about the song; an empty tuple where it listened for them and heard none.
    """

    model: str
    text: str
    language: str = ""
    words: tuple[Word, ...] | None = None
    segments: tuple[Segment, ...] | None = None

    @property
    def has_words(self) -> bool:
        """Whether the model told the times of words."""
        return self.words is not None
