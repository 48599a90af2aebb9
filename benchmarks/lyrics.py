"""How well the words of songs are heard, and what they tell of the songs' form.

Run it as ``python -m benchmarks.lyrics SONGS_DIR --model whisper --model whisper:/models/small``.
The folder holds songs, each with a JSON file of its name beside it; those are heard that tell
``lyrics_words`` (rows of start, end and word, in seconds). A model is named as the product takes
it. All goes the product's way: the transcriber listens, what it heard is doubted and cut into
lines, and the song is analysed with them. ``--keep DIR`` keeps what models heard there, so that
they need not listen again.

Words: errors per sung word as heard (``raw``) and of what is believed (``WER``); the share of the
sung words that were heard (recall), and of the heard words that were sung (precision); the share of
the heard words that lie where nobody sings; how far off the matched words begin: median, 90th
percentile, and the share within 0.3 s; CPU seconds per minute of song. Case and punctuation do not
count, accents do. Given lyrics: the true words as text without times, aligned with what the model
heard; how far off the lines begin. Without a model they are spread evenly.

Form: the share of the time at which chorus and not chorus are told apart, and chorus, other singing
and no singing. What is true follows from the words: ``lyric_sections``, paragraphs of which those
that come again are choruses; songs in which none is tell nothing, and ``sure`` leaves out
paragraphs of which half the lines come again. The columns are with given words (without a model:
without any), with heard ones, and what telling the commonest alone would reach. The requirement is
70 % of words and of form.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

import jiwer
import numpy as np
import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from benchmarks.analysis import songs_in, truth_of
from mvkit.analysis import analyze_song
from mvkit.analysis.transcript.belief import believable, only_guesses
from mvkit.analysis.transcript.lines import cut_lines
from mvkit.analysis.transcript.phrases import phrases_of
from mvkit.providers.base import Transcriber, Transcript, Word
from mvkit.providers.transcribers import transcriber
from mvkit.run import Run, draft_brief
from mvkit.schema import Analysis, LyricLine

JOB = "00000000-0000-4000-8000-000000000000"
PROMPT = "A singer walks home through the rain and remembers every word of the song."
REQUIRED = 0.70
NEAR_S = 1.0
"""A word further from all that is sung lies where nobody sings."""
PAUSE_S = 4.0
"""A shorter pause between two paragraphs belongs to the first."""
DOUBTED = (0.5, 0.8)
"""Likeness (``sim``) of paragraphs to their nearest others: neither the same nor others."""
STEP_S = 0.1
WORDLESS = "wordless"
ROLES = {
    "chorus": "chorus",
    **dict.fromkeys(("verse", "pre-chorus", "bridge"), "verse"),
    **dict.fromkeys(("intro", "instrumental", "breakdown", "outro"), WORDLESS),
}
"""What a kind of section counts as: words alone do not tell a verse from a bridge."""
OF_WORDS = (
    *("raw", "WER", "recall", "precision", "unsung"),
    *("median s", "90 % s", "in 0.3 s", "CPU s/min"),
)
OF_LINES = ("lines s", "in 0.5 s", "in 1 s")
OF_FORM = tuple(
    f"{what}{by}" for what in ("chorus", "sure", "roles") for by in ("", ", heard", " alone")
)
console = Console(width=170)

Scores = dict[str, float]
Sung = Sequence[tuple[float, float, str]]
"""Start, end and text of each word, in seconds."""


@dataclass(frozen=True)
class Song:
    """A song, and what is true of it."""

    path: Path
    words: Sung
    paragraphs: Sequence[Mapping[str, Any]]

    @property
    def lines(self) -> tuple[LyricLine, ...]:
        """The lines as somebody would write them, with their true times."""
        starts_s = [paragraph["start"] for paragraph in self.paragraphs]
        places = np.searchsorted(starts_s, [start_s for start_s, _, _ in self.words], side="right")
        phrases: dict[int, list[Word]] = {}
        for place, (start_s, end_s, text) in zip(places.tolist(), self.words, strict=True):
            phrases.setdefault(place, []).append(Word(text=text, start_s=start_s, end_s=end_s))
        return cut_lines([tuple(words) for words in phrases.values()], duration_s=float("inf"))


@dataclass(frozen=True)
class Remembered:
    """A transcriber that tells again what another one heard."""

    name: str
    heard: Transcript

    def transcribe(self, _song: Path, *, duration_s: float, language: str = "") -> Transcript:  # noqa: ARG002
        """Tell it."""
        return self.heard


def main(
    songs: Annotated[Path, typer.Argument(help="Folder of songs and their truth.")],
    model: Annotated[list[str], typer.Option(help="Who listens; may be given again.")],
    only: Annotated[str, typer.Option(help="Songs whose names begin so.")] = "",
    keep: Annotated[Path | None, typer.Option(help="Keep what models heard there.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write all scores there, as JSON.")] = None,
) -> None:
    """Score who hears the words."""
    known = [song for path in songs_in(songs, only=only) for song in song_of(path)]
    nobody = "nobody"
    found: dict[str, dict[str, Scores]] = {name: {} for name in (nobody, *model)}
    for song in known:
        plain = analyze_song(song.path, job_id=JOB)
        found[nobody][song.path.stem] = score_unheard(song, plain)
        for name in model:
            heard, cpu_s = hear(name, song.path, plain.duration, keep=keep)
            scores = {"CPU s/min": 60 * cpu_s / plain.duration} | score(song, plain, heard)
            found[name][song.path.stem] = scores
            told = "  ".join(f"{k} {v:.2f}" for k, v in scores.items())
            console.print(f"{song.path.stem}, {name}: {told}", soft_wrap=True)
    for title, columns in (("words", OF_WORDS), ("given lyrics", OF_LINES), ("form", OF_FORM)):
        console.print(table_of(title, columns, found))
    for name in model:
        console.print(distance_of(name, found[name].values()), soft_wrap=True)
    if save is not None:
        save.write_text(json.dumps(found, indent=1))


def song_of(path: Path) -> Iterator[Song]:
    """Yield a song if its words are known."""
    truth = truth_of(path)
    if truth.get("lyrics_words"):
        words = sorted((start_s, end_s, text) for start_s, end_s, text in truth["lyrics_words"])
        yield Song(path, words, truth.get("lyric_sections") or ())


def hear(
    name: str, song: Path, duration_s: float, *, keep: Path | None
) -> tuple[Transcript, float]:
    """Return what a model hears in a song, and the CPU seconds that it took."""
    kept = keep / f"{song.stem}_{sha256(name.encode()).hexdigest()[:8]}.json" if keep else None
    if kept and kept.is_file():
        stored = json.loads(kept.read_text())
        return TypeAdapter(Transcript).validate_python(stored["heard"]), stored["cpu_s"]
    ear = open_ear(name, song)
    started_s = time.process_time()
    heard = ear.transcribe(song, duration_s=duration_s)
    cpu_s = time.process_time() - started_s
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"heard": asdict(heard), "cpu_s": cpu_s}))
    return heard, cpu_s


def open_ear(name: str, song: Path) -> Transcriber:
    """Return who listens; a paid model is paid from a run that is made for it."""
    free = name.partition(":")[0] == "whisper"
    run = None
    if not free:
        os.environ.setdefault("MVKIT_OUTPUT_DIR", tempfile.mkdtemp(prefix="lyrics-"))
        run = Run.create(draft_brief(song=song, kind="mp3", prompt=PROMPT), song=song)
    ear = transcriber(name, run=run)
    if ear is None:
        raise typer.BadParameter(f"{name!r} hears nothing")
    return ear


def score_unheard(song: Song, plain: Analysis) -> Scores:
    """Return what there is without a model: lines that are spread evenly, and form by sound."""
    given = analyze_given(song, None)
    return {**score_lines(song, given), **score_form(song, plain)}


def score(song: Song, plain: Analysis, heard: Transcript) -> Scores:
    """Return how well a model hears a song, and what that is good for."""
    ear = Remembered(heard.model, heard)
    believed = believable(heard, plain.curves)
    phrases, _ = phrases_of(believed, sections=plain.song_structure, duration_s=plain.duration)
    if only_guesses(believed):
        phrases = []
    with_heard = analyze_song(song.path, job_id=JOB, transcriber=ear)
    given = analyze_given(song, ear)
    return {
        **score_words(song.words, [word for phrase in phrases for word in phrase], heard.text),
        **score_lines(song, given),
        **{
            f"{name}, heard": value
            for name, value in score_form(song, with_heard).items()
            if not name.endswith("alone")
        },
        **score_form(song, given),
    }


def analyze_given(song: Song, ear: Transcriber | None) -> Analysis:
    """Analyse a song whose words are given as text without times."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "lyrics.txt"
        text.write_text("\n".join(line.text for line in song.lines), encoding="utf-8")
        return analyze_song(song.path, job_id=JOB, lyrics=text, transcriber=ear)


def score_words(sung: Sung, heard: Sequence[Word], raw: str) -> Scores:
    """Return errors of words and of their times."""
    true_words = [(start_s, part) for start_s, _, text in sung for part in compared(text)]
    told = [(word.start_s, part) for word in heard for part in compared(word.text)]
    reference = " ".join(part for _, part in true_words)
    as_heard = jiwer.process_words(reference, " ".join(compared(raw)))
    scores = {"raw": as_heard.wer, "WER": 1.0, "recall": 0.0}
    if not told:
        return scores
    result = jiwer.process_words(reference, " ".join(part for _, part in told))
    off_s = [
        abs(true_words[chunk.ref_start_idx + n][0] - told[chunk.hyp_start_idx + n][0])
        for chunk in result.alignments[0]
        if chunk.type == "equal"
        for n in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    scores |= {
        "WER": result.wer,
        "recall": result.hits / len(true_words),
        "precision": result.hits / len(told),
        "unsung": mean(is_unsung(word, sung) for word in heard),
    }
    if off_s:
        scores |= {
            "median s": float(np.median(off_s)),
            "90 % s": float(np.percentile(off_s, 90)),
            "in 0.3 s": mean(error_s <= 0.3 for error_s in off_s),
        }
    return scores


def compared(text: str) -> list[str]:
    """Return words without case and punctuation; ``l'homme`` is one, in all spellings."""
    composed = unicodedata.normalize("NFC", text).casefold()
    signs = (
        "" if sign in "'’`" else sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in composed
    )
    return "".join(signs).split()


def is_unsung(word: Word, sung: Sung) -> bool:
    """Whether a word was heard where nobody sings."""
    middle_s = (word.start_s + word.end_s) / 2
    return all(max(start_s - middle_s, middle_s - end_s) > NEAR_S for start_s, end_s, _ in sung)


def score_lines(song: Song, given: Analysis) -> Scores:
    """Return how far off given lines begin."""
    pairs = zip(song.lines, given.lyrics, strict=True)
    off_s = [abs(true.timestamp - told.timestamp) for true, told in pairs]
    return {
        "lines s": float(np.median(off_s)),
        "in 0.5 s": mean(error_s <= 0.5 for error_s in off_s),
        "in 1 s": mean(error_s <= 1.0 for error_s in off_s),
    }


def score_form(song: Song, heard: Analysis) -> Scores:
    """Return for how much of the time the right part is told; nothing where the truth is none."""
    labels = [paragraph["label"] for paragraph in song.paragraphs]
    if "chorus" not in labels:
        return {}
    moments_s = np.arange(0.0, heard.duration, STEP_S)
    wanted = [true_role(moment_s, song.paragraphs) for moment_s in moments_s]
    parts = heard.song_structure
    index = np.searchsorted([part.start for part in parts], moments_s, side="right") - 1
    told = [ROLES[parts[n].type] for n in index.tolist()]
    pairs = list(zip(wanted, told, strict=True))
    choruses = [(a == "chorus", b == "chorus") for a, b in pairs]
    doubted = [is_doubted(moment_s, song.paragraphs) for moment_s in moments_s]
    sure = [pair for pair, doubt in zip(choruses, doubted, strict=True) if not doubt]
    return {**shares("chorus", choruses), **shares("sure", sure), **shares("roles", pairs)}


def shares(what: str, pairs: Sequence[tuple[object, object]]) -> Scores:
    """Return how often the truth is told, and how often the commonest truth alone would be."""
    commonest = Counter(true for true, _ in pairs).most_common(1)[0][1]
    return {what: mean(a == b for a, b in pairs), f"{what} alone": commonest / len(pairs)}


def is_doubted(moment_s: float, paragraphs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a moment lies in a paragraph of which only some lines come again."""
    least, most = DOUBTED
    return any(
        paragraph["start"] <= moment_s < paragraph["end"] and least < paragraph["sim"] < most
        for paragraph in paragraphs
    )


def true_role(moment_s: float, paragraphs: Sequence[Mapping[str, Any]]) -> str:
    """Return what is sung at a moment."""
    begun = [n for n, paragraph in enumerate(paragraphs) if paragraph["start"] <= moment_s]
    if not begun:
        return WORDLESS
    last = begun[-1]
    end_s = paragraphs[last]["end"]
    following_s = paragraphs[last + 1]["start"] if last + 1 < len(paragraphs) else end_s
    sung = moment_s < end_s or (following_s - end_s < PAUSE_S and moment_s < following_s)
    return ROLES[paragraphs[last]["label"]] if sung else WORDLESS


def table_of(
    title: str, columns: Sequence[str], found: Mapping[str, Mapping[str, Scores]]
) -> Table:
    """Return some scores of each song by each model, and their means."""
    table = Table("song", "model", *columns, title=title)
    for name, scores in found.items():
        rows = [(song, values) for song, values in scores.items() if columns[0] in values]
        for song, values in rows:
            table.add_row(song, name, *(shown(values.get(column)) for column in columns))
        table.add_row("mean", name, *(shown(mean_of(column, scores)) for column in columns))
        table.add_section()
    return table


def shown(value: float | None) -> str:
    """Return a score as text."""
    return "" if value is None else f"{value:.2f}"


def mean_of(column: str, scores: Mapping[str, Scores]) -> float | None:
    """Return the mean of a score over the songs that have it."""
    values = [each[column] for each in scores.values() if column in each]
    return mean(values) if values else None


def distance_of(name: str, scores: Iterable[Scores]) -> str:
    """Return how far a model is from what is required."""
    by_song = {str(n): each for n, each in enumerate(scores)}
    parts = []
    for what, column in (
        ("words heard", "recall"),
        ("chorus with heard words", "chorus, heard"),
        ("chorus with given words", "chorus"),
        ("surely chorus or not, heard", "sure, heard"),
        ("surely chorus or not, given", "sure"),
        ("roles with heard words", "roles, heard"),
        ("roles with given words", "roles"),
    ):
        value = mean_of(column, by_song)
        if value is not None:
            parts.append(f"{what} {value:.0%} ({100 * (value - REQUIRED):+.0f})")
    return f"{name}, against {REQUIRED:.0%}: {', '.join(parts)}"


if __name__ == "__main__":
    typer.run(main)
