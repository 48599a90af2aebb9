"""What an analysis is flagged with, in sentences for people.

The flags of :class:`mvkit.schema.AnalysisMetadata` are short names that programs can ask for; here
each of them is said plainly. Where a sentence doubts something, the film can still be made.

Contents
--------
GENRE_GUESSED, NOTES, notes_on
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

GENRE_GUESSED = "genre_by_descriptors"
"""Told only where genre and instruments are."""

NOTES = {
    "beats_from_tempo_only": "No steady beat was heard: the beats are an even grid at the likeliest"
    " tempo, and cuts may not fall on the music.",
    "beats_uncertain": "The beats are uncertain; listen to them with clicks.",
    "bars_uncertain": "Bars and metre are uncertain; the beats may be right all the same.",
    "key_uncertain": "The key is uncertain; others would fit almost as well.",
    GENRE_GUESSED: "Genre and instruments are guesses from tempo, timbre and rhythm.",
    "lyrics_heard": "The words were heard in the song by a model; some may be misheard.",
    "lyrics_heard_by_segment": "The words were heard in the song by a model, which told only about"
    " when each phrase is sung; some may be misheard.",
    "lyrics_heard_without_times": "The words were heard in the song by a model, which did not tell"
    " when; they are spread over the verses and choruses.",
    "lyrics_aligned": "The given lyrics got their times from what a model heard in the song.",
    "words_missing": "No words could be heard; another try may find them. Lyrics that were given"
    " without times are spread over the verses and choruses.",
    "instrumental": "Nobody was heard to sing: the song is taken for an instrumental.",
}
"""By flag, what it means."""


def notes_on(flags: Iterable[str], *, but: Collection[str] = ()) -> tuple[str, ...]:
    """Return what flags mean, a sentence each, in their order.

    Parameters
    ----------
    flags : iterable of str
        Of an analysis; one that has no sentence, of another version, is told by its name.
    but : collection of str
        Flags that are not worth telling here.
    """
    told = dict.fromkeys(flag for flag in flags if flag not in but)
    return tuple(NOTES.get(flag, f"Flagged: {flag.replace('_', ' ')}.") for flag in told)
