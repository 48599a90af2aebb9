"""Submit at one instant: ``python -m tests.submit_race SONG START_S N`` from N threads at a time.

Prints, a line each, the job's id or the code of the refusal.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mvkit.errors import MvkitError
from mvkit.jobs import client, queue

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


def submit_at(start_s: float, song: Path) -> str:
    time.sleep(max(0.0, start_s - time.time()))
    try:
        return client.submit(song, PROMPT, user="ada").job_id
    except MvkitError as error:
        return error.reason


def main(song: str, start_s: str, n_threads: str) -> None:
    queue.get_client()
    with ThreadPoolExecutor(int(n_threads)) as pool:
        for told in pool.map(
            lambda _: submit_at(float(start_s), Path(song)), range(int(n_threads))
        ):
            print(told, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
