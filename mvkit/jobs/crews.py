"""The film crews of a worker: clips of any job, filmed by a warm process per job.

A clip is work of its own in the queue and may come to any worker. The worker fetches the run, has
its crew film, and stores the clip; whoever coordinates the job gathers what all have filmed.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from mvkit.errors import StageFailed
from mvkit.jobs.crew import CREW_DIED, Crew, Filmed
from mvkit.run import Run
from mvkit.storage import get_store

CREW_IDLE_S = 5.0
"""How long a crew waits for the next clip before it goes home."""


class Crews:
    """The film crews of this worker: one warm process per attempt that has clips to film."""

    def __init__(self) -> None:
        self._crews: dict[str, Crew] = {}
        self._n_busy: Counter[str] = Counter()
        self._farewells: dict[str, asyncio.TimerHandle] = {}

    async def film(self, workflow_id: str, job_id: str, index: int) -> Filmed:
        """Film a clip of an attempt at a job; a crew that dies is replaced once.

        Parameters
        ----------
        workflow_id : str
            The attempt's workflow: the crew of one that is ending films nothing for the next.

        Raises
        ------
        MvkitError
            What must stop the whole job: no money, no room, no crew.
        """
        store = get_store()
        run = await asyncio.to_thread(store.pull, job_id)
        self._n_busy[workflow_id] += 1
        self._cancel_farewell(workflow_id)
        try:
            filmed = await self._film(workflow_id, run, index)
            await asyncio.to_thread(store.push, run, *_files_of_clip(run, index))
            return filmed
        except asyncio.CancelledError:
            self._dismiss(workflow_id)  # the job was ended, and all its clips with it
            raise
        finally:
            self._n_busy[workflow_id] -= 1
            if not self._n_busy[workflow_id]:
                del self._n_busy[workflow_id]
                loop = asyncio.get_running_loop()
                farewell = loop.call_later(CREW_IDLE_S, self._dismiss, workflow_id)
                self._farewells[workflow_id] = farewell

    async def _film(self, workflow_id: str, run: Run, index: int) -> Filmed:
        try:
            return await self._crew(workflow_id, run).film(index)
        except StageFailed as error:
            if error.reason != CREW_DIED:
                raise
            return await self._crew(workflow_id, run).film(index)

    def _crew(self, workflow_id: str, run: Run) -> Crew:
        return self._crews.setdefault(workflow_id, Crew(run))

    def _dismiss(self, workflow_id: str) -> None:
        self._cancel_farewell(workflow_id)
        crew = self._crews.pop(workflow_id, None)
        if crew:
            crew.kill()

    def _cancel_farewell(self, workflow_id: str) -> None:
        farewell = self._farewells.pop(workflow_id, None)
        if farewell:
            farewell.cancel()


CREWS = Crews()


def _files_of_clip(run: Run, index: int) -> list[str]:
    """Return the files of a clip that are there, its record last."""
    found = run.folder.glob(f"clips/{index:03d}.*")
    names = [path.relative_to(run.folder).as_posix() for path in found]
    return sorted(names, key=lambda name: name.endswith(".json"))
