"""The storyboard: a job's plan, for its user to look at and to change.

Changes are kept beside the plan (:class:`mvkit.schema.Edits`) and read with it. They may be made
while nobody works on the job; the next attempt films what they ask for and nothing else. A clip
that was filmed already gets a new take, so that its user may go back.

Whoever changes something may name the version they saw: if somebody else was quicker, they are
told so, and nothing is changed.
"""

from mvkit.jobs.storyboard.board import Storyboard, Take, have_sketched, open_storyboard
from mvkit.jobs.storyboard.changes import (
    change_clip,
    change_palette,
    choose_take,
    lock_clip,
    new_take,
    redo_clip,
    undo_changes,
)

__all__ = [
    "Storyboard",
    "Take",
    "change_clip",
    "change_palette",
    "choose_take",
    "have_sketched",
    "lock_clip",
    "new_take",
    "open_storyboard",
    "redo_clip",
    "undo_changes",
]
