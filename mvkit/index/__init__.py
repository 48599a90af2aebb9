"""All runs in one DuckDB file, to list them and to ask about them in SQL.

The run folders and ``votes.jsonl`` beside them are the truth; the index (``runs/index.duckdb``) is
a copy of what they say and may be deleted at any time. It is brought up to date whenever it is
asked: only runs whose files have changed are read again. What is missing, torn, or made by another
version of mvkit is rebuilt.

Tables
------
Amounts are US dollars, ``_s`` is seconds, times are in the time of this machine. What a run has
not come to yet is NULL, or empty where it is text. ``mvkit runs --sql "SELECT ..."`` asks; there,
write ``now()::TIMESTAMP``.

``runs``, one row for each run folder:

=================  =================================================================================
job_id             the run; joins all tables
created_at         when the wish was written down
state              waiting, queued, running, planned, finished, failed, cancelled, stopped (cut off
                   without a word), or damaged (a file of it cannot be read; what can be, is)
stage              the last stage it was at
reason, error      why it failed, or what is damaged: the case in capitals, and in words
title, prompt      what the user wrote
aspect, seed       the shape of the picture, and the seed of its chances
image, video       who was to paint and film, as ``provider`` or ``provider:model``
bpm, song_s        the song's tempo and length
n_sections         the song's parts: verses, choruses, ...
genre              the kind of music that the director planned for
n_clips            clips in the plan
n_cuts             changes of picture in the film
n_on_beat          those of them that fall on a beat, give or take a frame
n_warnings         checks of the film that did not pass
worked_s           spent in finished stages, over all attempts
cost_usd           what it has cost so far
film               the film, as a path from the runs folder
=================  =================================================================================

``stages``, one row for each time a stage of a run was begun:

=================  =================================================================================
job_id, stage      analysis, plan, references, prompts, clips or video
attempt            1, 2, ... for each stage of a run
status             running, finished, failed, or stopped (cut off)
started_at         when
duration_s         how long it took, until it finished or failed
reason             why it failed: the case in capitals
=================  =================================================================================

``clips``, one row for each clip that was filmed or failed:

=================  =================================================================================
job_id, clip       the run, and the clip's number from 0
status             success or failed
section            the part of the song: verse, chorus, ...
scene, world       the place of the plan, and the studio set that stands for it
model              who filmed it
n_frames           its frames in the film
target_s           how long it had to be
delivered_s        how long it was delivered
fit                what was done to it: exact, trimmed or looped
generation_s       how long the model took
retries            attempts after the first
cost_usd           what it has cost
error              why it failed, in words
=================  =================================================================================

``costs``, one row for each order, and for each thing that a free model made:

=================  =================================================================================
job_id, stage      what it was for
item               the file in the run folder
model              who made it
cost_usd           what it has cost
state              settled, lost (charged, though nobody knows whether it was taken), released, or
                   empty where nothing was ordered
provider_id        the service's id for the order
booked_at          when it was first booked
=================  =================================================================================

``votes``, one row for each answer on two films side by side (:mod:`mvkit.ballot`):

=================  =================================================================================
voted_at, voter    when, and who
left_id, right_id  the films as they were shown; they may be gone
preferred          left, right or neither
preferred_id       the film that was preferred; empty if neither was
differs            what the films differ in, with commas: ``seed``, ``plan.pace``
=================  =================================================================================

``models``, a view, one row for each model:

=================  =================================================================================
model              its name
n_clips, n_failed  clips it was to film, and those of them that failed
n_retries          attempts after the first
mean_generation_s  how long a clip took that came out
n_costs, cost_usd  its rows in ``costs``, and their sum
=================  =================================================================================

``signatures`` holds what the files of each run looked like when they were read.

Contents
--------
list_runs, RunRow   the runs, newest first
query, Answer       one SELECT of one's own, which can neither write nor look outside
refresh, rebuild    bring the index up to date; make it anew
"""

from __future__ import annotations

from mvkit.index.asking import Answer, list_runs, query
from mvkit.index.tables import RunRow
from mvkit.index.upkeep import rebuild, refresh

__all__ = ["Answer", "RunRow", "list_runs", "query", "rebuild", "refresh"]
