"""A film's report finds what was put into the film, and tells it beside chance."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from coloraide import Color
from numpy.typing import NDArray
from typer.testing import CliRunner

from mvkit import figures
from mvkit.__main__ import app
from mvkit.errors import NotFound
from mvkit.figures import report as drawn
from mvkit.footage import FootageWriter, Overlay, Picture
from mvkit.report import measure_film, write_report
from mvkit.report.colour import apart, histogram, lab_of, look_of
from mvkit.report.cutting import norms_of
from mvkit.report.legibility import frame_to_read, read_caption
from mvkit.report.likeness import Impression, people_likeness, place_likeness, shape_of
from mvkit.report.motion import camera_of, movement
from mvkit.report.numbers import agreement, covered_share
from mvkit.run import Run
from mvkit.schema import Analysis, Caption, Plan, Report, Video
from mvkit.schema.report import Meant
from mvkit.settings import get_settings
from mvkit.timing import FPS, frame_at

from .film_makers import JOB, make_analysis, make_brief, make_clips, make_plan

WIDTH_PX, HEIGHT_PX = 320, 180
EDGES_S = (0.0, 2.0, 4.0, 6.5, 8.0)
PAN_PX = 2
"""By so many pixels the second and the fourth clip move to the left with each frame."""
PAN = PAN_PX * FPS / WIDTH_PX
TEAL, BRICK, GREY = (0, 128, 128), (170, 60, 50), (128, 128, 128)
EVIL = "<script>alert('1')</script>"

RGB = NDArray[np.uint8]


def texture(*, seed: int = 1, rows: int = 90, columns: int = 160) -> RGB:
    """Return a soft random pattern in grey that is wider than a picture."""
    noise = np.random.default_rng(seed).normal(128, 60, (rows, 2 * columns)).astype(np.float32)
    soft = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.5), None, 20, 235, cv2.NORM_MINMAX)
    return np.repeat(soft.astype(np.uint8)[..., None], 3, axis=2)


def flat(colour: Sequence[int], *, rows: int = 90, columns: int = 160) -> RGB:
    return np.full((rows, columns, 3), colour, np.uint8)


def as_footage(rgb: RGB) -> Picture:
    """Return a picture as footage has it: bt709 in limited range (ITU-R BT.709, 3.4)."""
    red, green, blue = np.moveaxis(rgb.astype(np.float64) / 255, -1, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    chroma = ((blue - luma) / 1.8556, (red - luma) / 1.5748)
    halves = [part[::2, ::2] * 224 + 128 for part in chroma]
    planes = [(luma * 219 + 16).ravel(), *(half.ravel() for half in halves)]
    picture = np.rint(np.concatenate(planes)).astype(np.uint8)
    return picture.reshape(rgb.shape[0] * 3 // 2, rgb.shape[1])


# --- motion


def test_a_picture_that_stands_does_not_move() -> None:
    still = texture()[:, :160]
    found = movement(still, still, step_s=0.1)
    assert (found.speed, found.pan, found.tilt) == pytest.approx((0, 0, 0), abs=1e-3)


@pytest.mark.parametrize("pixels", [1, 3, 6])
def test_a_pan_is_found_with_its_speed_and_direction(pixels: int) -> None:
    """What goes to the left is seen by a camera that goes to the right."""
    wide = texture()
    found = movement(wide[:, 40:200], wide[:, 40 + pixels : 200 + pixels], step_s=0.1)
    assert found.pan == pytest.approx(pixels / 160 / 0.1, abs=0.01)
    assert found.speed == pytest.approx(pixels / 160 / 0.1, rel=0.15)
    assert abs(found.tilt) < 0.02


@pytest.mark.parametrize("factor", [1.04, 1 / 1.04])
def test_a_zoom_is_found_by_how_much_the_picture_grows(factor: float) -> None:
    before = texture()[:, :160]
    turn = cv2.getRotationMatrix2D((80, 45), 0, factor)
    after = np.asarray(cv2.warpAffine(before, turn, (160, 90), borderMode=cv2.BORDER_REFLECT))
    found = movement(before, after, step_s=0.1)
    assert found.zoom == pytest.approx(math.log(factor) / 0.1, rel=0.2)
    assert abs(found.pan) < 0.05


def test_a_camera_is_told_by_the_middle_of_its_movements() -> None:
    """One picture that jumps does not make a pan."""
    wide = texture()
    steps = [movement(wide[:, n : 160 + n], wide[:, n + 2 : 162 + n], step_s=0.1) for n in range(5)]
    jump = movement(wide[:, :160], wide[:, 15:175], step_s=0.1)
    assert camera_of([*steps, jump]).pan == pytest.approx(2 / 160 / 0.1, rel=0.1)
    assert camera_of([]).pan == 0.0


# --- colours


def test_colours_are_told_as_the_standard_has_them() -> None:
    """Of sRGB red, L* a* b* are 53.2, 80.1 and 67.2."""
    pixels = lab_of(flat((255, 0, 0)))
    look = look_of(pixels, palette=["#FF0000"], before=None, film=histogram(pixels))
    assert look.lightness == pytest.approx(53.2, abs=0.2)
    assert look.warmth == pytest.approx(67.2, abs=0.2)
    assert look.chroma == pytest.approx(math.hypot(80.1, 67.2), abs=0.4)
    assert look.contrast == pytest.approx(0, abs=0.01)
    assert look.from_previous is None
    assert look.from_film == pytest.approx(0, abs=1e-3)


def test_shots_are_as_far_apart_as_they_have_colours_in_common() -> None:
    black, white = (histogram(lab_of(flat(3 * (value,)))) for value in (0, 255))
    half = histogram(lab_of(np.concatenate([flat((0, 0, 0)), flat((255, 255, 255))])))
    assert apart(black, black) == pytest.approx(0, abs=1e-6)
    assert apart(black, white) == pytest.approx(1, abs=1e-6)
    assert apart(black, half) == pytest.approx(math.sqrt(1 - math.sqrt(0.5)), abs=1e-3)


def chroma(colour: Sequence[int]) -> float:
    lab = Color("srgb", [part / 255 for part in colour]).convert("lab-d65")
    return math.hypot(lab["a"], lab["b"])


@pytest.mark.parametrize(
    ("palette", "share"),
    [
        (["#008080"], chroma(TEAL) / (chroma(TEAL) + chroma(BRICK))),
        (["#008080", "#AA3C32"], 1.0),
        (["#7A00FF"], 0.0),
    ],
)
def test_the_share_of_colour_near_a_palette_is_found(palette: list[str], share: float) -> None:
    """Each half counts by how colourful it is."""
    pixels = lab_of(np.concatenate([flat(TEAL), flat(BRICK)]))
    look = look_of(pixels, palette=palette, before=None, film=histogram(pixels))
    assert look.palette_share == pytest.approx(share, abs=0.01)
    assert look.palette_by_chance == pytest.approx(len(palette) * 50 / 360, abs=0.01)


def test_a_palette_of_greys_has_no_hue_to_lie_near() -> None:
    pixels = lab_of(flat(TEAL))
    look = look_of(pixels, palette=["#888888"], before=None, film=histogram(pixels))
    assert (look.palette_share, look.palette_by_chance) == (0.0, 0.0)


def test_the_main_colours_are_those_of_the_picture() -> None:
    picture = np.concatenate([flat(TEAL, rows=120), flat(BRICK, rows=60)])
    pixels = lab_of(picture)
    swatches = look_of(pixels, palette=[], before=None, film=histogram(pixels)).swatches
    assert {"#008080", "#AA3C32"} <= set(swatches)


# --- likeness


def impression(place: str, picture: RGB, *, people: tuple[str, ...] = ()) -> Impression:
    colours = histogram(lab_of(picture))
    return Impression(place, people, colours=colours, middle=colours, shape=shape_of([picture]))


def test_places_that_keep_their_look_are_always_told_apart() -> None:
    stripes = np.repeat((np.indices((90, 160))[1] // 8 % 2 * 200).astype(np.uint8)[..., None], 3, 2)
    rows = np.repeat((np.indices((90, 160))[0] // 8 % 2 * 200).astype(np.uint8)[..., None], 3, 2)
    shots = [
        impression(place, np.maximum(pattern, np.uint8(tint)))
        for place, pattern, tint in (("hall", stripes, 0), ("street", rows, 90))
        for _ in range(3)
    ]
    for like in place_likeness(shots):
        assert (like.n_same, like.n_other) == (6, 9)
        assert like.told_apart == 1.0
        assert like.same == pytest.approx(0, abs=1e-3)


def test_shots_that_are_all_alike_are_told_apart_by_chance() -> None:
    shots = [impression(place, flat(TEAL)) for place in ("a", "a", "b", "b")]
    assert [like.told_apart for like in place_likeness(shots)] == [0.5, 0.5]


def test_people_are_compared_only_where_the_place_is_the_same() -> None:
    shots = [
        impression("hall", flat(TEAL), people=("ada",)),
        impression("hall", flat(TEAL), people=("ada",)),
        impression("hall", flat(BRICK), people=("bo",)),
        impression("street", flat(BRICK), people=("ada",)),
        impression("street", flat(GREY)),
    ]
    found = people_likeness(shots)
    assert (found.n_same, found.n_other, found.told_apart) == (1, 3, 1.0)
    assert people_likeness(shots[:2]).told_apart is None


# --- words over the picture


CAPTION = Caption(start=0.0, end=2.0, kind="lyrics", text="Hold the night")


def burnt(luma: int, caption: Caption = CAPTION) -> NDArray[np.uint8]:
    """Return the luma of an even picture with a caption on it."""
    av = pytest.importorskip("av")
    picture = np.full((720 * 3 // 2, 1280), 128, np.uint8)
    picture[:720] = luma
    frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
    Overlay([caption], width_px=1280, height_px=720).burn(frame_to_read(caption), frame)
    return np.asarray(frame.to_ndarray(format="yuv420p")[:720], np.uint8)


def test_white_letters_on_black_have_the_highest_contrast() -> None:
    found = read_caption(CAPTION, burnt(16))
    assert found.contrast == pytest.approx(21.0, abs=0.5)
    assert found.weakest > 18


def test_letters_that_are_not_there_have_no_contrast() -> None:
    found = read_caption(CAPTION, np.full((720, 1280), 120, np.uint8))
    assert (found.contrast, found.weakest) == (1.0, 1.0)


def test_the_weakest_part_of_a_caption_is_found() -> None:
    """Where the right half of the letters drowns in white, the caption as a whole does not tell."""
    luma = burnt(16)
    luma[:, 700:] = 235
    found = read_caption(CAPTION, luma)
    assert found.weakest < 1.5
    assert found.contrast > 5


# --- numbers beside chance


def test_the_chance_of_a_beat_is_the_share_of_frames_near_one() -> None:
    assert covered_share([0.5, 1.0, 1.5], n_frames=60) == pytest.approx(9 / 60)


def test_few_pairs_and_constant_ones_have_no_correlation() -> None:
    assert agreement([1, 2, 3], [1, 2, 3]).r is None
    assert agreement([1] * 8, list(range(8))).r is None
    assert agreement(list(range(8)), [n**3 for n in range(8)]).r == 1.0
    assert agreement(list(range(8)), [3, 1, 6, 0, 7, 2, 5, 4]).p == pytest.approx(0.5, abs=0.2)
    assert agreement(list(range(8)), [-n for n in range(8)]).r == -1.0


def test_a_share_is_clear_where_chance_alone_hardly_makes_it() -> None:
    """Of 16 coins 12 or more show heads in four of a hundred throws; 9 in forty."""
    coins = {n: Meant(topic="light", n_seen=n, n_meant=16, by_chance=0.5) for n in (4, 9, 12)}
    assert [coins[n].beyond_chance for n in (4, 9, 12)] == [-2.0, 0.5, 2.0]
    assert Meant(topic="light", n_seen=3, n_meant=3, by_chance=1.0).beyond_chance == 0.0


def test_the_usual_length_is_that_of_the_genre_and_else_of_the_format() -> None:
    plan = make_plan(EDGES_S)
    [pop] = norms_of(plan.model_copy(update={"genre": "pop", "format": "performance"}))
    assert (pop.shot_s, pop.rule) == (1.8, "pop_is_quick")
    [story] = norms_of(plan.model_copy(update={"genre": "", "format": "narrative"}))
    assert story.rule == "narrative_takes_time"
    assert norms_of(plan.model_copy(update={"genre": "", "format": "unheard of"})) == ()


# --- a whole film


def a_plan() -> Plan:
    """Return a plan of four clips in two places; every other one pans and is lighter."""
    plan = make_plan(EDGES_S, sections=("verse", "chorus", "verse", "chorus"))
    fields = plan.model_dump()
    fields["scenes"] = [*fields["scenes"], fields["scenes"][0] | {"id": "elsewhere"}]
    for n, script in enumerate(fields["clip_scripts"]):
        moves = n % 2 == 1
        script["scenes"] = ["elsewhere"] if moves else ["place"]
        script["beat_intensity"] = "high" if moves else "low"
        script["grade"]["lightness"] = 1.3 if moves else 0.8
        script["shots"][0]["move"] = "pan" if moves else "static"
        script["visual_description"] = f"blocks & more, take {n}"
    fields["style"]["color_palette"] = ["#008080", "#006666", "#112222"]
    fields["captions"] = [CAPTION.model_dump()]
    return Plan.model_validate(fields)


def an_analysis() -> Analysis:
    """Return the analysis of a song that is loud where the film moves."""
    fields = make_analysis(EDGES_S[-1]).model_dump()
    kinds = ("verse", "chorus") * 2
    fields["song_structure"] = [
        {"type": kind, "start": start, "end": end, "energy": "high", "energy_share": energy}
        for kind, start, end, energy in zip(
            kinds, EDGES_S[:-1], EDGES_S[1:], (0.2, 0.9) * 2, strict=True
        )
    ]
    rate_hz = fields["curves"]["rate_hz"]
    energy = [0.0] * round(rate_hz * EDGES_S[-1])
    for n, start in enumerate(EDGES_S[:-1]):
        energy[round(rate_hz * start) :] = [(0.2, 0.9)[n % 2]] * (
            len(energy) - round(rate_hz * start)
        )
    for name in ("bass", "mid", "high", "onset", "energy"):
        fields["curves"][name] = energy
    return Analysis.model_validate(fields)


def a_video(plan: Plan) -> Video:
    """Return the record of the film; the third picture comes a frame later than was planned."""
    frames = [frame_at(edge_s) for edge_s in EDGES_S[1:-1]]
    check = {"name": "flashes", "passed": True, "found": "at most 1 in a second", "expected": "3"}
    return Video.model_validate(
        {
            "job_id": JOB,
            "video_url": "video.mp4",
            "thumbnail_url": "thumbnail.jpg",
            "contact_sheet_url": "contact_sheet.jpg",
            "duration": EDGES_S[-1],
            "audio_duration": EDGES_S[-1],
            "n_frames": frame_at(EDGES_S[-1]),
            "width_px": WIDTH_PX,
            "height_px": HEIGHT_PX,
            **dict.fromkeys(("sync_drift", "composition_time", "cost", "file_size_mb"), 0.0),
            **dict.fromkeys(("clips_used", "clips_trimmed", "clips_looped"), 0),
            "transitions_applied": len(plan.transitions),
            "bitrate_kbps": 0,
            "status": "success",
            "cuts": [
                {
                    "frame": frame,
                    "time": frame / FPS,
                    "kind": "cut",
                    "found_frame": frame + (frame == frames[1]),
                    "on_beat": True,
                }
                for frame in frames
            ],
            "checks": [check],
        }
    )


def paint(frame: int) -> RGB:
    """Return a picture of the film: teal that stands, or a lighter pattern that moves."""
    edges = [frame_at(edge_s) for edge_s in EDGES_S]
    edges[2] += 1  # as the film's record tells
    shot = next(n for n in range(4) if frame < edges[n + 1])
    if shot % 2 == 0:
        return flat((0, 70, 70), rows=HEIGHT_PX, columns=WIDTH_PX)
    wide = PATTERN
    left = PAN_PX * (frame - edges[shot])
    return np.maximum(wide[:, left : left + WIDTH_PX], np.uint8(90))


PATTERN = texture(rows=HEIGHT_PX, columns=WIDTH_PX)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run folder with a finished film; nobody writes into it."""
    folder = tmp_path_factory.mktemp("runs") / JOB
    folder.mkdir()
    plan = a_plan()
    brief = make_brief(title=EVIL)
    (folder / "brief.json").write_text(brief.to_json())
    with FootageWriter(
        folder / "video.mp4", width_px=WIDTH_PX, height_px=HEIGHT_PX, captions=plan.captions
    ) as footage:
        for frame in range(frame_at(EDGES_S[-1])):
            footage.write(as_footage(paint(frame)))
    (folder / "ledger.jsonl").write_text(
        json.dumps({"stage": "clips", "item": "a", "made": "b", "cost_usd": "0.40"}) + "\n"
    )
    finished = {"event": "stage_update", "status": "finished"}
    told = [{"stage": "clips", "duration": 30.0}, {"stage": "clips", "duration": 12.5}]
    (folder / "events.jsonl").write_text("".join(json.dumps(finished | t) + "\n" for t in told))
    run = Run(folder)
    for artefact in (an_analysis(), plan, make_clips(plan), a_video(plan)):
        (folder / artefact.file_name()).write_text(artefact.to_json())
    assert run.has(Video)
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return measure_film(Run(folder)).report


def test_shots_lie_where_the_film_was_seen_to_change(report: Report) -> None:
    starts = [frame_at(shot.start) for shot in report.shots]
    assert starts == [0, 60, 121, 195]
    assert report.lengths.furthest_frames == 1
    assert report.lengths.longest_s == pytest.approx(74 / FPS, abs=1e-3)
    assert report.shots[1].planned_s == 2.0
    assert (report.cutting.n_cuts, report.cutting.n_seen) == (3, 2)


def test_cuts_on_beats_are_counted_beside_their_chance(report: Report) -> None:
    """A beat every 15 frames reaches three of them; one that comes a frame late still counts."""
    assert report.cutting.on_beats.n == 3
    assert report.cutting.on_beats.by_chance == pytest.approx(47 / 240, abs=1e-3)


def test_motion_is_that_of_the_film(report: Report) -> None:
    first, second, third, fourth = report.shots
    assert first.motion == pytest.approx(0, abs=0.01)
    assert third.motion == pytest.approx(0, abs=0.01)
    assert second.camera.pan == pytest.approx(PAN, rel=0.1)
    assert fourth.camera.pan == pytest.approx(PAN, rel=0.1)
    assert report.motion_by_energy.r is None  # four shots say nothing
    assert report.motion_by_energy.n == 4


def test_each_part_of_the_song_is_told_by_what_is_seen_in_it(report: Report) -> None:
    assert [section.type for section in report.sections] == ["verse", "chorus"] * 2
    assert sum(section.n_shots for section in report.sections) == pytest.approx(4)
    assert all(section.opens_with_cut for section in report.sections)
    still, moving = report.sections[0].motion, report.sections[1].motion
    assert moving > 10 * max(still, 0.01)


def test_what_was_meant_is_held_against_what_is_seen(report: Report) -> None:
    """The dark shots stand and the light ones pan, as planned; the pattern has no colour at all."""
    by_topic = {meant.topic: meant for meant in report.meant}
    for topic in ("camera", "light", "force"):
        assert (topic, by_topic[topic].n_seen, by_topic[topic].n_meant) == (topic, 4, 4)
        assert by_topic[topic].by_chance == pytest.approx(0.5)
    assert by_topic["palette"].n_seen == 2
    assert "saturation" not in by_topic


def test_colours_and_places_are_those_that_were_painted(report: Report) -> None:
    first, second, third, _ = report.shots
    assert second.look.lightness > first.look.lightness + 15
    assert third.look.palette_share == pytest.approx(1.0, abs=0.01)
    assert second.look.from_previous is not None
    assert second.look.from_previous > 0.9
    by_colour = report.likeness[0]
    assert (by_colour.n_same, by_colour.n_other, by_colour.told_apart) == (2, 4, 1.0)


def test_money_and_time_are_those_of_the_run(report: Report) -> None:
    [clips] = report.stages
    assert (clips.name, clips.worked_s, clips.cost_usd) == ("clips", 12.5, 0.4)
    assert report.cost_usd_per_min == pytest.approx(0.4 * 60 / EDGES_S[-1])


def test_captions_and_flashes_are_told(report: Report) -> None:
    [caption] = report.captions
    assert caption.contrast > 4.5
    assert (report.flashes, report.flashes_passed) == ("at most 1 in a second", True)


def test_a_report_is_written_beside_its_film(folder: Path, report: Report, tmp_path: Path) -> None:
    run = copied(folder, tmp_path)
    write_report(run)
    assert run.read(Report).model_copy(update={"made_from": ""}) == report
    assert run.is_current(Report)


def test_the_page_holds_the_numbers_and_no_strange_script(folder: Path, tmp_path: Path) -> None:
    run = copied(folder, tmp_path)
    write_report(run)
    page = (run.folder / "report.html").read_text("utf-8")
    assert EVIL not in page
    assert "&lt;script&gt;alert" in page
    assert "All 3 changes of picture lie on a beat, where 20% would by chance" in page
    assert "$3.00 a minute" in page
    assert "blocks &amp; more, take 3" in page
    assert "1 of 1 captions" in page
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page
    assert len(re.findall(r'<article class="shot">', page)) == 4
    body = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r'(?:src|href)="(?!data:)', body)


def test_the_command_writes_the_page_and_tells_where(
    folder: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copied(folder, runs_dir)
    assert get_settings().runs_dir == runs_dir
    told = CliRunner().invoke(app, ["report", JOB[:6]])
    assert told.exit_code == 0, told.output
    assert "3 of 3 cuts on a beat (20% by chance)" in told.stdout
    assert (run.folder / "report.html").is_file()


@pytest.mark.parametrize("lost", ["video.json", "video.mp4", "plan.json"])
def test_a_run_without_a_finished_film_is_refused(folder: Path, tmp_path: Path, lost: str) -> None:
    run = copied(folder, tmp_path)
    (run.folder / lost).unlink()
    with pytest.raises(NotFound, match=r"NO_FILM: Run .* has no finished film"):
        write_report(run)
    assert not (run.folder / "report.html").exists()


FIGURES: dict[str, Callable[[Report], figures.Figure]] = {
    "pulse": lambda report: drawn.pulse_figure(report, an_analysis()),
    "following": drawn.following_figure,
    "lengths": drawn.lengths_figure,
    "colours": drawn.colours_figure,
    "likeness": drawn.likeness_figure,
    "meant": drawn.meant_figure,
    "captions": lambda report: drawn.captions_figure(report, wanted=3.0),
    "making": drawn.making_figure,
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_drawn_of_the_report_alone(name: str, report: Report) -> None:
    [bundle] = FIGURES[name](report)._repr_mimebundle_().values()
    assert bundle["data"]


def test_shots_are_drawn_as_long_as_they_are(report: Report) -> None:
    bars = [trace for trace in drawn.lengths_figure(report).data if trace.type == "bar"]
    heights = sorted(y for bar in bars for y in bar.y)
    assert heights == pytest.approx(sorted(shot.end - shot.start for shot in report.shots))


def copied(folder: Path, target: Path) -> Run:
    """Return a copy of the finished run that a test may change."""
    copy = target / folder.name
    copy.mkdir(parents=True)
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return Run(copy)
