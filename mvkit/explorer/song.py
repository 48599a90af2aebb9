"""The song that is explored: heard, decoded, and played with clicks.

Contents
--------
HeardSong
    A song with its analysis and its samples.
find_song
    The song of a file, of a run, or the bundled one.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from mvkit.analysis import analyze_song
from mvkit.analysis.click_track import click_track
from mvkit.analysis.intake import Samples, decode
from mvkit.errors import NotFound
from mvkit.files import sha256_of
from mvkit.run import Run, all_runs
from mvkit.schema import Analysis, Brief, Span

RATE_HZ = 22_050
TITLE_WIDTH = 60
"""So many characters of its wish name a song that has no title."""
SONG_FILES = {".flac": "song.flac", ".mp3": "song.mp3", ".wav": "song.wav"}
DEMO_PROMPT = (
    "A young woman with long hair and a red umbrella walks through a rain-wet neon city at night, "
    "looking for the light she lost; in the chorus she sings on a stage in magenta and cyan."
)


@dataclass(frozen=True, kw_only=True)
class HeardSong:
    """A song with all that planning and listening need.

    Attributes
    ----------
    title : str
        What to call it.
    brief : Brief
        The wish it came with; plans are made from copies of it.
    analysis : Analysis
        What was heard in it.
    mono : ndarray of float32, shape (n,)
        Its samples at ``RATE_HZ``, full scale at ±1.
    """

    title: str
    brief: Brief
    analysis: Analysis
    mono: Samples

    def with_clicks(self, times_s: Collection[float], span: Span) -> bytes:
        """Return a stretch of the song with a click at some times, as an MP3 file.

        A click on a downbeat is an octave higher.

        Raises
        ------
        MediaFailed
            If it cannot be encoded.
        """
        downbeats_s = {round(time_s, 3) for time_s in self.analysis.downbeat_timestamps}
        inside_s = [time_s for time_s in times_s if span.start <= time_s < span.end]
        return click_track(
            self.mono[round(span.start * RATE_HZ) : round(span.end * RATE_HZ)],
            rate_hz=RATE_HZ,
            beats_s=[time_s - span.start for time_s in inside_s],
            downbeats_s=[s - span.start for s in inside_s if round(s, 3) in downbeats_s],
        )


def find_song(song: str = "") -> HeardSong:
    """Return a song to explore; what was heard within the last day is not heard again.

    Parameters
    ----------
    song : str
        A song file or a run folder; empty for the newest run that was analysed, or the bundled
        song where there is none.

    Raises
    ------
    NotFound
        If there is no such file or folder.
    RefusedSong
        If the song cannot be used.
    """
    if not song:
        run = next((run for run in all_runs() if run.has(Analysis) and run.song.is_file()), None)
        return _song_of_run(run) if run else _bundled_song()
    path = Path(song).expanduser()
    if path.is_dir():
        return _song_of_run(Run(path))
    if not path.is_file():
        raise NotFound(f"There is no song {song}; expected a song file or a run folder.")
    return _heard(path, prompt=DEMO_PROMPT, title=path.stem)


def _song_of_run(run: Run) -> HeardSong:
    """Return a run's song as the run heard it."""
    brief = run.brief
    if run.has(Analysis):
        analysis = run.read(Analysis)
    else:
        analysis = analyze_song(run.song, job_id=run.job_id, lyrics=run.lyrics)
    wished = shorten(brief.prompt, TITLE_WIDTH, placeholder=" ...")
    title = brief.title or analysis.metadata.title or wished
    mono = decode(run.song, rate_hz=RATE_HZ, n_channels=1)
    return HeardSong(title=title, brief=brief, analysis=analysis, mono=mono)


def _bundled_song() -> HeardSong:
    from mvkit.songs import write_demo_song

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.flac"
        truth = write_demo_song(path)
        return _heard(path, prompt=DEMO_PROMPT, title=truth.title)


def _heard(path: Path, *, prompt: str, title: str) -> HeardSong:
    """Return a song that no run has."""
    mono = decode(path, rate_hz=RATE_HZ, n_channels=1)  # first: refuses what is no song
    brief = Brief.model_validate(
        {
            "job_id": str(uuid.uuid4()),
            "prompt": prompt,
            "title": title[:200],
            "song_file": SONG_FILES.get(path.suffix.lower(), "song.mp3"),
            "song_sha256": sha256_of(path),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        analysis = analyze_song(path, job_id=brief.job_id, folder=Path(folder))
    return HeardSong(
        title=analysis.metadata.title or title, brief=brief, analysis=analysis, mono=mono
    )
