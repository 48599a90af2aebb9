"""The slates: each clip's take as it is on disk, its footage and the record that vouches for it.

::

    clips/003.mp4         footage in final form
    clips/003.jpg         its poster
    clips/003.keyframe.png   the picture that was painted for it to start from
    clips/003.last.png       or the last one of the clip that it goes on from
    clips/003.json        the record: written last, once the footage is whole
    clips/003.take2.mp4   another take, and so on
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

from mvkit.clips.call_sheet import call_sheet
from mvkit.errors import InvalidInput
from mvkit.files import write_whole
from mvkit.providers.base import ClipRequest
from mvkit.run import Run
from mvkit.schema import Analysis, Clip, Plan, Prompts, References

FOLDER = "clips"


class Slates:
    """The clips of one run as they are on disk.

    Parameters
    ----------
    folder : Path
        The run folder.
    requests : sequence of ClipRequest
        What is to be filmed, clip by clip.
    """

    def __init__(self, folder: Path, requests: Sequence[ClipRequest]) -> None:
        self._folder = folder / FOLDER
        self.requests = tuple(requests)

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the slates of a run.

        Raises
        ------
        NotFound
            If a stage before has not run.
        """
        sheet = call_sheet(
            run.folder,
            brief=run.brief,
            analysis=run.read(Analysis),
            plan=run.read(Plan),
            references=run.read(References),
            prompts=run.read(Prompts),
        )
        return cls(run.folder, sheet)

    def request(self, index: int) -> ClipRequest:
        """Return what is to be filmed as one clip.

        Raises
        ------
        InvalidInput
            If the film has no such clip.
        """
        if not 0 <= index < len(self.requests):
            raise InvalidInput(
                f"There is no clip {index}; the film has clips 0 to {len(self.requests) - 1}.",
                reason="NO_CLIP",
            )
        return self.requests[index]

    def path(self, request: ClipRequest, ending: str) -> Path:
        """Return the path of a file of a clip."""
        return self._folder / f"{request.script.slate}{ending}"

    def name(self, path: Path | None) -> str:
        """Return what a file is called inside the run folder; nothing is called by no name."""
        return path.relative_to(self._folder.parent).as_posix() if path else ""

    def recorded(self, request: ClipRequest) -> Clip | None:
        """Return the record of a clip, unless it speaks of other inputs or of lost footage."""
        try:
            clip = Clip.model_validate_json(self.path(request, ".json").read_bytes())
        except (FileNotFoundError, ValueError):  # ValueError: written by an older version
            return None
        lost = clip.status == "success" and not self.path(request, ".mp4").is_file()
        if lost or not (clip.made_from == request.made_from or _is_kept(clip, request)):
            return None
        return clip

    def long_takes(self) -> tuple[range, ...]:
        """Return the clips in order, those together that go on in one shot."""
        edges = [n for n, request in enumerate(self.requests) if request.follows is None]
        return tuple(range(*pair) for pair in pairwise([*edges, len(self.requests)]))

    def to_film(self) -> tuple[int, ...]:
        """Return the clips that have no footage of what is asked for."""
        return tuple(
            request.script.clip_index
            for request in self.requests
            if (clip := self.recorded(request)) is None or clip.status == "failed"
        )

    def record(self, request: ClipRequest, clip: Clip) -> None:
        """Write down what became of a clip."""
        write_whole(self.path(request, ".json"), clip.model_dump_json(indent=1) + "\n")

    def forget(self, request: ClipRequest) -> None:
        """Remove the record of a clip, and make room for its files."""
        self._folder.mkdir(exist_ok=True)
        self.path(request, ".json").unlink(missing_ok=True)

    def forget_stale(self) -> tuple[str, ...]:
        """Remove the records of clips that have to be filmed, so that none counts as done.

        Returns
        -------
        tuple of str
            Their names in the run folder.
        """
        stale = [self.requests[index] for index in self.to_film()]
        for request in stale:
            self.forget(request)
        return tuple(f"{FOLDER}/{request.script.slate}.json" for request in stale)


def _is_kept(clip: Clip, request: ClipRequest) -> bool:
    """Whether a clip stays as it was filmed: it is locked, and covers the frames it has to."""
    covers = range(clip.first_frame, clip.first_frame + clip.n_frames)
    return request.script.locked and clip.status == "success" and covers == request.frames
