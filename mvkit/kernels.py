"""Fresh Jupyter kernels that we start, tag, and end ourselves.

A stage's notebook runs in a kernel of its own: nothing leaks from stage to stage, and what one
stage imported is given back. The kernel speaks over Unix sockets (no open ports), lives in its own
process group, carries the job's id in its environment, runs at low priority and dies with us.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

from mvkit.processes import child_setup, environment_for
from mvkit.settings import get_settings


class _Manager(AsyncKernelManager):
    """Remembers the clients it hands out: Papermill leaves the sockets of a foreign kernel open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clients: list[Any] = []

    def client(self, **options: Any) -> Any:
        client = super().client(**options)
        self.clients.append(client)
        return client


class Kernel:
    """A running kernel; ends with its ``with`` block.

    Parameters
    ----------
    job_id : str
        Tag of the process and all its children.
    cwd : Path
        Where the notebook's relative paths start.
    """

    def __init__(self, *, job_id: str, cwd: Path) -> None:
        # The path of a Unix socket has at most 107 bytes, so it cannot lie in the run folder.
        self._sockets = Path(tempfile.mkdtemp(prefix=_socket_prefix(job_id)))
        self.manager = _Manager(
            kernel_name="python3",
            transport="ipc",
            ip=str(self._sockets / "k"),
            connection_file=str(self._sockets / "kernel.json"),
        )
        try:
            run_sync(self.manager.start_kernel)(
                cwd=str(cwd),
                # Or frozen modules make the debugger warn at each start.
                env={**environment_for(job_id), "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
                preexec_fn=child_setup(niceness=get_settings().niceness),
                # Or what notebooks do is written into the history of whoever uses IPython here.
                extra_arguments=["--HistoryManager.enabled=False"],
            )
        except BaseException:
            shutil.rmtree(self._sockets, ignore_errors=True)
            raise
        self.pid = _pid(self.manager)

    def strike(self) -> None:
        """End the kernel's processes at once; whoever works with it still has to :meth:`kill`."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # it leads a group of its own

    def kill(self) -> None:
        """End the kernel and everything in its process group, at once, and tidy up."""
        self.strike()
        for client in self.manager.clients:
            client.stop_channels()
        run_sync(self.manager.shutdown_kernel)(now=True)
        run_sync(self.manager.cleanup_resources)()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()


def remove_sockets(job_id: str) -> None:
    """Remove the socket folders of kernels that were killed before they could tidy up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_socket_prefix(job_id)}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _socket_prefix(job_id: str) -> str:
    return f"mvkit-{job_id[:8]}-"


def _pid(manager: AsyncKernelManager) -> int:
    provisioner = manager.provisioner
    assert isinstance(provisioner, LocalProvisioner)  # what a kernel on this machine always has
    assert provisioner.pid is not None
    return provisioner.pid
