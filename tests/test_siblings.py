"""A finished film in another shape: the same plan, the same footage, the same cuts, no new bill."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from mvkit import Run, compose_video, film_clips, ledger, providers, reshape, write_prompts
from mvkit.__main__ import app
from mvkit.captions import caption_lines
from mvkit.chain import Chain
from mvkit.director import captions_in_shape
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.footage import Picture, read_frames
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.run import all_runs, draft_brief
from mvkit.schema import (
    FRAME_SIZES_PX,
    Analysis,
    Aspect,
    Brief,
    Caption,
    Clips,
    Edits,
    LyricLine,
    Plan,
    Prompts,
    References,
    ReferencesMetadata,
    SceneReference,
    Video,
)
from mvkit.settings import get_settings

from . import fake_provider
from .doc_examples import read_examples
from .film_makers import (
    HEIGHT_PX,
    WIDTH_PX,
    make_analysis,
    make_plan,
    read_stamp,
    stamp_levels,
    write_clicks,
    write_foreign,
)

PROMPT = "A row of blocks tells where every picture of this film comes from."
EDGES_S = (0.0, 1.0, 2.5, 4.0)
BILL_USD = Decimal("0.02")
LINE = "I see the lights are shining over everything that we have ever been"
SMALL_PX: dict[Aspect, tuple[int, int]] = {
    "16:9": (512, 288),
    "1:1": (288, 288),
    "9:16": (288, 512),
}


class StampedService:
    """Films stamped wide clips for money, and counts its orders."""

    name = fake_provider.NAME
    parallel = 4
    wants_keyframe = False
    goes_on = False

    def __init__(self) -> None:
        self.orders: list[ClipRequest] = []
        self.n_asked = 0
        self.refused: set[int] = set()
        self._lock = threading.Lock()

    def most_usd(self, _request: ClipRequest) -> Decimal:
        return BILL_USD

    def typical_usd(self, **_: float) -> Decimal:
        return BILL_USD

    def submit(self, request: ClipRequest, **_: str) -> str:
        with self._lock:
            self.n_asked += 1
            if request.script.clip_index in self.refused:
                raise ProviderFailed("REFUSED: blocks", retryable=False)
            self.orders.append(request)
            return str(len(self.orders) - 1)

    def find(self, *_: object, **__: object) -> str:
        return ""

    def collect(self, provider_id: str, target: Path) -> Delivery:
        request = self.orders[int(provider_id)]
        write_foreign(target, request.script.clip_index, len(request.frames) + 6)
        return Delivery(model=self.name, cost_usd=BILL_USD, provider_id=provider_id)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> StampedService:
    """A paid provider of clips; in other processes its name leads nowhere."""
    service = StampedService()
    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, service.name, lambda _: service)
    monkeypatch.setenv("MVKIT_PLUGINS", fake_provider.__name__)
    get_settings.cache_clear()
    return service


@pytest.fixture
def notebooks_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what gathers the clips and composes, and so be free to film small."""
    for aspect, small_px in SMALL_PX.items():
        monkeypatch.setitem(FRAME_SIZES_PX, aspect, small_px)
    monkeypatch.setattr(Chain, "run_stage", lambda *_, **__: None)
    monkeypatch.setattr(Chain, "complete", lambda _: None)


def planned(tmp_path: Path, *, plan: Plan | None = None, **wish: str) -> Run:
    """Return a run that is ready to be filmed."""
    song = write_clicks(tmp_path / "song.wav", EDGES_S[-1], EDGES_S[1:-1])
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, **wish)  # type: ignore[arg-type]
    run = Run.create(brief, song=song)
    told = {"job_id": run.job_id}
    lyrics = [{"text": LINE, "timestamp": 0.2, "end": 3.6}]
    run.write(make_analysis(EDGES_S[-1], lyrics=lyrics).model_copy(update=told))
    plan = run.write((plan or make_plan(EDGES_S, world="forest")).model_copy(update=told))
    run.path("references", "scene_place.png").write_bytes(b"a picture of the place")
    references = run.write(painted_references(run))
    run.write(write_prompts(brief, plan, references))
    return run


def painted_references(run: Run) -> References:
    """Return the references of a run, which somebody was paid for."""
    picture = SceneReference(
        scene_id="place",
        image_url="references/scene_place.png",
        prompt_used="blocks",
        generation_time=1.0,
        cost=0.01,
        model="fake",
        seed=1,
        sha256="1" * 64,
    )
    return References(
        job_id=run.job_id,
        scene_references=(picture,),
        total_references=1,
        total_generation_time=1.0,
        total_cost=0.01,
        status="success",
        metadata=ReferencesMetadata(dimensions="8x8", scenes_generated=1, characters_generated=0),
    )


def film(run: Run) -> None:
    """Film a run's clips by whom its wish names."""
    clips = film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=run.read(References),
        prompts=run.read(Prompts),
        model=providers.video_model(run.brief.video, run=run),
        stand_in=providers.stand_in_model(run.brief.video),
    )
    run.write(clips)
    ledger.book(run, clips)


def finished(run: Run) -> Run:
    """Film and compose a run."""
    film(run)
    parts = {"analysis": run.read(Analysis), "plan": run.read(Plan), "clips": run.read(Clips)}
    run.write(compose_video(run.folder, brief=run.brief, **parts))  # type: ignore[arg-type]
    return run


def pictures_of(run: Run) -> list[Picture]:
    return [picture.copy() for picture in read_frames(run.folder / "video.mp4")]


def cuts_of(run: Run) -> list[tuple[int, int | None]]:
    return [(cut.frame, cut.found_frame) for cut in run.read(Video).cuts]


def size_px(picture: Picture) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0] * 2 // 3


def whole(picture: Picture) -> Picture:
    """Return the wide picture that is shown in a film's, as it came."""
    width_px, height_px = size_px(picture)
    rows = round(width_px * HEIGHT_PX / WIDTH_PX)
    top = (height_px - rows) // 2
    small = np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), 128, np.uint8)
    luma = picture[top : top + rows]
    small[:HEIGHT_PX] = cv2.resize(luma, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return small


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_bought_film_is_had_in_another_shape_without_buying_anything(
    tmp_path: Path, service: StampedService
) -> None:
    """Each picture of the sibling is the same picture of the same clip, in the other size."""
    run = finished(planned(tmp_path, plan=make_plan(EDGES_S), video=service.name))
    n_bought = len(service.orders)
    sibling = reshape(run, "9:16", framing="pad")
    assert len(service.orders) == n_bought == 3
    assert ledger.total_usd(run) == 3 * BILL_USD
    assert ledger.total_usd(sibling) == 0
    assert [clip.cost for clip in sibling.read(Clips).clips] == [0, 0, 0]
    assert {clip.model for clip in sibling.read(Clips).clips} == {service.name}

    before, after = pictures_of(run), pictures_of(sibling)
    assert size_px(before[0]) == (1920, 1080)
    assert {size_px(picture) for picture in after} == {(1080, 1920)}
    assert [read_stamp(whole(p)) for p in after] == [read_stamp(whole(p)) for p in before]
    assert np.abs(stamp_levels(whole(after[50])) - 0.5).min() > 0.3
    assert cuts_of(sibling) == cuts_of(run) == [(30, 30), (75, 75)]
    assert all(check.passed for check in sibling.read(Video).checks)

    assert sibling.read(Plan).content_digest() == run.read(Plan).content_digest()
    assert changed(run.brief, sibling.brief) == {"aspect", "framing", "job_id"}
    again = reshape(run, "9:16", framing="pad")
    assert again.job_id == sibling.job_id


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_the_studio_painted_it_paints_anew(tmp_path: Path) -> None:
    """In the other shape from the first line on, with its words in shorter rows."""
    plan = make_plan(EDGES_S, world="forest")
    words = caption_lines([sung()], duration_s=EDGES_S[-1], aspect="16:9")
    plan = plan.model_copy(update={"captions": words})
    run = finished(planned(tmp_path, plan=plan, video="studio:144"))
    sibling = reshape(run, "1:1")
    pictures = pictures_of(sibling)
    assert len(pictures) == run.read(Video).n_frames
    assert {size_px(picture) for picture in pictures} == {(1080, 1080)}
    assert not list(sibling.folder.glob("clips/*.source.*"))
    assert sibling.read(Plan).captions == caption_lines(
        [sung()], duration_s=EDGES_S[-1], aspect="1:1"
    )
    assert sibling.read(Plan).clip_scripts == plan.clip_scripts
    assert cuts_of(sibling) == cuts_of(run)


def sung() -> LyricLine:
    return LyricLine(text=LINE, timestamp=0.2, end=3.6)


def changed(before: Brief, after: Brief) -> set[str]:
    return {name for name in Brief.model_fields if getattr(before, name) != getattr(after, name)}


def test_only_sung_lines_are_set_anew() -> None:
    """A title stands as it stood; a film without words has none."""
    analysis = make_analysis(EDGES_S[-1], lyrics=[sung().model_dump()])
    title = Caption(kind="title", text="Blocks", start=0.0, end=1.0)
    lines = caption_lines([sung()], duration_s=EDGES_S[-1], aspect="16:9", kind="karaoke")
    plan = make_plan(EDGES_S).model_copy(update={"captions": (*lines, title)})
    *own, last = captions_in_shape(plan, analysis, aspect="9:16")
    assert last == title
    assert tuple(own) == caption_lines(
        [sung()], duration_s=EDGES_S[-1], aspect="9:16", kind="karaoke"
    )
    assert captions_in_shape(make_plan(EDGES_S), analysis, aspect="9:16") == ()


def test_an_unfinished_film_is_refused(tmp_path: Path, service: StampedService) -> None:
    """Before anything is begun; also one whose plan was changed after it was filmed."""
    run = planned(tmp_path, video=service.name)
    with pytest.raises(InvalidInput, match=r"clips\.json is missing") as refused:
        reshape(run, "9:16")
    assert refused.value.reason == "UNFINISHED"
    film(run)
    with pytest.raises(InvalidInput, match=r"video\.json is missing"):
        reshape(run, "9:16")
    run.write(run.read(Plan).model_copy(update={"treatment": "other blocks"}))
    with pytest.raises(InvalidInput, match=r"references\.json is older"):
        reshape(run, "9:16")
    assert len(all_runs()) == 1


@pytest.mark.usefixtures("notebooks_left_out")
class TestOfAFinishedFilm:
    """What lies in the sibling's folder, without gathering and composing."""

    @pytest.fixture
    def make(self, tmp_path: Path, service: StampedService) -> Callable[..., Run]:
        def make(plan: Plan | None = None) -> Run:
            run = planned(tmp_path, plan=plan, video=service.name)
            film(run)
            run.write(composed(run))
            return run

        return make

    def test_the_same_shape_is_refused(self, make: Callable[..., Run]) -> None:
        with pytest.raises(InvalidInput, match="16:9 already"):
            reshape(make(), "16:9")

    def test_pictures_come_along_for_nothing(self, make: Callable[..., Run]) -> None:
        run = make()
        sibling = reshape(run, "1:1")
        references = sibling.read(References)
        assert [picture.cost for picture in references.pictures] == [0]
        assert references.total_cost == 0
        [name] = references.files()
        assert (sibling.folder / name).read_bytes() == (run.folder / name).read_bytes()
        assert all(map(sibling.is_current, (Analysis, Plan, References, Prompts)))

    def test_what_was_delivered_is_cropped_once_only(self, make: Callable[..., Run]) -> None:
        """A sibling of a sibling sees all of the picture, too."""
        first = reshape(make(), "9:16")
        first.write(clips_of(first))
        first.write(composed(first))
        second = reshape(first, "16:9", framing="centre")
        picture = list(read_frames(second.folder / "clips/001.mp4"))[20]
        assert read_stamp(whole(picture)) == (1, 20)

    def test_where_it_is_not_kept_the_finished_clip_is_fitted(
        self, make: Callable[..., Run]
    ) -> None:
        run = make()
        for path in run.folder.glob("clips/*.source.mp4"):
            path.unlink()
        sibling = reshape(run, "9:16", framing="pad")
        picture = list(read_frames(sibling.folder / "clips/002.mp4"))[7]
        assert size_px(picture) == SMALL_PX["9:16"]
        assert read_stamp(whole(picture)) == (2, 7)

    def test_what_the_stand_in_filmed_it_films_anew(
        self, tmp_path: Path, service: StampedService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And who refused the first time is not asked a second time."""
        monkeypatch.setenv("MVKIT_STAND_IN", "studio:144")
        get_settings.cache_clear()
        service.refused = {1}
        run = planned(tmp_path, plan=make_plan(EDGES_S, world="forest"), video=service.name)
        film(run)
        run.write(composed(run))
        n_asked = service.n_asked
        sibling = reshape(run, "9:16")
        clips = clips_of(sibling).clips
        assert [clip.model for clip in clips] == ["fake", "studio:144", "fake"]
        assert "REFUSED" in clips[1].error
        assert service.n_asked == n_asked == 3
        painted = list(read_frames(sibling.folder / "clips/001.mp4"))
        assert size_px(painted[0]) == SMALL_PX["9:16"]
        assert not (sibling.folder / "clips/001.source.mp4").exists()

    def test_a_clip_with_words_on_it_is_not_cropped(self, make: Callable[..., Run]) -> None:
        """They would be cut, or stand there twice."""
        words = caption_lines([sung()], duration_s=EDGES_S[-1], aspect="16:9")
        run = make(make_plan(EDGES_S).model_copy(update={"captions": words}))
        (run.folder / "clips/001.source.mp4").unlink()
        with pytest.raises(InvalidInput, match=r"Clip 1 .* with words on it"):
            reshape(run, "9:16")
        assert len(all_runs()) == 1

    def test_a_clip_that_is_gone_is_told(self, make: Callable[..., Run]) -> None:
        run = make()
        for path in run.folder.glob("clips/002.*mp4"):
            path.unlink()
        with pytest.raises(InvalidInput, match=r"Clip 2 .* no longer kept"):
            reshape(run, "9:16")

    def test_what_people_changed_in_the_plan_holds_for_the_sibling(
        self, make: Callable[..., Run]
    ) -> None:
        run = make()
        colours = ("#000001", "#000002", "#000003")
        digest = run.written(Plan).content_digest()
        run.write_edits(Edits(version=1, plan_digest=digest, color_palette=colours))
        run.write(painted_references(run))
        run.write(write_prompts(run.brief, run.read(Plan), run.read(References)))
        film(run)
        run.write(composed(run))
        sibling = reshape(run, "9:16")
        assert sibling.read(Plan).style.color_palette == colours
        assert sibling.edits.color_palette == colours

    def test_a_film_with_another_plan_is_no_sibling(self, make: Callable[..., Run]) -> None:
        """Somebody else made one of the same wish, in that shape."""
        run = make()
        wish = run.brief.model_copy(
            update={"job_id": "00000000-0000-4000-8000-000000000009", "aspect": "9:16"}
        )
        other = Run.create(wish, song=run.song)
        told = {"job_id": other.job_id}
        other.write(run.read(Analysis).model_copy(update=told))
        other.write(make_plan((0.0, 2.0, 4.0)).model_copy(update=told))
        sibling = reshape(run, "9:16")
        assert sibling.job_id not in (run.job_id, other.job_id)
        assert reshape(run, "9:16").job_id == sibling.job_id


def clips_of(run: Run) -> Clips:
    """Gather the clips of a run, as its notebook would."""
    return film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=run.read(References),
        prompts=run.read(Prompts),
        model=providers.video_model(run.brief.video, run=run),
        missing="fail",
    )


def composed(run: Run) -> Video:
    """Return the record of a film that nobody composed."""
    video = read_examples()["video"]
    assert isinstance(video, Video)
    return video.model_copy(update={"job_id": run.job_id})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Note which shapes are made of which run, instead of making them."""
    asked: list[tuple[str, str]] = []

    def note(run: str, aspect: str, **_: object) -> str:
        asked.append((run, aspect))
        return f"{run} in {aspect}"

    monkeypatch.setattr("mvkit.chain.make_video", lambda *_, **__: "the film")
    monkeypatch.setattr("mvkit.siblings.reshape", note)
    monkeypatch.setattr("mvkit.commands.films._tell", lambda *_, **__: None)
    return asked


def test_one_command_makes_a_film_in_several_shapes(
    tmp_path: Path, asked: list[tuple[str, str]]
) -> None:
    command = ["make", str(tmp_path / "song.wav"), PROMPT, "--aspect", "16:9"]
    others = ["--also", "9:16", "--also", "16:9", "--also", "1:1", "--also", "9:16"]
    done = CliRunner().invoke(app, [*command, *others])
    assert done.exit_code == 0
    assert asked == [("the film", "9:16"), ("the film", "1:1")]


def test_a_shape_that_there_is_not_is_told_before_anything_is_made(
    tmp_path: Path, asked: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr("mvkit.chain.make_video", lambda *_, **__: made.append("a film"))
    done = CliRunner().invoke(app, ["make", str(tmp_path / "a.wav"), PROMPT, "--also", "4:3"])
    assert isinstance(done.exception, InvalidInput)
    assert "16:9, 1:1, 9:16" in done.exception.message
    assert made == asked == []
