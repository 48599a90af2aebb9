"""Footage that carries its own truth, and the artefacts of a small film.

Every picture is stamped with its clip and its frame, as a row of dark and bright blocks, so that a
test can read from a finished film which picture of which clip is shown where.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from mvkit import ffmpeg
from mvkit.footage import FootageWriter, Picture
from mvkit.schema import Analysis, Brief, Clips, Plan
from mvkit.timing import FPS, frame_at

WIDTH_PX, HEIGHT_PX = 256, 144
JOB = "00000000-0000-4000-8000-000000000001"
CLIP_BITS, FRAME_BITS = 5, 10
BLOCK_PX = 16
STAMP_Y_PX = 112
DARK, BRIGHT = 40, 210
RATE_HZ = 44_100


def stamped(clip: int, frame: int, *, shot: int = 0) -> Picture:
    """Paint a moving texture of the shot's own, with clip and frame stamped on it."""
    tiles = np.random.default_rng((clip, shot)).integers(30, 220, (9, 40), dtype=np.uint8)
    texture = np.roll(tiles.repeat(16, 0).repeat(16, 1), -frame, axis=1)
    picture = np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), 128, np.uint8)
    picture[:HEIGHT_PX] = texture[:, :WIDTH_PX]
    for place, bit in enumerate(bits_of(clip, frame)):
        _block(picture, place)[:] = BRIGHT if bit else DARK
    return picture


def bits_of(clip: int, frame: int) -> list[int]:
    """Return the stamp of a picture, lowest bits first."""
    number = clip | frame << CLIP_BITS
    return [number >> place & 1 for place in range(CLIP_BITS + FRAME_BITS)]


def stamp_levels(picture: Picture) -> NDArray[np.float64]:
    """Return how bright each block of the stamp is, 0-1."""
    inner = [_block(picture, n)[4:-4, 4:-4].mean() for n in range(CLIP_BITS + FRAME_BITS)]
    return (np.array(inner) - DARK) / (BRIGHT - DARK)


def read_stamp(picture: Picture) -> tuple[int, int]:
    """Return the clip and the frame that a picture is stamped with."""
    number = sum(1 << place for place, level in enumerate(stamp_levels(picture)) if level > 0.5)
    return number & (1 << CLIP_BITS) - 1, number >> CLIP_BITS


def write_clip(
    path: Path,
    clip: int,
    n_frames: int,
    *,
    handover_frames: Collection[int] = (),
    cuts: Sequence[int] = (),
) -> Path:
    """Write a stamped clip in final form, with a new shot from each of the cuts on."""
    size = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    with FootageWriter(path, handover_frames=handover_frames, **size) as footage:
        for frame in range(n_frames):
            footage.write(stamped(clip, frame, shot=sum(cut <= frame for cut in cuts)))
    return path


def write_clips(folder: Path, plan: Plan) -> None:
    """Write every clip of a plan, stamped, as the stage before delivers them."""
    (folder / "clips").mkdir(exist_ok=True)
    for script in plan.clip_scripts:
        index = script.clip_index
        filmed = plan.filmed_frames(index)
        write_clip(
            folder / f"clips/{index:03d}.mp4",
            index,
            len(filmed),
            handover_frames={2 * plan.transitions[index - 1].half_frames} if index else (),
            cuts=[frame_at(shot.start) - filmed.start for shot in script.shots[1:]],
        )


def write_foreign(
    path: Path, clip: int, n_frames: int, *, rate: float = FPS, encode: Sequence[str] = ()
) -> Path:
    """Write a stamped clip the way a stranger would, by ffmpeg with the options given."""
    pictures = [stamped(clip, n) for n in range(n_frames)]
    return write_strange(path, pictures, rate=rate, encode=encode)


def write_strange(
    path: Path, pictures: Sequence[Picture], *, rate: float = FPS, encode: Sequence[str] = ()
) -> Path:
    """Write pictures of one size the way a stranger would."""
    height_px, width_px = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1]
    raw = path.with_suffix(".yuv")
    raw.write_bytes(b"".join(picture.tobytes() for picture in pictures))
    with raw.open("rb") as opened:
        ffmpeg.run(
            [
                *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width_px}x{height_px}"),
                *("-r", f"{rate:g}", "-i", "pipe:0"),
                *(encode or ("-c:v", "libx264", "-crf", "10")),
                str(path),
            ],
            stdin=opened,
        )
    raw.unlink()
    return path


def write_clicks(
    path: Path,
    duration_s: float,
    clicks_s: Sequence[float],
    *,
    late_s: float = 0.0,
    seed: int = 0,
) -> Path:
    """Write a song of quiet noise with a sharp click at each time; all of it may come late."""
    samples = np.random.default_rng(seed).normal(0.0, 0.01, round(duration_s * RATE_HZ))
    for click_s in clicks_s:
        samples[round(click_s * RATE_HZ) :][:30] = 0.9
    samples = np.roll(samples, round(late_s * RATE_HZ))
    sf.write(path, np.column_stack([samples, samples]), RATE_HZ)
    return path


def make_brief(**changes: Any) -> Brief:
    """Return the wish for a film."""
    fields = {
        "job_id": JOB,
        "prompt": "A row of blocks tells where every picture of this film comes from.",
        "title": "Blocks",
        "song_file": "song.wav",
        "song_sha256": "0" * 64,
    }
    return Brief(**fields | changes)


def make_analysis(
    duration_s: float, *, beat_s: float = 0.5, lyrics: Sequence[Mapping[str, Any]] = ()
) -> Analysis:
    """Return the analysis of a song with an even beat."""
    beats = [round(n * beat_s, 6) for n in range(int(duration_s / beat_s))]
    section = {"type": "chorus", "start": 0.0, "end": duration_s}
    return Analysis.model_validate(
        {
            "job_id": JOB,
            "bpm": 120.0,
            "duration": duration_s,
            "beat_timestamps": beats,
            "beat_strengths": [0.5] * len(beats),
            "downbeat_timestamps": beats[::4],
            "song_structure": [section | {"energy": "high", "energy_share": 0.9}],
            "lyrics": list(lyrics),
            "key": {"tonic": "C", "mode": "major", "confidence": 0.9},
            "mood": {
                "primary": "bright",
                "secondary": "calm",
                "energy_level": "high",
                "confidence": 0.9,
                "valence": 0.5,
                "arousal": 0.5,
            },
            "clip_boundaries": [{"start": 0.0, "end": duration_s, "duration": duration_s}],
            "curves": {
                "rate_hz": 30.0,
                **{name: [0.0] for name in ("bass", "mid", "high", "onset", "energy")},
            },
            "metadata": {
                "processing_time": 0.0,
                "beat_detection_confidence": 1.0,
                "fallback_used": False,
            },
        }
    )


def make_plan(
    edges_s: Sequence[float],
    transitions: Sequence[tuple[str, float]] = (),
    *,
    shots_s: Mapping[int, Sequence[float]] | None = None,
    sections: Sequence[str] = (),
    world: str = "city",
) -> Plan:
    """Return a plan whose clips meet at the inner edges.

    Parameters
    ----------
    edges_s : sequence of float
        Start of the first clip, and the end of every clip.
    transitions : sequence of (type, seconds)
        One per inner edge; cuts by default.
    shots_s : mapping of int to sequence of float
        By clip, the times of its inner cuts.
    sections : sequence of str
        One per clip; choruses by default.
    world : str
        Where all of it plays.
    """
    n_clips = len(edges_s) - 1
    joins = transitions or [("cut", 0.0)] * (n_clips - 1)
    inner = shots_s or {}
    return Plan.model_validate(
        {
            "job_id": JOB,
            "video_summary": "blocks",
            "treatment": "blocks",
            "scenes": [
                {"id": "place", "description": "blocks", "time_of_day": "day", "world": world}
            ],
            "style": {
                "color_palette": ["#112233", "#445566", "#778899"],
                **dict.fromkeys(("visual_style", "mood", "lighting", "cinematography"), "plain"),
            },
            "clip_scripts": [
                {
                    "clip_index": index,
                    "start": start_s,
                    "end": end_s,
                    "visual_description": "blocks",
                    "motion": "none",
                    "camera_angle": "level",
                    "scenes": ["place"],
                    "beat_intensity": "low",
                    "section": sections[index] if sections else "chorus",
                    "shots": _shots([start_s, *inner.get(index, ()), end_s]),
                }
                for index, (start_s, end_s) in enumerate(pairwise(edges_s))
            ],
            "transitions": [
                {
                    "from_clip": index,
                    "to_clip": index + 1,
                    "type": kind,
                    "duration": duration_s,
                    "rationale": "to test",
                }
                for index, (kind, duration_s) in enumerate(joins)
            ],
        }
    )


def make_clips(plan: Plan, *, failed: Collection[int] = (), **changes: Any) -> Clips:
    """Return the record of the plan's clips, all filmed but those that failed."""
    clips = []
    for script in plan.clip_scripts:
        index = script.clip_index
        lost = index in failed
        fields = {
            "clip_index": index,
            "video_url": "" if lost else f"clips/{index:03d}.mp4",
            "actual_duration": script.length_s,
            "target_duration": script.length_s,
            "duration_diff": 0.0,
            "status": "failed" if lost else "success",
            "first_frame": plan.filmed_frames(index).start,
            "n_frames": 0 if lost else len(plan.filmed_frames(index)),
            "model": "stamps",
            "cost": 0.0,
            "retry_count": 0,
            "generation_time": 0.0,
            "error": "the model refused" if lost else "",
        }
        clips.append(fields | changes)
    return Clips.model_validate(
        {
            "job_id": JOB,
            "clips": clips,
            "total_clips": len(clips),
            "successful_clips": len(clips) - len(failed),
            "failed_clips": len(failed),
            "total_cost": 0.0,
            "total_generation_time": 0.0,
        }
    )


def _shots(edges_s: Sequence[float]) -> list[dict[str, Any]]:
    look = {"size": "wide", "angle": "eye level", "move": "static", "action": "stand"}
    return [look | {"start": start_s, "end": end_s} for start_s, end_s in pairwise(edges_s)]


def _block(picture: Picture, place: int) -> Picture:
    """Return the block of a stamp, as a view; pictures of another size have it in proportion."""
    scale = picture.shape[1] / WIDTH_PX
    top, left = round(STAMP_Y_PX * scale), round((8 + place * BLOCK_PX) * scale)
    side = round(BLOCK_PX * scale)
    return picture[top : top + side, left : left + side]
