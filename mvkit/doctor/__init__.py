"""The doctor: who will be asked for what, what is missing, and how to get it.

Each role of a film is looked at as a job would find it: its model, its key, its package, its price.
Then the machine: ffmpeg, disk, database, compiled kernels. Nothing is bought, and nothing leaves
the machine unless services are to be asked too.

Contents
--------
examine                         look at everything
Diagnosis, RoleReport, MachineReport    what was found
"""

from __future__ import annotations

from mvkit.doctor.findings import Diagnosis, MachineReport, RoleReport
from mvkit.doctor.machine import machine_reports
from mvkit.doctor.roles import role_reports

__all__ = ["Diagnosis", "MachineReport", "RoleReport", "examine"]


def examine(*, online: bool = False) -> Diagnosis:
    """Look at every role and at the machine.

    Parameters
    ----------
    online : bool
        Whether to ask the services of the chosen models too: whether they know the key and the
        model, and whether the model still is what the catalogue says.

    Raises
    ------
    InvalidInput
        If the settings themselves cannot be used.
    """
    return Diagnosis(roles=role_reports(online=online), machine=machine_reports())
