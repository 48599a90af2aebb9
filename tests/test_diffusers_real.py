"""Models of diffusers are loaded, paint and film for real: tiny ones, made and saved here.

They have a few channels and no training, so what they paint is noise; all else is as it is with
large ones. The library is an extra: without it, these tests are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from mvkit.clips import Keyframes, Shoot
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.footage import is_final_form
from mvkit.providers.diffusers import DiffusersCamera, DiffusersPainter
from mvkit.providers.diffusers.loading import LocalModels
from mvkit.run import Run
from mvkit.schema import References
from mvkit.settings import get_settings

from .test_clips import run
from .test_diffusers import clip_request, keyframed, picture_request

__all__ = ["run"]

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")
transformers = pytest.importorskip("transformers")

pytestmark = [
    # What these packages warn each other of.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

SIDE_PX = 64
"""Of what the tiny models paint where they are told nothing."""


def tokenizer() -> Any:
    """Return CLIP's tokenizer with a vocabulary of single letters."""
    letters = [chr(code) for code in range(33, 127)]
    tokens = [
        *letters,
        *(f"{letter}</w>" for letter in letters),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    return transformers.CLIPTokenizer(
        vocab={token: number for number, token in enumerate(tokens)},
        merges=[],
        model_max_length=77,
    )


def text_config() -> Any:
    n_tokens = len(tokenizer())
    return transformers.CLIPTextConfig(
        vocab_size=n_tokens,
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        projection_dim=32,
        bos_token_id=n_tokens - 2,
        eos_token_id=n_tokens - 1,
        pad_token_id=n_tokens - 1,
    )


def vision_config() -> Any:
    return transformers.CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=4,
        projection_dim=32,
        image_size=224,
        patch_size=32,
    )


def image_vae() -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(16, 32),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=8,
    )


def image_unet(**changes: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        block_out_channels=(16, 32),
        layers_per_block=1,
        sample_size=SIDE_PX // 2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        norm_num_groups=8,
        **changes,
    )


def stable_diffusion(*, safety_checker: Any = None) -> Any:
    return diffusers.StableDiffusionPipeline(
        vae=image_vae(),
        text_encoder=transformers.CLIPTextModel(text_config()),
        tokenizer=tokenizer(),
        unet=image_unet(cross_attention_dim=32),
        scheduler=diffusers.EulerDiscreteScheduler(),
        safety_checker=safety_checker,
        feature_extractor=transformers.CLIPImageProcessor() if safety_checker else None,
        requires_safety_checker=safety_checker is not None,
    )


def stable_diffusion_xl() -> Any:
    return diffusers.StableDiffusionXLPipeline(
        vae=image_vae(),
        text_encoder=transformers.CLIPTextModel(text_config()),
        text_encoder_2=transformers.CLIPTextModelWithProjection(text_config()),
        tokenizer=tokenizer(),
        tokenizer_2=tokenizer(),
        unet=image_unet(
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 32,
        ),
        scheduler=diffusers.EulerAncestralDiscreteScheduler(timestep_spacing="trailing"),
    )


def stable_video_diffusion() -> Any:
    return diffusers.StableVideoDiffusionPipeline(
        vae=diffusers.AutoencoderKLTemporalDecoder(
            block_out_channels=(32, 32),
            down_block_types=("DownEncoderBlock2D",) * 2,
            latent_channels=4,
        ),
        image_encoder=transformers.CLIPVisionModelWithProjection(vision_config()),
        unet=diffusers.UNetSpatioTemporalConditionModel(
            block_out_channels=(32, 32),
            layers_per_block=1,
            sample_size=SIDE_PX // 2,
            down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
            up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
            cross_attention_dim=32,
            num_attention_heads=2,
            addition_time_embed_dim=32,
            projection_class_embeddings_input_dim=96,
            num_frames=22,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            prediction_type="v_prediction",
            interpolation_type="linear",
            timestep_type="continuous",
            use_karras_sigmas=True,
            sigma_min=0.002,
            sigma_max=700.0,
        ),
        feature_extractor=transformers.CLIPImageProcessor(),
    )


def ltx() -> Any:
    """Return a pipeline that its index calls one from words; it can start from pictures too."""
    letters = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -1.0)]
    letters += [(chr(code), -2.0) for code in range(33, 127)]
    return diffusers.LTXPipeline(
        tokenizer=transformers.T5Tokenizer(vocab=letters, extra_ids=0),
        text_encoder=transformers.T5EncoderModel(
            transformers.T5Config(
                vocab_size=len(letters), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4
            )
        ),
        transformer=diffusers.LTXVideoTransformer3DModel(
            in_channels=8,
            out_channels=8,
            num_attention_heads=4,
            attention_head_dim=8,
            cross_attention_dim=32,
            num_layers=1,
            caption_channels=32,
        ),
        vae=diffusers.AutoencoderKLLTXVideo(
            latent_channels=8,
            block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 8, 8, 8),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1, 1),
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
    )


def save(pipeline: Any, folder: Path, **options: Any) -> str:
    """Save a pipeline as models are published, and return its name."""
    pipeline.save_pretrained(folder, **options)
    return str(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def xl_turbo(folder: Path) -> str:
    return save(stable_diffusion_xl(), folder / "tiny-sdxl-turbo")


@pytest.fixture(scope="module")
def svd(folder: Path) -> str:
    return save(stable_video_diffusion(), folder / "tiny-svd")


@pytest.fixture
def models() -> LocalModels:
    return LocalModels()


@pytest.fixture
def small_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, svd: str) -> None:
    """Have the model that films work small and in two steps, as a user would."""
    settings = tmp_path / "mvkit.toml"
    settings.write_text(
        f'[models."diffusers:{svd}"]\nsize_px = [128, 64]\n'
        "arguments = { num_inference_steps = 2 }\n"
    )
    monkeypatch.setattr("mvkit.settings.SETTINGS_FILE", settings)
    get_settings.cache_clear()


def pixels_in(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_a_model_paints_a_picture_of_the_size_that_is_wanted(
    xl_turbo: str, models: LocalModels, tmp_path: Path
) -> None:
    painter = DiffusersPainter(xl_turbo, models=models)
    delivery = painter.paint(picture_request(96, 64), tmp_path / "a.png")
    assert delivery.model == painter.name == f"diffusers:{xl_turbo}"
    assert pixels_in(tmp_path / "a.png").shape == (64, 96, 3)
    assert pixels_in(tmp_path / "a.png").std() > 1


def test_the_same_seed_paints_the_same_picture_and_another_another(
    xl_turbo: str, models: LocalModels, tmp_path: Path
) -> None:
    painter = DiffusersPainter(xl_turbo, models=models)
    for name, seed in (("a", 1), ("again", 1), ("b", 2)):
        painter.paint(picture_request(64, 64, seed=seed), tmp_path / f"{name}.png")
    first, again, other = (pixels_in(tmp_path / f"{name}.png") for name in ("a", "again", "b"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_picture_is_painted_over_its_reference_with_the_same_weights(
    xl_turbo: str, models: LocalModels, tmp_path: Path
) -> None:
    from_words, over_picture = models.painters(xl_turbo)
    assert over_picture.class_name == "StableDiffusionXLImg2ImgPipeline"
    assert over_picture.attribute("unet") is from_words.attribute("unet")
    painter = DiffusersPainter(xl_turbo, models=models)
    for shade in ("black", "white"):
        Image.new("RGB", (80, 80), shade).save(tmp_path / f"{shade}.png")
        request = picture_request(64, 64, references=(tmp_path / f"{shade}.png",))
        painter.paint(request, tmp_path / f"over_{shade}.png")
    over_black, over_white = (pixels_in(tmp_path / f"over_{s}.png") for s in ("black", "white"))
    assert not np.array_equal(over_black, over_white)


def test_a_picture_that_the_model_holds_for_indecent_is_a_failure(
    folder: Path, models: LocalModels, tmp_path: Path
) -> None:
    """The checker is made to find something in every picture."""
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

    config = transformers.CLIPConfig(
        text_config=text_config().to_dict(), vision_config=vision_config().to_dict()
    )
    checker = StableDiffusionSafetyChecker(config)
    checker.concept_embeds_weights.data.fill_(-2.0)
    model = save(stable_diffusion(safety_checker=checker), folder / "prude")
    with pytest.raises(ProviderFailed, match="REFUSED") as caught:
        DiffusersPainter(model, models=models).paint(picture_request(64, 64), tmp_path / "a.png")
    assert not caught.value.retryable
    assert not (tmp_path / "a.png").exists()


@pytest.mark.usefixtures("small_work")
def test_a_picture_comes_to_life(run: Run, svd: str, models: LocalModels, tmp_path: Path) -> None:
    camera = DiffusersCamera(svd, models=models)
    assert camera.wants_keyframe
    camera.film(keyframed(clip_request(run), tmp_path), tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as file:
        stream = file.streams.video[0]
        frames = list(file.decode(stream))
    assert (len(frames), stream.average_rate) == (22, 5)
    assert (frames[0].width, frames[0].height) == (128, 64)


def test_what_a_camera_starts_from_is_known_before_its_weights_are_loaded(
    svd: str, folder: Path, models: LocalModels, tmp_path: Path
) -> None:
    for name in ("StableVideoDiffusionPipeline", "WanPipeline"):
        bare = tmp_path / name
        bare.mkdir()
        (bare / "model_index.json").write_text(json.dumps({"_class_name": name}))
    pictured, worded = (
        DiffusersCamera(str(tmp_path / name), models=models).wants_keyframe
        for name in ("StableVideoDiffusionPipeline", "WanPipeline")
    )
    assert (pictured, worded) == (True, False)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ({"_class_name": "LTXPipeline"}, "LTXImageToVideoPipeline"),
        ({"_class_name": "WanPipeline"}, "WanPipeline"),
        ({"_class_name": "WanPipeline", "expand_timesteps": True}, "WanImageToVideoPipeline"),
        ({"_class_name": "CogVideoXImageToVideoPipeline"}, "CogVideoXImageToVideoPipeline"),
    ],
)
def test_a_model_that_can_start_from_pictures_does(
    index: dict[str, Any], expected: str, models: LocalModels, tmp_path: Path
) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    assert models.camera_class(str(tmp_path)).__name__ == expected


def test_a_model_that_films_from_words_and_pictures_gets_both(
    run: Run, folder: Path, models: LocalModels, tmp_path: Path
) -> None:
    """Two sizes smaller than the model is used to, and one second long: 25 frames."""
    model = save(ltx(), folder / "tiny-ltx-distilled")
    pipeline = models.camera(model)
    assert pipeline.class_name == "LTXImageToVideoPipeline"
    camera = DiffusersCamera(model, models=_Small(models))
    assert camera.wants_keyframe
    request = keyframed(clip_request(run), tmp_path)
    camera.film(request, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as file:
        n_frames = sum(1 for _ in file.decode(video=0))
        assert file.streams.video[0].average_rate == 25
    assert n_frames % 8 == 1
    assert n_frames >= len(request.frames) * 25 / 30


class _Small:
    """Models that believe to be used to small pictures."""

    def __init__(self, models: LocalModels) -> None:
        self._models = models

    def __getattr__(self, name: str) -> Any:
        return getattr(self._models, name)

    def camera(self, model: str) -> Any:
        pipeline = self._models.camera(model)
        pipeline.default = lambda name: {"width": 64, "height": 64, "frame_rate": 25}.get(  # type: ignore[method-assign]
            name, type(pipeline).default(pipeline, name)
        )
        return pipeline


@pytest.mark.usefixtures("small_work")
def test_a_clip_is_painted_filmed_and_fitted_into_the_film(
    run: Run, xl_turbo: str, svd: str, models: LocalModels
) -> None:
    for picture in run.read(References).pictures:
        Image.new("RGB", (64, 64), "teal").save(run.path(picture.image_url))
    painter = DiffusersPainter(xl_turbo, models=models)
    shoot = Shoot.of(run, DiffusersCamera(svd, models=models), keyframes=Keyframes(painter))
    clip = shoot.film(1)
    assert (clip.status, clip.error, clip.notes) == ("success", "", ())
    assert clip.keyframe_url == "clips/001.keyframe.png"
    assert clip.cost == 0
    film = run.path(clip.video_url)
    assert is_final_form(film, n_frames=clip.n_frames, width_px=320, height_px=180)
    assert clip.model == f"diffusers:{svd}"


def test_models_are_loaded_once_and_shared(xl_turbo: str, models: LocalModels) -> None:
    assert models.painters(xl_turbo) is models.painters(xl_turbo)


def test_weights_in_half_precision_are_read_where_there_are_no_others(
    folder: Path, models: LocalModels, tmp_path: Path
) -> None:
    model = save(stable_diffusion(), folder / "half", variant="fp16")
    (from_words, _) = models.painters(model)
    assert from_words.attribute("unet", "dtype") == torch.float32  # there is no card here
    DiffusersPainter(model, models=models).paint(picture_request(64, 64), tmp_path / "a.png")
    assert pixels_in(tmp_path / "a.png").shape == (64, 64, 3)


def test_weights_that_could_be_programs_are_not_read(folder: Path, models: LocalModels) -> None:
    model = save(stable_diffusion(), folder / "pickled", safe_serialization=False)
    with pytest.raises(InvalidInput, match="safetensors"):
        models.painters(model)


def test_a_model_whose_weights_are_missing_says_so(
    folder: Path, models: LocalModels, tmp_path: Path
) -> None:
    model = save(stable_diffusion(), folder / "broken")
    for weights in (folder / "broken" / "unet").glob("*.safetensors"):
        weights.unlink()
    with pytest.raises(InvalidInput, match=r"NO_WEIGHTS: .*download it again"):
        models.painters(model)


def test_a_model_that_films_paints_no_pictures(svd: str, models: LocalModels) -> None:
    with pytest.raises(InvalidInput, match=r"NO_WEIGHTS: .*StableVideoDiffusionPipeline"):
        models.painters(svd)


def test_a_model_that_paints_does_not_film(xl_turbo: str, models: LocalModels) -> None:
    with pytest.raises(InvalidInput, match=r"UNKNOWN_MODEL: .*does not film"):
        _ = DiffusersCamera(xl_turbo, models=models).wants_keyframe


def test_a_pipeline_that_the_library_does_not_know_is_named(
    models: LocalModels, tmp_path: Path
) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "FuturePipeline"}))
    with pytest.raises(InvalidInput, match=r"UNKNOWN_MODEL: .*FuturePipeline"):
        models.camera_class(str(tmp_path))


def test_a_downloaded_model_is_found_by_its_name(
    models: LocalModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is laid out as Hugging Face's client does."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--owner--name"
    snapshot = repository / "snapshots" / ("0" * 40)
    for folder in (snapshot, repository / "refs"):
        folder.mkdir(parents=True)
    (repository / "refs/main").write_text("0" * 40)
    (snapshot / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))
    assert models.camera_class("owner/name").__name__ == "WanPipeline"
    with pytest.raises(InvalidInput, match="hf download owner/other"):
        models.check("owner/other")


def test_the_library_is_not_imported_before_it_is_used() -> None:
    """In a process of its own, since here it has been."""
    program = (
        "import sys, mvkit.providers.diffusers as ours; ours.check_installed(); "
        "print({'torch', 'diffusers', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
