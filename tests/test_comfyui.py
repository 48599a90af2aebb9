"""Pictures and clips by ComfyUI: through our own client, to a server that speaks its API.

`tests.comfy_service` explains what that server does.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from mvkit.clips import Keyframes, Shoot
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.footage import is_final_form
from mvkit.providers.base import ClipRequest, PictureRequest, deliver
from mvkit.providers.comfyui import Camera, Painter, camera, check_server, painter
from mvkit.providers.comfyui import following as following_module
from mvkit.providers.comfyui.following import Patience
from mvkit.providers.comfyui.workflows import BUNDLED, load_workflow, n_frames_for, size_of
from mvkit.run import Run
from mvkit.schema import Analysis, Artefact, Plan, Prompts

from .comfy_service import CHECKPOINTS, NODES, ComfyService, comfy_service
from .test_clips import record_of, run

__all__ = ["run"]

MP4_WORKFLOW = {
    "a": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": CHECKPOINTS[0]}},
    "b": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "{prompt}, in motion, seed {seed}", "clip": ["a", 1]},
        "_meta": {"title": "{prompt}"},
    },
    "c": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": "{width}", "height": "{height}", "batch_size": "{n_frames}"},
    },
    "d": {
        "class_type": "KSampler",
        "inputs": {
            **{"model": ["a", 0], "positive": ["b", 0], "negative": ["b", 0]},
            **{"latent_image": ["c", 0], "seed": "{seed}", "steps": 4, "cfg": 1.0},
            **{"sampler_name": "euler", "scheduler": "simple", "denoise": 1.0},
        },
    },
    "e": {"class_type": "VAEDecode", "inputs": {"samples": ["d", 0], "vae": ["a", 2]}},
    "f": {
        "class_type": "VHS_VideoCombine",
        "inputs": {"images": ["e", 0], "filename_prefix": "mine", "frame_rate": "{fps}"},
    },
    "g": {"class_type": "PreviewImage", "inputs": {"images": ["e", 0]}},
}
"""A workflow as a user may have it: films from words, with a node that is not ComfyUI's own."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ComfyService]:
    monkeypatch.setattr(following_module, "PAUSES_S", (0.0,))
    with comfy_service() as service:
        monkeypatch.setenv("COMFYUI_URL", service.url)
        yield service


@pytest.fixture
def filming(examples: dict[str, Artefact], tmp_path: Path) -> ClipRequest:
    """A clip of four seconds, from a picture."""
    plan, prompts = cast("Plan", examples["plan"]), cast("Prompts", examples["prompts"])
    start = tmp_path / "start.png"
    Image.new("RGB", (64, 36), "navy").save(start)
    return ClipRequest(
        prompt=prompts.clip_prompts[0],
        script=plan.clip_scripts[0],
        scene=plan.scenes[0],
        characters=plan.characters,
        style=plan.style,
        analysis=cast("Analysis", examples["analysis"]),
        frames=range(120),
        handover_frames=(),
        width_px=1920,
        height_px=1080,
        keyframe=start,
    )


@pytest.fixture
def painting(filming: ClipRequest) -> PictureRequest:
    return PictureRequest(
        prompt="A neon street in the rain, {seed} of {anything}.",
        negative_prompt="daylight",
        width_px=1920,
        height_px=1080,
        seed=7,
        style=filming.style,
    )


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Any], str]:
    """Save a workflow; returns its name as a model."""

    def save(nodes: Any) -> str:
        path = tmp_path / "my workflow.json"
        path.write_text(nodes if isinstance(nodes, str) else json.dumps(nodes))
        return str(path)

    return save


def changed(number: str, **inputs: Any) -> dict[str, Any]:
    """Return the user's workflow with other inputs of a node."""
    node = MP4_WORKFLOW[number]
    return {**MP4_WORKFLOW, number: {**node, "inputs": {**node["inputs"], **inputs}}}


def inputs_of(workflow: Mapping[str, Any], class_type: str) -> dict[str, Any]:
    """Return the inputs of a workflow's first node of a kind."""
    found = [node for node in workflow.values() if node["class_type"] == class_type]
    return dict(found[0]["inputs"])


def patient(model: str = "wan", **seconds: float) -> Camera:
    """Return a camera that waits for so long."""
    most = {"work_s": 20.0, "queue_s": 20.0, "silent_s": 20.0, **seconds}
    return Camera(load_workflow(model, role="video"), patience=Patience(**most))


# What is made


def test_a_picture_is_asked_for_in_the_shape_of_the_film_and_saved_as_png(
    service: ComfyService, painting: PictureRequest, tmp_path: Path
) -> None:
    target = tmp_path / "picture.png"
    delivery = painter("").paint(painting, target)
    with Image.open(target) as picture:
        assert (picture.format, picture.size) == ("PNG", (1376, 768))
        assert picture.getpixel((0, 0)) == (7, 120, 40)
    assert (delivery.model, delivery.cost_usd) == ("comfyui:sdxl", 0)
    assert delivery.provider_id in service.jobs
    (workflow,) = service.workflows
    assert inputs_of(workflow, "KSampler")["seed"] == 7
    texts = [node["inputs"]["text"] for node in (workflow["2"], workflow["3"])]
    assert texts == [painting.prompt, "daylight"]


def test_equal_wishes_are_saved_under_names_of_their_own(
    service: ComfyService, painting: PictureRequest, tmp_path: Path
) -> None:
    """A server that has made the same before would do nothing, and might tell of no file."""
    for _ in range(2):
        painter("sdxl@128").paint(painting, tmp_path / "picture.png")
    names = {inputs_of(each, "SaveImage")["filename_prefix"] for each in service.workflows}
    assert len(names) == 2
    assert all(name.startswith("mvkit/") for name in names)


def test_what_is_only_to_be_looked_at_is_not_taken_for_the_picture(
    service: ComfyService, painting: PictureRequest, save: Callable[[Any], str], tmp_path: Path
) -> None:
    nodes = dict(load_workflow("sdxl", role="image").nodes)
    preview = {"class_type": "PreviewImage", "inputs": {"images": ["6", 0]}}
    painter(save(nodes | {"8": preview}) + "@128").paint(painting, tmp_path / "picture.png")
    (viewed,) = service.calls("GET", "/view")
    assert viewed.content["type"] == "output"


@pytest.mark.parametrize("model", ["wan", "svd"])
def test_a_clip_starts_from_its_picture(
    service: ComfyService, filming: ClipRequest, tmp_path: Path, model: str
) -> None:
    target = tmp_path / "000.source.mp4"
    made = camera(model)
    assert made.wants_keyframe
    assert made.goes_on
    delivery = made.film(filming, target)
    assert delivery.model == f"comfyui:{model}"
    assert target.read_bytes()[:4] == b"\x1aE\xdf\xa3"
    ((name, content),) = service.uploads.items()
    assert filming.keyframe is not None
    assert content == filming.keyframe.read_bytes()
    assert inputs_of(service.workflows[0], "LoadImage")["image"] == name


def test_a_clip_is_as_long_as_it_has_to_be(
    service: ComfyService, filming: ClipRequest, tmp_path: Path
) -> None:
    """Four seconds are needed, at the 24 pictures a second that the workflow saves."""
    camera("wan@640").film(filming, tmp_path / "clip.mp4")
    latent = inputs_of(service.workflows[0], "Wan22ImageToVideoLatent")
    assert (latent["length"], latent["width"], latent["height"]) == (97, 864, 480)


def test_a_whole_clip_is_filmed_from_a_keyframe_and_fitted(service: ComfyService, run: Run) -> None:
    clip = Shoot.of(run, camera("svd"), keyframes=Keyframes(painter("sdxl@256"))).film(0)
    assert (clip.status, clip.fit, clip.notes) == ("success", "looped", ())
    assert (clip.model, clip.cost) == ("comfyui:svd", 0.0)
    assert clip.keyframe_url == "clips/000.keyframe.png"
    assert (run.folder / clip.keyframe_url).read_bytes() in service.uploads.values()
    size = {"width_px": 320, "height_px": 180}
    assert is_final_form(run.folder / clip.video_url, n_frames=clip.n_frames, **size)
    assert record_of(run, 0) == clip


# Workflows of users


def test_a_workflow_of_the_users_own_is_filled_and_its_clip_taken(
    service: ComfyService, filming: ClipRequest, save: Callable[[Any], str], tmp_path: Path
) -> None:
    made = camera(save(MP4_WORKFLOW))
    assert not made.wants_keyframe
    made.film(replace(filming, keyframe=None), tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes()[4:8] == b"ftyp"
    (workflow,) = service.workflows
    prompt = filming.prompt
    assert workflow["b"]["inputs"]["text"] == f"{prompt.prompt}, in motion, seed {prompt.seed}"
    assert workflow["c"]["inputs"] == {"width": 1024, "height": 576, "batch_size": 65}
    assert workflow["f"]["inputs"]["frame_rate"] == 16
    assert workflow["b"]["_meta"] == {"title": "{prompt}"}
    assert service.uploads == {}


def test_pictures_are_counted_at_the_rate_a_workflow_sets_itself(
    save: Callable[[Any], str],
) -> None:
    assert load_workflow(save(MP4_WORKFLOW), role="video").fps == 16
    assert load_workflow(save(changed("f", frame_rate=24)), role="video").fps == 24


@pytest.mark.parametrize(
    ("needed_s", "fps", "n_frames"), [(5.0, 16, 81), (9.0, 16, 81), (5.0, 24, 121), (0.5, 16, 9)]
)
def test_clips_have_as_many_pictures_as_models_can_make(
    needed_s: float, fps: float, n_frames: int
) -> None:
    assert n_frames_for(needed_s, fps=fps) == n_frames


@pytest.mark.parametrize(
    ("film_px", "size"), [((1920, 1080), (1024, 576)), ((1080, 1920), (576, 1024))]
)
def test_pictures_have_the_pixels_a_workflow_likes_in_the_shape_of_the_film(
    film_px: tuple[int, int], size: tuple[int, int]
) -> None:
    workflow = load_workflow("svd", role="video")
    assert size_of(workflow, width_px=film_px[0], height_px=film_px[1]) == size


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        (changed("b", text="a cat"), r"no \{prompt\} or \{start_image\} among its inputs"),
        (changed("c", width="{breadth}"), r"asks for \{breadth\}.*known are .*\{width\}"),
        ({"nodes": [], "links": []}, "format of ComfyUI's own page"),
        ({"1": {"inputs": {}}}, "nodes with a class_type and inputs"),
        ([1, 2], "nodes with a class_type and inputs"),
        ("root:x:0:0", "it is not JSON"),
    ],
)
def test_workflows_that_cannot_be_used_are_refused_with_a_reason(
    nodes: Any, why: str, save: Callable[[Any], str]
) -> None:
    with pytest.raises(InvalidInput, match=why) as told:
        camera(save(nodes))
    assert ":0:0" not in told.value.message


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("svd", "expected comfyui:sdxl, or the path of a .json file"),
        ("sdxl@64", "side of 64 pixels; expected 128 to 4096"),
        ("my.json", "from the root on"),
        ("/nowhere/my.json", r"cannot be read \(No such file"),
    ],
)
def test_names_that_are_no_workflow_are_refused(model: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        painter(model)


def test_a_workflow_for_clips_does_not_paint(save: Callable[[Any], str]) -> None:
    with pytest.raises(InvalidInput, match=r"asks for \{fps\}, which .* 'image' does not have"):
        painter(save(MP4_WORKFLOW))


def test_without_a_picture_nothing_is_asked(service: ComfyService, filming: ClipRequest) -> None:
    with pytest.raises(InvalidInput, match="starts from a picture, and there is none"):
        camera("wan").film(replace(filming, keyframe=None), Path("clip.mp4"))
    assert service.asked == []


# What goes wrong


def test_nobody_at_the_address_is_told_with_what_to_do(
    painting: PictureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("COMFYUI_URL", f"http://me:secret@127.0.0.1:{port}")
    with pytest.raises(ProviderFailed, match=r"NOT_REACHED.*python main.py.*COMFYUI_URL") as told:
        painter("sdxl").paint(painting, tmp_path / "picture.png")
    assert not told.value.retryable
    assert "secret" not in told.value.message


def test_a_file_the_server_lacks_is_told_with_those_it_has(
    service: ComfyService,
    filming: ClipRequest,
    save: Callable[[Any], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = camera(save(changed("a", ckpt_name="mine.safetensors")))
    why = rf"ckpt_name 'mine.safetensors', .* it has: {CHECKPOINTS[0]}, {CHECKPOINTS[1]}\."
    with pytest.raises(ProviderFailed, match=why) as told:
        made.film(filming, Path("clip.mp4"))
    assert (told.value.reason, told.value.retryable) == ("REJECTED", False)
    many = [f"{n}.safetensors" for n in range(21)]
    monkeypatch.setitem(
        NODES, "CheckpointLoaderSimple", ({"ckpt_name": many}, ("MODEL", "CLIP", "VAE"))
    )
    with pytest.raises(ProviderFailed, match="not among the many"):
        made.film(filming, Path("clip.mp4"))


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        (changed("d", sampler_name="best"), "'best', .* it has: euler, dpmpp_2m, uni_pc"),
        (changed("e", vae=["a", 0]), r"VAEDecode: Return type mismatch .*received_type\(MODEL\)"),
        (
            MP4_WORKFLOW | {"h": {"class_type": "Lost", "inputs": {}}},
            "Node 'Lost' not found. The custom node may not be installed",
        ),
    ],
)
def test_workflows_the_server_refuses_are_told_in_its_words(
    service: ComfyService, filming: ClipRequest, save: Callable[[Any], str], nodes: Any, why: str
) -> None:
    with pytest.raises(ProviderFailed, match=why) as told:
        camera(save(nodes)).film(filming, Path("clip.mp4"))
    assert not told.value.retryable


@pytest.mark.parametrize(
    ("mode", "reason", "why"),
    [
        ("error", "FAILED", "in KSampler: Allocation on device This error means you ran out"),
        ("interrupted", "INTERRUPTED", "was interrupted"),
        ("nothing", "NOTHING", "saved nothing; expected a file that ends in .mp4"),
        ("html", "WRONG_KIND", "expected mp4 or webm"),
        ("not comfy", "NOT_COMFYUI", "does not answer as ComfyUI does.*COMFYUI_URL"),
    ],
)
def test_what_would_end_alike_is_not_tried_again(
    service: ComfyService, filming: ClipRequest, tmp_path: Path, mode: str, reason: str, why: str
) -> None:
    service.script(mode)
    target = tmp_path / "clip.mp4"
    with pytest.raises(ProviderFailed, match=why) as told:
        patient().film(filming, target)
    assert (told.value.reason, told.value.retryable) == (reason, False)
    assert not target.exists()


@pytest.mark.parametrize("mode", ["reset", "500", "taken", "restart"])
def test_what_a_server_that_stumbles_has_lost_is_made_again(
    service: ComfyService, filming: ClipRequest, tmp_path: Path, mode: str
) -> None:
    service.script(mode)
    made, target = patient(), tmp_path / "clip.mp4"
    _, n_retries = deliver(lambda: made.film(filming, target), seed=1, sleep=lambda _: None)
    assert n_retries == 1
    assert target.is_file()
    assert [job.state for job in service.jobs.values()] == ["done"]


def test_a_server_may_be_silent_for_a_while(
    service: ComfyService, filming: ClipRequest, tmp_path: Path
) -> None:
    service.script("silent")
    patient().film(filming, tmp_path / "clip.mp4")
    assert len(service.workflows) == 1
    service.script("silent")
    with pytest.raises(ProviderFailed, match="broke off"):
        patient(silent_s=-1.0).film(filming, tmp_path / "clip.mp4")


@pytest.mark.parametrize(
    ("mode", "seconds", "why"),
    [
        ("forever", {"work_s": 0.05}, "at work for more than 0.05 s"),
        ("stuck", {"queue_s": 0.05}, "waited for more than 0.05 s to be begun"),
    ],
)
def test_a_clip_that_takes_too_long_is_given_up_and_taken_back(
    service: ComfyService, filming: ClipRequest, mode: str, seconds: dict[str, float], why: str
) -> None:
    service.script(mode)
    with pytest.raises(ProviderFailed, match=why) as told:
        patient(**seconds).film(filming, Path("clip.mp4"))
    assert (told.value.reason, told.value.retryable) == ("TOO_SLOW", False)
    assert not service.in_state("working")
    assert not service.in_state("waiting")
    assert len(service.interrupted) == (mode == "forever")


def test_whoever_stops_waiting_takes_the_clip_back(
    service: ComfyService, filming: ClipRequest
) -> None:
    def stop(_: float) -> None:
        if service.in_state("working"):
            raise KeyboardInterrupt

    service.script("forever")
    with pytest.raises(KeyboardInterrupt):
        Camera(load_workflow("svd", role="video"), sleep=stop).film(filming, Path("clip.mp4"))
    assert service.interrupted == list(service.jobs)


def test_what_others_have_made_is_never_interrupted(
    service: ComfyService, filming: ClipRequest
) -> None:
    """Servers of old interrupt whatever is at work, and choose ids themselves."""
    service.kept_ids = False
    theirs = service.occupy()
    with pytest.raises(ProviderFailed, match="to be begun"):
        patient(queue_s=0.05).film(filming, Path("clip.mp4"))
    assert service.interrupted == []
    assert [job.id for job in service.jobs.values()] == [theirs]


# What a server has


@pytest.mark.parametrize("name", BUNDLED)
def test_our_workflows_ask_for_nothing_that_the_server_lacks(
    service: ComfyService, name: str
) -> None:
    assert check_server(name, role=BUNDLED[name][0]) == ()


def test_what_a_server_lacks_is_told_before_anything_is_made(
    service: ComfyService, save: Callable[[Any], str]
) -> None:
    lacking = changed("a", ckpt_name="mine.safetensors") | {
        "h": {"class_type": "Not/There", "inputs": {}}
    }
    told = check_server(save(lacking), role="video")
    assert [sentence.partition(" needs ")[2] for sentence in told] == [
        f"the model mine.safetensors, which {service.url} does not have.",
        f"the node Not/There, which {service.url} does not have.",
    ]
    assert service.jobs == {}


@pytest.mark.parametrize(
    ("url", "why"), [("comfy", "no address"), ("http://127.0.0.1:comfy", "no address")]
)
def test_an_address_that_is_none_is_told(
    url: str, why: str, painting: PictureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMFYUI_URL", url)
    with pytest.raises(InvalidInput, match=why):
        Painter(load_workflow("sdxl", role="image")).paint(painting, Path("picture.png"))


def test_models_are_named_without_any_server() -> None:
    assert (painter("").name, camera("svd@512").name) == ("comfyui:sdxl", "comfyui:svd@512")
