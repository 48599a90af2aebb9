"""What people change in a plan is kept beside it, filmed as new takes, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mvkit import sketches
from mvkit.clips import Slates, film_clips
from mvkit.errors import InvalidInput, NotFound, RateLimited
from mvkit.jobs import client
from mvkit.jobs.queue import queueing
from mvkit.jobs.storyboard import (
    Storyboard,
    change_clip,
    change_palette,
    choose_take,
    lock_clip,
    new_take,
    open_storyboard,
    redo_clip,
    undo_changes,
)
from mvkit.jobs.table import Job, JobState, insert
from mvkit.prompts import write_prompts
from mvkit.run import Run, draft_brief
from mvkit.schema import (
    FRAME_SIZES_PX,
    Analysis,
    Artefact,
    ClipChange,
    Plan,
    Prompts,
    References,
    ShotChange,
)
from mvkit.settings import get_settings
from mvkit.timing import frame_at
from mvkit.video.edl import to_edl
from mvkit.video.timeline import lay_out

from .test_clips import FakeCamera

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
WORDS = "She turns and looks straight into the light"
COLOURS = ("#112233", "#445566", "#778899")
ADA = "ada"


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A planned run of Ada's: a short plan, one second a clip."""
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (320, 180))
    monkeypatch.setattr(sketches, "begin", lambda _: None)
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    for stage in ("analysis", "plan"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    add_job(run, "planned")
    return run


def add_job(run: Run, state: JobState) -> None:
    facts = {"title": "", "song_s": 3.0, "n_bytes": 0, "worked_s": 0.0, "attempt": 1, "told": True}
    times = {"submitted_at_s": 0.0, "updated_at_s": 0.0}
    job = Job(job_id=run.job_id, user=ADA, aim="film", state=state, **facts, **times)
    with queueing(ADA) as connection:
        insert(connection, job)


def film(run: Run) -> FakeCamera:
    """Film what the plan says now, as an attempt at the job would."""
    camera = FakeCamera()
    references = References.none(run.job_id)
    run.write(references)
    run.write(write_prompts(run.brief, run.read(Plan), references))
    film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=references,
        prompts=run.read(Prompts),
        model=camera,
    )
    return camera


def words_of(board: Storyboard, index: int) -> str:
    return board.plan.clip_scripts[index].visual_description


def bytes_of_clips(run: Run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.folder.glob("clips/*.mp4")}


def test_a_change_is_in_effect_for_every_later_stage_and_not_in_the_plan_itself(run: Run) -> None:
    written = (run.folder / "plan.json").read_bytes()
    board = change_clip(run.job_id, 1, ClipChange(visual_description=WORDS), user=ADA)
    assert words_of(board, 1) == WORDS
    assert run.read(Plan).clip_scripts[1].visual_description == WORDS
    assert (run.folder / "plan.json").read_bytes() == written
    assert run.written(Plan).clip_scripts[1].visual_description != WORDS


def test_a_change_before_filming_is_no_new_take(run: Run) -> None:
    board = change_clip(run.job_id, 1, ClipChange(visual_description=WORDS), user=ADA)
    assert [take.number for take in board.takes[1]] == [1]
    assert board.to_film == (0, 1, 2)


def test_a_change_after_filming_is_a_new_take_and_films_that_clip_alone(run: Run) -> None:
    film(run)
    before = bytes_of_clips(run)
    board = change_clip(run.job_id, 1, ClipChange(visual_description=WORDS), user=ADA)
    assert [(take.number, bool(take.video)) for take in board.takes[1]] == [(1, True), (2, False)]
    assert board.to_film == (1,)
    assert film(run).calls == {1: 1}
    after = bytes_of_clips(run)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"001.take2.mp4"}
    assert open_storyboard(run.job_id, user=ADA).to_film == ()


def test_going_back_to_the_take_before_films_nothing(run: Run) -> None:
    film(run)
    original = words_of(open_storyboard(run.job_id), 1)
    change_clip(run.job_id, 1, ClipChange(visual_description=WORDS))
    film(run)
    board = choose_take(run.job_id, 1, 1)
    assert words_of(board, 1) == original
    assert board.to_film == ()
    assert film(run).calls == {}
    assert words_of(choose_take(run.job_id, 1, 2), 1) == WORDS


def test_another_take_of_the_same_words_has_a_seed_of_its_own(run: Run) -> None:
    film(run)
    seed = run.read(Prompts).clip_prompts[1].seed
    board = new_take(run.job_id, 1)
    assert board.to_film == (1,)
    film(run)
    prompts = run.read(Prompts)
    assert prompts.clip_prompts[1].seed != seed
    assert {take.script.visual_description for take in board.takes[1]} == {words_of(board, 1)}


def test_a_clip_that_is_not_filmed_has_no_other_take(run: Run) -> None:
    with pytest.raises(InvalidInput, match="NOT_FILMED"):
        new_take(run.job_id, 0)
    with pytest.raises(InvalidInput, match="NO_TAKE"):
        choose_take(run.job_id, 0, 2)


def test_a_locked_clip_keeps_its_footage_when_all_colours_change(run: Run) -> None:
    film(run)
    lock_clip(run.job_id, 1, True)
    board = change_palette(run.job_id, COLOURS)
    assert board.plan.style.color_palette == COLOURS
    assert board.to_film == (0, 2)
    before = bytes_of_clips(run)["001.mp4"]
    assert film(run).calls == {0: 1, 2: 1}
    assert bytes_of_clips(run)["001.mp4"] == before
    assert lock_clip(run.job_id, 1, False).to_film == (1,)


def test_a_locked_clip_is_not_changed(run: Run) -> None:
    film(run)
    lock_clip(run.job_id, 1, True)
    for change in (
        lambda: change_clip(run.job_id, 1, ClipChange(visual_description=WORDS)),
        lambda: new_take(run.job_id, 1),
        lambda: choose_take(run.job_id, 1, 1),
    ):
        with pytest.raises(InvalidInput, match="LOCKED"):
            change()


def test_a_lock_alone_makes_nothing_again(run: Run) -> None:
    """Neither prompts nor clips nor the film are older than a lock."""
    film(run)
    lock_clip(run.job_id, 0, True)
    assert run.is_current(Prompts)
    assert open_storyboard(run.job_id).to_film == ()


def test_the_director_s_colours_come_back(run: Run) -> None:
    before = open_storyboard(run.job_id).plan
    change_palette(run.job_id, COLOURS)
    assert change_palette(run.job_id, None).plan == before


@pytest.mark.parametrize("colours", [("#112233", "#445566"), ("red", "green", "blue"), ()])
def test_what_is_no_palette_is_refused_and_nothing_changes(
    run: Run, colours: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput, match="CHANGE"):
        change_palette(run.job_id, colours)
    assert open_storyboard(run.job_id).version == 0


def test_all_changes_can_be_undone(run: Run) -> None:
    before = open_storyboard(run.job_id).plan
    change_clip(run.job_id, 0, ClipChange(visual_description=WORDS))
    change_palette(run.job_id, COLOURS)
    lock_clip(run.job_id, 2, True)
    board = undo_changes(run.job_id)
    assert board.plan == before
    assert board.version == 4


def test_a_change_of_somebody_who_saw_an_older_storyboard_is_refused(run: Run) -> None:
    seen = open_storyboard(run.job_id).version
    change_clip(run.job_id, 0, ClipChange(visual_description=WORDS), version=seen)
    with pytest.raises(InvalidInput, match="VERSION"):
        change_clip(run.job_id, 1, ClipChange(visual_description=WORDS), version=seen)


def test_another_place_becomes_a_scene_of_the_plan(run: Run) -> None:
    board = change_clip(run.job_id, 1, ClipChange(world="forest"))
    script = board.plan.clip_scripts[1]
    worlds = {scene.id: scene.world for scene in board.plan.scenes}
    assert worlds[script.scenes[0]] == "forest"
    assert "forest" not in {worlds[other.scenes[0]] for other in board.plan.clip_scripts[2:]}


def test_two_times_of_one_place_are_two_scenes(run: Run) -> None:
    film(run)
    change_clip(run.job_id, 1, ClipChange(world="forest", time_of_day="day"))
    film(run)
    board = change_clip(run.job_id, 1, ClipChange(time_of_day="night"))
    scenes = {scene.id: scene for scene in board.plan.scenes}
    assert scenes[board.plan.clip_scripts[1].scenes[0]].time_of_day == "night"
    day = choose_take(run.job_id, 1, 2).plan
    scenes = {scene.id: scene for scene in day.scenes}
    assert scenes[day.clip_scripts[1].scenes[0]].time_of_day == "day"


def test_changed_shots_change_the_camera_s_words(run: Run) -> None:
    before = open_storyboard(run.job_id).plan.clip_scripts[0]
    move = "orbit" if before.shots[0].move != "orbit" else "crane"
    shots = (ShotChange(move=move), *[ShotChange()] * (len(before.shots) - 1))
    after = change_clip(run.job_id, 0, ClipChange(shots=shots)).plan.clip_scripts[0]
    assert after.shots[0].move == move
    assert after.motion != before.motion


def test_what_is_no_clip_is_refused(run: Run) -> None:
    for change in (
        lambda: change_clip(run.job_id, 9, ClipChange(visual_description=WORDS)),
        lambda: new_take(run.job_id, -1),
        lambda: lock_clip(run.job_id, 3, True),
    ):
        with pytest.raises(InvalidInput):
            change()


def test_a_job_at_work_is_not_changed(run: Run) -> None:
    client.approve(run.job_id, user=ADA)
    with pytest.raises(InvalidInput, match="WRONG_STATE"):
        change_clip(run.job_id, 0, ClipChange(visual_description=WORDS))
    assert open_storyboard(run.job_id).job.state == "queued"


def test_another_user_s_storyboard_does_not_exist(run: Run) -> None:
    changes: list[Callable[[], object]] = [
        lambda: open_storyboard(run.job_id, user="eve"),
        lambda: change_clip(run.job_id, 0, ClipChange(visual_description=WORDS), user="eve"),
        lambda: undo_changes(run.job_id, user="eve"),
        lambda: redo_clip(run.job_id, 0, user="eve"),
    ]
    for change in changes:
        with pytest.raises(NotFound):
            change()


def test_there_is_no_storyboard_before_there_is_a_plan(run: Run) -> None:
    (run.folder / "plan.json").unlink()
    with pytest.raises(InvalidInput, match="NO_PLAN"):
        open_storyboard(run.job_id)


def test_changes_of_an_earlier_plan_say_nothing_over_another(run: Run) -> None:
    change_clip(run.job_id, 0, ClipChange(visual_description=WORDS))
    run.write(run.written(Plan).model_copy(update={"treatment": "Another story."}))
    board = open_storyboard(run.job_id)
    assert words_of(board, 0) != WORDS
    assert board.version > 1


def test_redoing_a_clip_puts_the_job_into_the_queue(run: Run) -> None:
    film(run)
    job = redo_clip(run.job_id, 1, ClipChange(visual_description=WORDS), user=ADA)
    assert (job.state, job.aim, job.attempt) == ("queued", "film", 2)
    assert open_storyboard(run.job_id).to_film == (1,)


def test_a_redo_that_is_refused_changes_nothing_and_can_be_asked_for_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    film(run)
    before = open_storyboard(run.job_id)
    with monkeypatch.context() as full:
        full.setenv("MVKIT_QUEUED_PER_USER", "1")
        get_settings.cache_clear()
        add_job(
            Run.create(draft_brief(song=run.song, kind="wav", prompt=PROMPT), song=run.song),
            "queued",
        )
        with pytest.raises(RateLimited):
            redo_clip(run.job_id, 1, user=ADA)
    get_settings.cache_clear()
    assert open_storyboard(run.job_id).takes == before.takes
    assert redo_clip(run.job_id, 1, user=ADA).state == "queued"


def test_a_take_that_was_never_filmed_is_filmed_when_asked_again(run: Run) -> None:
    film(run)
    new_take(run.job_id, 1)
    redo_clip(run.job_id, 1, user=ADA)
    assert [take.number for take in open_storyboard(run.job_id).takes[1]] == [1, 2]


def test_footage_of_a_take_that_was_undone_is_never_another_take_s(run: Run) -> None:
    film(run)
    change_clip(run.job_id, 1, ClipChange(visual_description=WORDS))
    film(run)
    undo_changes(run.job_id)
    board = change_clip(run.job_id, 1, ClipChange(visual_description=f"{WORDS}, alone"))
    assert [(take.number, bool(take.video)) for take in board.takes[1]] == [(1, True), (3, False)]


def test_records_of_what_is_filmed_anew_are_removed_and_named(run: Run) -> None:
    film(run)
    change_palette(run.job_id, COLOURS)
    run.write(write_prompts(run.brief, run.read(Plan), run.read(References)))
    gone = Slates.of(run).forget_stale()
    assert gone == ("clips/000.json", "clips/001.json", "clips/002.json")
    assert not list(run.folder.glob("clips/*.json"))


def test_every_clip_has_a_sketch_that_its_words_and_colours_name(run: Run) -> None:
    """A change names another sketch, and going back finds the one before."""
    painted = sketches.paint(run)
    assert len(painted) == 3
    assert all((run.folder / name).stat().st_size > 2000 for name in painted)
    board = change_clip(run.job_id, 1, ClipChange(world="forest"))
    assert sorted(board.sketches) == [0, 2]
    assert len(sketches.paint(run)) == 1
    assert sorted(open_storyboard(run.job_id).sketches) == [0, 1, 2]
    assert undo_changes(run.job_id).sketches == dict(enumerate(painted))


def test_the_cut_list_names_the_take_that_is_used(run: Run) -> None:
    film(run)
    plan = new_take(run.job_id, 1).plan
    n_frames = frame_at(plan.clip_scripts[-1].end)
    text = to_edl(lay_out(plan, n_frames=n_frames), plan=plan, title="", song_file="song.wav")
    assert "001.take2.mp4" in text
    assert "001.mp4" not in text
