"""The run folder: the truth about one job.

::

    runs/<job_id>/
      brief.json  song.<flac|mp3|wav>  lyrics.<lrc|srt|txt>
      edits.json             what people changed in the plan
      analysis.json  plan.json  references.json  prompts.json  clips.json  video.json
      references/  clips/  video.mp4  thumbnail.jpg  contact_sheet.jpg  ...
      .cutting/              saves time when the film is cut again
      notebooks/NN_*.ipynb   executed copies: the job's report
      events.jsonl           append-only, one event a line
      ledger.jsonl           what was spent on what
      status.json            what a poller reads, replaced whole
      report.json  report.html   what was measured in the film, once somebody asked

Files appear whole or not at all (:mod:`mvkit.files`). An
artefact remembers the digest of what it was made from, so a stage whose artefact is there for the
same inputs need not run again. Nothing in a path comes from what a user wrote.
"""

from mvkit.run.folder import EVENTS_FILE, LOCK_FILE, STATUS_FILE, Run, all_runs, find_run
from mvkit.run.status import State, Status
from mvkit.run.wish import draft_brief

__all__ = [
    "EVENTS_FILE",
    "LOCK_FILE",
    "STATUS_FILE",
    "Run",
    "State",
    "Status",
    "all_runs",
    "draft_brief",
    "find_run",
]
