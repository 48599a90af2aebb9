"""The storyboard's sketches: what the studio sees in each clip before it is filmed.

One small picture a clip, painted in a fraction of a second, whoever will film. A sketch carries the
digest of what it shows in its name, ``sketches/003-1a2b3c4d5e6f.jpg``, so that one of an earlier
wording is never shown for the present one.

Painting loads the studio, which takes memory, so it is done in a process of its own:
``python -m mvkit.sketches RUN_DIR``, started by :func:`begin`. Two of them on one run take turns.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sys
import threading
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mvkit.clips.call_sheet import call_sheet
from mvkit.files import write_whole
from mvkit.processes import environment_for, run_aside
from mvkit.prompts import write_prompts
from mvkit.providers.base import ClipRequest
from mvkit.run import Run
from mvkit.schema import Analysis, Plan, References

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = "sketches"
LOCK_FILE = ".sketching"
HEIGHT_PX = 288
QUALITY = 82
NICENESS = 10
TIMEOUT_S = 180.0
"""A sketch takes some 20 ms, but the studio's kernels may have to be compiled first."""


def sketch_names(run: Run, *, plan: Plan) -> tuple[str, ...]:
    """Return the name of each clip's sketch in the run folder, whether it is there or not."""
    return tuple(map(_name, _requests(run, plan)))


def begin(run: Run) -> threading.Thread:
    """Start to paint the sketches that a run lacks; the thread ends when that is done."""
    return run_aside(
        ["mvkit.sketches", str(run.folder)],
        environment=environment_for(run.job_id),
        timeout_s=TIMEOUT_S,
        niceness=NICENESS,
    )


def is_at_work(run: Run) -> bool:
    """Whether somebody on this machine paints sketches of a run."""
    try:
        with (run.folder / LOCK_FILE).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def paint(run: Run) -> tuple[str, ...]:
    """Paint the sketches that a run lacks; those of earlier wordings stay, for who goes back.

    Returns
    -------
    tuple of str
        The names of those painted.

    Raises
    ------
    NotFound
        If there is no plan.
    """
    wanted = {_name(request): request for request in _requests(run, run.read(Plan))}
    missing = [name for name in wanted if not (run.folder / name).is_file()]
    if missing:
        from mvkit.providers.takes import paint_sketch  # takes seconds
    for name in missing:
        picture = paint_sketch(wanted[name], height_px=HEIGHT_PX)
        (run.folder / FOLDER).mkdir(exist_ok=True)  # not its parent: the run may be deleted by now
        write_whole(run.folder / name, _jpeg(picture))
    return tuple(missing)


def _requests(run: Run, plan: Plan) -> tuple[ClipRequest, ...]:
    """Return what is to be filmed, as far as the plan alone tells."""
    unpainted = References.none(run.job_id)
    return call_sheet(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=plan,
        references=unpainted,
        prompts=write_prompts(run.brief, plan, unpainted),
    )


def _name(request: ClipRequest) -> str:
    first = request.script.shots[0]
    shown = [first, request.script.grade, request.scene, request.style, *request.characters]
    facts = [part.model_dump(mode="json", exclude={"rules"}) for part in shown]
    text = json.dumps([facts, request.prompt.seed, request.width_px, request.height_px])
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{FOLDER}/{request.script.clip_index:03d}-{digest}.jpg"


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def main() -> None:
    """Paint the sketches of the run folder that is named on the command line."""
    from mvkit.storage import get_store

    run = Run(Path(sys.argv[1]))
    with (run.folder / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        while painted := paint(run):  # again, for what is changed meanwhile
            get_store().push(run, *painted)


if __name__ == "__main__":
    main()
