"""Models of this machine are told what their pipelines take, and fail in words that help.

The pipelines here are plain objects that are called as those of diffusers are; the library itself
is not needed. ``test_diffusers_real.py`` has the library's own.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from mvkit.clips import Keyframes, Shoot
from mvkit.errors import InvalidInput, MediaFailed, ProviderFailed
from mvkit.footage import fit, is_final_form, read_frames
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.diffusers import DiffusersCamera, DiffusersPainter, loading
from mvkit.providers.diffusers.device import best_dtype, place
from mvkit.providers.diffusers.habits import habits_of
from mvkit.providers.diffusers.loading import LocalModels, find_folder
from mvkit.providers.diffusers.pipeline import Pipeline
from mvkit.providers.diffusers.reel import write_reel
from mvkit.run import Run
from mvkit.schema import Style
from mvkit.settings import get_settings

from .test_clips import FakeCamera, run
from .test_keyframes import with_pictures

__all__ = ["run"]

STYLE = Style(
    visual_style="neo-noir",
    color_palette=("#101020", "#ff4080", "#20c0ff"),
    lighting="neon",
    mood="longing",
    cinematography="slow",
)
LANDSCAPE = {"width_px": 1920, "height_px": 1080}
PORTRAIT = {"width_px": 1080, "height_px": 1920}


class Painted:
    """Part of a pipeline that paints: keeps what it was told."""

    def __init__(self, error: Exception | None = None, **attributes: Any) -> None:
        self.told: list[dict[str, Any]] = []
        self._error = error
        vars(self).update(attributes)

    def _work(self, told: dict[str, Any]) -> Any:
        told.pop("self")
        self.told.append(told)
        if self._error is not None:
            raise self._error
        picture = Image.new("RGB", (64, 36), (200, 60, 20))  # small whatever was asked for
        return SimpleNamespace(images=[picture], frames=[[picture] * (told.get("num_frames") or 1)])


class StableDiffusionXLPipeline(Painted):
    def __call__(
        self,
        prompt: Any = None,
        height: int | None = None,
        width: int | None = None,
        num_inference_steps: int = 50,
        guidance_scale: float = 5.0,
        negative_prompt: Any = None,
        generator: Any = None,
    ) -> Any:
        return self._work(locals())


class StableDiffusionXLImg2ImgPipeline(Painted):
    def __call__(
        self,
        prompt: Any = None,
        image: Any = None,
        strength: float = 0.3,
        num_inference_steps: int = 50,
        guidance_scale: float = 5.0,
        negative_prompt: Any = None,
        generator: Any = None,
    ) -> Any:
        return self._work(locals())


class StableVideoDiffusionPipeline(Painted):
    def __call__(
        self,
        image: Any,
        height: int = 576,
        width: int = 1024,
        num_frames: int | None = None,
        fps: int = 7,
        motion_bucket_id: int = 127,
        decode_chunk_size: int | None = None,
        generator: Any = None,
        output_type: str = "pil",
    ) -> Any:
        return self._work(locals())


class WanImageToVideoPipeline(Painted):
    def __call__(
        self,
        image: Any,
        prompt: Any = None,
        negative_prompt: Any = None,
        height: int = 480,
        width: int = 832,
        num_frames: int = 81,
        num_inference_steps: int = 50,
        generator: Any = None,
        output_type: str = "np",
    ) -> Any:
        return self._work(locals())


class WanPipeline(Painted):
    def __call__(
        self,
        prompt: Any = None,
        height: int = 480,
        width: int = 832,
        num_frames: int = 81,
        generator: Any = None,
    ) -> Any:
        return self._work(locals())


class LTXImageToVideoPipeline(Painted):
    def __call__(
        self,
        image: Any = None,
        prompt: Any = None,
        height: int = 512,
        width: int = 704,
        num_frames: int = 161,
        frame_rate: int = 25,
        generator: Any = None,
    ) -> Any:
        return self._work(locals())


class CogVideoXImageToVideoPipeline(Painted):
    def __call__(
        self,
        image: Any,
        prompt: Any = None,
        height: int | None = None,
        width: int | None = None,
        num_frames: int = 49,
        generator: Any = None,
    ) -> Any:
        return self._work(locals())


def config(**fields: Any) -> SimpleNamespace:
    """Return a part of a pipeline that says something of itself."""
    return SimpleNamespace(config=SimpleNamespace(**fields))


def xl(error: Exception | None = None) -> StableDiffusionXLPipeline:
    unet = config(sample_size=128)
    return StableDiffusionXLPipeline(error, default_sample_size=128, vae_scale_factor=8, unet=unet)


def svd(error: Exception | None = None) -> StableVideoDiffusionPipeline:
    return StableVideoDiffusionPipeline(error, unet=config(num_frames=25, sample_size=96))


class FakeModels:
    """Models that are there: those given."""

    def __init__(self, *raws: Any) -> None:
        self.raws = raws

    def check(self, model: str) -> None:
        pass

    def camera_class(self, model: str) -> type:  # noqa: ARG002
        return type(self.raws[0])

    def painters(self, model: str) -> tuple[Pipeline, ...]:
        return tuple(self._pipeline(raw, model) for raw in self.raws)

    def camera(self, model: str) -> Pipeline:
        return self._pipeline(self.raws[0], model)

    @staticmethod
    def _pipeline(raw: Any, model: str) -> Pipeline:
        return Pipeline(raw, name=f"diffusers:{model}", seeded=lambda seed: f"seed {seed}")


def picture_request(width_px: int, height_px: int, **changes: Any) -> PictureRequest:
    fields: dict[str, Any] = {"prompt": "A neon street in the rain", "seed": 7, "style": STYLE}
    return PictureRequest(width_px=width_px, height_px=height_px, **fields | changes)


def clip_request(run: Run, index: int = 0, **changes: Any) -> ClipRequest:
    return replace(Shoot.of(run, FakeCamera()).slates.request(index), **changes)


def keyframed(request: ClipRequest, folder: Path) -> ClipRequest:
    """Return a request with a picture to start from."""
    Image.new("RGB", (160, 90), "teal").save(folder / "keyframe.png")
    return replace(request, keyframe=folder / "keyframe.png")


def painted(
    request: PictureRequest, target: Path, *raws: Any, model: str = "owner/xl"
) -> dict[str, Any]:
    """Have a picture painted, and return what the pipeline that worked was told."""
    DiffusersPainter(model, models=FakeModels(*raws)).paint(request, target)
    (told,) = [told for raw in raws for told in raw.told]
    return told


def filmed(
    run: Run,
    raw: Any,
    folder: Path,
    *,
    seconds: float = 4.0,
    model: str = "owner/i2v",
    **changes: Any,
) -> dict[str, Any]:
    """Have a clip filmed from a picture, and return what the pipeline was told."""
    frames = range(round(30 * seconds))
    request = keyframed(clip_request(run, frames=frames, **LANDSCAPE | changes), folder)
    DiffusersCamera(model, models=FakeModels(raw)).film(request, folder / "clip.mp4")
    told: dict[str, Any] = raw.told[-1]
    return told


def use_settings(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mvkit.toml").write_text(text)
    monkeypatch.setattr("mvkit.settings.SETTINGS_FILE", folder / "mvkit.toml")
    get_settings.cache_clear()


# Painting


def test_a_picture_is_painted_as_large_as_the_model_is_used_to_and_saved_as_wanted(
    tmp_path: Path,
) -> None:
    told = painted(picture_request(1280, 720), tmp_path / "a.png", xl())
    assert (told["width"], told["height"]) == (1344, 768)
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.size, picture.format) == ((1280, 720), "PNG")


def test_the_model_is_told_the_words_and_the_seed(tmp_path: Path) -> None:
    request = picture_request(64, 64, negative_prompt="blurry", seed=11)
    told = painted(request, tmp_path / "a.png", xl())
    assert (told["prompt"], told["negative_prompt"]) == (request.prompt, "blurry")
    assert told["generator"] == "seed 11"
    assert told["num_inference_steps"] == 50


def test_a_picture_with_references_is_painted_over_the_first(tmp_path: Path) -> None:
    for shade in ("red", "blue"):
        Image.new("RGB", (512, 512), shade).save(tmp_path / f"{shade}.png")
    request = picture_request(1280, 720, references=(tmp_path / "red.png", tmp_path / "blue.png"))
    told = painted(request, tmp_path / "a.png", xl(), StableDiffusionXLImg2ImgPipeline())
    assert told["image"].size == (1344, 768)
    assert told["image"].getpixel((0, 0)) == (255, 0, 0)
    assert 0 < told["strength"] < 1


def test_a_model_that_cannot_paint_over_pictures_paints_from_words(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "red.png")
    request = picture_request(64, 64, references=(tmp_path / "red.png",))
    assert "image" not in painted(request, tmp_path / "a.png", xl())


def test_a_model_made_for_few_steps_works_in_few(tmp_path: Path) -> None:
    told = painted(picture_request(64, 64), tmp_path / "a.png", xl(), model="stability/sdxl-turbo")
    assert (told["num_inference_steps"], told["guidance_scale"]) == (4, 0.0)


def test_the_users_settings_come_before_what_is_known_of_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "size_px = [640, 384]\narguments = { num_inference_steps = 1 }"
    use_settings(f'[models."diffusers:o/sdxl-turbo"]\n{table}', tmp_path, monkeypatch)
    told = painted(picture_request(64, 64), tmp_path / "a.png", xl(), model="o/sdxl-turbo")
    assert (told["num_inference_steps"], told["guidance_scale"]) == (1, 0.0)
    assert (told["width"], told["height"]) == (640, 384)


def test_over_a_picture_even_one_step_is_worked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the steps asked for, only the share that the strength leaves is worked."""
    arguments = "arguments = { num_inference_steps = 1 }"
    use_settings(f'[models."diffusers:o/xl"]\n{arguments}', tmp_path, monkeypatch)
    Image.new("RGB", (8, 8)).save(tmp_path / "red.png")
    request = picture_request(64, 64, references=(tmp_path / "red.png",))
    over = StableDiffusionXLImg2ImgPipeline()
    told = painted(request, tmp_path / "a.png", xl(), over, model="o/xl")
    assert int(told["num_inference_steps"] * told["strength"]) >= 1


@pytest.mark.parametrize(
    ("table", "named"), [("arguments = { stepz = 1 }", "stepz"), ("speed = 1", "speed")]
)
def test_settings_that_mean_nothing_to_a_model_are_named(
    table: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(f'[models."diffusers:o/xl"]\n{table}', tmp_path, monkeypatch)
    with pytest.raises(InvalidInput, match=f"MODEL: .*{named}"):
        painted(picture_request(64, 64), tmp_path / "a.png", xl(), model="o/xl")


def test_a_picture_that_was_blackened_is_not_delivered(tmp_path: Path) -> None:
    class Prude(StableDiffusionXLPipeline):
        def _work(self, _told: dict[str, Any]) -> Any:
            black = Image.new("RGB", (64, 64))
            return SimpleNamespace(images=[black], nsfw_content_detected=[True])

    painter = DiffusersPainter("owner/xl", models=FakeModels(Prude()))
    with pytest.raises(ProviderFailed, match="REFUSED") as caught:
        painter.paint(picture_request(64, 64), tmp_path / "a.png")
    assert not caught.value.retryable
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        MemoryError(),
    ],
)
def test_a_model_that_is_too_large_is_told_once_and_keeps_no_memory(
    error: Exception, tmp_path: Path
) -> None:
    painter = DiffusersPainter("owner/xl", models=FakeModels(xl(error)))
    with pytest.raises(ProviderFailed, match=r"OUT_OF_MEMORY: .*smaller model") as caught:
        painter.paint(picture_request(64, 64), tmp_path / "a.png")
    assert not caught.value.retryable
    assert caught.value.__context__ is None


def test_any_other_failure_of_a_pipeline_is_the_models(tmp_path: Path) -> None:
    painter = DiffusersPainter("owner/xl", models=FakeModels(xl(ValueError("bad sigma"))))
    with pytest.raises(ProviderFailed, match="owner/xl failed: ValueError: bad sigma") as caught:
        painter.paint(picture_request(64, 64), tmp_path / "a.png")
    assert not caught.value.retryable


def test_models_work_one_at_a_time(tmp_path: Path) -> None:
    working, most = [0], [0]

    class Slow(StableDiffusionXLPipeline):
        def _work(self, _told: dict[str, Any]) -> Any:
            working[0] += 1
            most[0] = max(most[0], working[0])
            threading.Event().wait(0.02)
            working[0] -= 1
            return SimpleNamespace(images=[Image.new("RGB", (64, 64))])

    painters = [DiffusersPainter("owner/xl", models=FakeModels(Slow())) for _ in range(3)]
    threads = [
        threading.Thread(
            target=painter.paint, args=(picture_request(64, 64), tmp_path / f"{n}.png")
        )
        for n, painter in enumerate(painters)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert len(list(tmp_path.glob("*.png"))) == 3


# Filming


def test_a_model_that_knows_no_words_is_told_only_what_it_takes(run: Run, tmp_path: Path) -> None:
    told = filmed(run, svd(), tmp_path, seconds=3.0)
    assert told["image"].size == (1024, 576)
    assert (told["width"], told["height"]) == (1024, 576)
    assert (told["num_frames"], told["fps"]) == (25, 7)
    assert (told["decode_chunk_size"], told["output_type"]) == (8, "pil")
    assert told["generator"].startswith("seed ")
    assert "prompt" not in told


def test_clips_have_the_shape_of_the_film(run: Run, tmp_path: Path) -> None:
    told = filmed(run, svd(), tmp_path, **PORTRAIT)
    assert (told["width"], told["height"]) == (576, 1024)
    assert told["image"].size == (576, 1024)


@pytest.mark.parametrize(("seconds", "fps"), [(3.0, 7), (4.0, 6), (5.0, 5), (8.0, 5)])
def test_a_model_of_one_length_spreads_its_frames_over_the_clip_as_far_as_it_can(
    seconds: float, fps: int, run: Run, tmp_path: Path
) -> None:
    told = filmed(run, svd(), tmp_path, seconds=seconds)
    assert (told["num_frames"], told["fps"]) == (25, fps)
    with av.open(str(tmp_path / "clip.mp4")) as file:
        assert file.streams.video[0].average_rate == fps


def test_a_standing_camera_is_told_to_move_less(run: Run, tmp_path: Path) -> None:
    script = clip_request(run).script
    motion = []
    for move in ("static", "orbit"):
        shots = tuple(shot.model_copy(update={"move": move}) for shot in script.shots)
        still = script.model_copy(update={"shots": shots})
        motion.append(filmed(run, svd(), tmp_path, script=still)["motion_bucket_id"])
    assert motion[0] < motion[1] == 127


@pytest.mark.parametrize(("seconds", "n_frames"), [(3.0, 49), (4.0, 65), (5.0, 81), (8.0, 81)])
def test_a_model_of_any_length_films_what_is_needed_up_to_its_longest(
    seconds: float, n_frames: int, run: Run, tmp_path: Path
) -> None:
    raw = WanImageToVideoPipeline(vae_scale_factor_temporal=4, transformer=config())
    told = filmed(run, raw, tmp_path, seconds=seconds)
    assert told["num_frames"] == n_frames
    assert (told["width"], told["height"]) == (832, 480)
    assert told["prompt"] == clip_request(run).prompt.prompt
    with av.open(str(tmp_path / "clip.mp4")) as file:
        assert file.streams.video[0].average_rate == 16


def test_a_model_that_is_told_its_rate_films_at_its_own(run: Run, tmp_path: Path) -> None:
    raw = LTXImageToVideoPipeline(vae_temporal_compression_ratio=8, transformer=config())
    told = filmed(run, raw, tmp_path, seconds=8.0)
    assert (told["num_frames"], told["frame_rate"]) == (201, 25)
    assert (told["width"], told["height"]) == (800, 448)


def test_a_model_that_has_learnt_its_places_films_in_its_one_size(run: Run, tmp_path: Path) -> None:
    transformer = config(
        sample_width=90,
        sample_height=60,
        sample_frames=49,
        use_learned_positional_embeddings=True,
    )
    raw = CogVideoXImageToVideoPipeline(
        vae_scale_factor_spatial=8, vae_scale_factor_temporal=4, transformer=transformer
    )
    told = filmed(run, raw, tmp_path, **PORTRAIT)
    assert (told["width"], told["height"], told["num_frames"]) == (720, 480, 49)


def test_a_model_that_starts_from_words_needs_no_picture(run: Run, tmp_path: Path) -> None:
    camera = DiffusersCamera("owner/t2v", models=FakeModels(WanPipeline()))
    assert (camera.wants_keyframe, camera.goes_on) == (False, False)
    request = clip_request(run, keyframe=None)
    assert camera.film(request, tmp_path / "clip.mp4").model == "diffusers:owner/t2v"


def test_a_model_that_starts_from_a_picture_says_so_where_there_is_none(
    run: Run, tmp_path: Path
) -> None:
    camera = DiffusersCamera("owner/i2v", models=FakeModels(svd()))
    assert (camera.wants_keyframe, camera.goes_on) == (True, True)
    with pytest.raises(ProviderFailed, match="NO_PICTURE") as caught:
        camera.film(clip_request(run, keyframe=None), tmp_path / "clip.mp4")
    assert not caught.value.retryable


def test_a_model_that_paints_does_not_film(run: Run) -> None:
    with pytest.raises(InvalidInput, match=r"UNKNOWN_MODEL: .*does not film"):
        _ = DiffusersCamera("owner/xl", models=FakeModels(xl())).wants_keyframe


def test_a_clip_is_painted_filmed_and_fitted_into_the_film(run: Run) -> None:
    painter = DiffusersPainter("owner/xl", models=FakeModels(xl()))
    camera = DiffusersCamera("owner/i2v", models=FakeModels(svd()))
    clip = Shoot.of(with_pictures(run), camera, keyframes=Keyframes(painter)).film(0)
    assert (clip.status, clip.error, clip.cost) == ("success", "", 0)
    assert clip.keyframe_url == "clips/000.keyframe.png"
    film = run.path(clip.video_url)
    assert is_final_form(film, n_frames=clip.n_frames, width_px=320, height_px=180)


@pytest.mark.parametrize("kind", ["pillow", "floats", "bytes"])
def test_frames_keep_their_colours_on_the_way_into_the_film(
    kind: str, run: Run, tmp_path: Path
) -> None:
    pixels = np.full((91, 161, 3), (200, 60, 20), np.uint8)  # odd sides are cut
    frame = {"pillow": Image.fromarray(pixels), "floats": pixels / 255, "bytes": pixels}[kind]
    write_reel([frame] * 8, tmp_path / "reel.mp4", fps=8)
    size = {"width_px": 320, "height_px": 180}
    done = fit(tmp_path / "reel.mp4", tmp_path / "film.mp4", n_frames=30, **size)
    assert (done.delivered_s, done.how) == (pytest.approx(1.0), "exact")
    picture = av.VideoFrame.from_ndarray(next(read_frames(tmp_path / "film.mp4")), "yuv420p")
    picture.colorspace, picture.color_range = 1, 1
    assert np.allclose(picture.to_ndarray(format="rgb24").mean((0, 1)), (200, 60, 20), atol=4)


def test_a_film_without_frames_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed, match="NO_PICTURE"):
        write_reel([], tmp_path / "reel.mp4", fps=8)
    assert list(tmp_path.glob("*reel*")) == []


# What is known of models


@pytest.mark.parametrize(
    ("model", "pipeline", "fps"),
    [
        ("THUDM/CogVideoX-5b-I2V", "CogVideoXImageToVideoPipeline", 8),
        ("THUDM/CogVideoX1.5-5B-I2V", "CogVideoXImageToVideoPipeline", 16),
        ("Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", "WanImageToVideoPipeline", 16),
        ("Wan-AI/Wan2.2-TI2V-5B-Diffusers", "WanImageToVideoPipeline", 24),
        ("hunyuanvideo-community/HunyuanVideo-I2V", "HunyuanVideoImageToVideoPipeline", 24),
        ("lllyasviel/FramePackI2V_HY", "HunyuanVideoFramepackPipeline", 30),
        ("nobody/knows", "UnheardOfPipeline", None),
    ],
)
def test_rates_that_pipelines_do_not_say_are_known(
    model: str, pipeline: str, fps: float | None
) -> None:
    assert habits_of(model, pipeline).fps == fps


def test_the_folder_a_model_lies_in_does_not_decide_what_it_is() -> None:
    assert habits_of("/models/turbo/plain-xl/", "StableDiffusionXLPipeline").arguments == {}


# Loading


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda package: None if package == "torch" else 1)
    for model in (DiffusersPainter, DiffusersCamera):
        with pytest.raises(InvalidInput, match=r"NO_PACKAGE: .*torch.*requirements-local-gpu\.txt"):
            model("owner/name")


@pytest.mark.parametrize(
    ("model", "reason"),
    [("", "NO_MODEL"), ("owner/never-heard-of", "NO_WEIGHTS"), ("/no/such/folder", "NO_WEIGHTS")],
)
def test_a_model_that_is_not_here_is_told_in_one_sentence(
    model: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(InvalidInput, match=f"{reason}: .*{model}"):
        find_folder(model)


def test_a_model_is_loaded_once_and_leaves_before_another_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[str] = []
    held: list[weakref.ref[Pipeline]] = []

    def load(model: str) -> tuple[Pipeline, ...]:
        assert all(before() is None for before in held)
        loaded.append(model)
        pipelines = FakeModels(xl()).painters(model)
        held.append(weakref.ref(pipelines[0]))
        return pipelines

    monkeypatch.setattr(loading, "_load_painters", load)
    monkeypatch.setattr(loading.gc, "collect", lambda: 0)  # slow, and of no use to what is here
    models = LocalModels()
    for model in ("a", "a", "b", "a"):
        models.painters(model)
    assert loaded == ["a", "b", "a"]


class FakeWeights:
    """A module of torch, of so many bytes."""

    def __init__(self, n_bytes: int) -> None:
        self.device = SimpleNamespace(type="cpu")
        self.numel = lambda: n_bytes
        self.element_size = lambda: 1

    def parameters(self) -> list[FakeWeights]:
        return [self]


class FakePipe:
    """A pipeline to be brought somewhere."""

    def __init__(self, n_bytes: int) -> None:
        self.components = {"unet": FakeWeights(n_bytes), "scheduler": None}
        self.device = ""

    def to(self, device: str) -> None:
        self.device = device

    def enable_model_cpu_offload(self) -> None:
        self.device = "a part at a time"


def fake_torch(*, cuda: bool = True, mps: bool = False, wide: bool = True) -> Any:
    return SimpleNamespace(
        cuda=SimpleNamespace(
            is_available=lambda: cuda,
            is_bf16_supported=lambda: wide,
            mem_get_info=lambda: (10_000, 24_000),
        ),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps)),
        nn=SimpleNamespace(Module=FakeWeights),
        float32="float32",
        float16="float16",
        bfloat16="bfloat16",
    )


@pytest.mark.parametrize(
    ("n_bytes", "machine", "where"),
    [
        (5_000, fake_torch(), "cuda"),
        (9_000, fake_torch(), "a part at a time"),
        (9_000, fake_torch(cuda=False), "cpu"),
        (9_000, fake_torch(cuda=False, mps=True), "mps"),
    ],
)
def test_a_model_goes_to_the_device_or_by_parts_where_memory_is_short(
    n_bytes: int, machine: Any, where: str
) -> None:
    pipe = FakePipe(n_bytes)
    place(pipe, torch=machine)
    assert pipe.device == where


@pytest.mark.parametrize(
    ("machine", "has_transformer", "dtype"),
    [
        (fake_torch(), False, "float16"),
        (fake_torch(), True, "bfloat16"),
        (fake_torch(wide=False), True, "float16"),
        (fake_torch(cuda=False), True, "float32"),
        (fake_torch(cuda=False, mps=True), False, "float16"),
    ],
)
def test_models_work_in_the_numbers_their_device_is_fast_in(
    machine: Any, has_transformer: bool, dtype: str
) -> None:
    assert best_dtype(machine, has_transformer=has_transformer) == dtype
