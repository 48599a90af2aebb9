"""Play a score: render each part, mix them, and master the sum.

Contents: `perform`, `render_part`.
"""

from __future__ import annotations

import zlib

import numpy as np

from mvkit.songs.effects import duck_gains, echoed, reverberated
from mvkit.songs.mastering import mastered
from mvkit.songs.score import Part, Score
from mvkit.songs.synthesis import Samples, Tone, silence, swept_lowpass, to_stereo

VELOCITY_SPREAD = 0.05  # standard deviation of a careful player's velocities
VELOCITY_LAYERS = 12
N_VARIATIONS = 4
ECHO_BEATS = 0.75  # dotted eighths answer between the beats


def perform(score: Score, *, rate_hz: int = 44_100) -> Samples:
    """Render a score to finished stereo sound.

    Parameters
    ----------
    score : Score
        What to play.
    rate_hz : int
        Samples per second.

    Returns
    -------
    Samples
        float32 of shape ``(round(score.duration_s * rate_hz), 2)``, at the score's loudness, the
        same on every call.
    """
    finished = mastered(
        _mixed(score, rate_hz=rate_hz), rate_hz=rate_hz, loudness_lufs=score.loudness_lufs
    )
    n_fade = min(finished.shape[0], round(score.fade_out_s * rate_hz))
    fade = np.cos(np.linspace(0.0, np.pi / 2, n_fade, dtype=np.float32)) ** 2
    finished[finished.shape[0] - n_fade :] *= fade[:, None]
    return finished


def _mixed(score: Score, *, rate_hz: int) -> Samples:
    """Add up all parts, ducked under the kick, with their echoes and their hall."""
    n_samples = round(score.duration_s * rate_hz)
    kicks_s = [
        score.seconds_at(note.start_beat)
        for part in score.parts
        if part.name == score.sidechain
        for note in part.notes
    ]
    pump = duck_gains(kicks_s, n_samples=n_samples, rate_hz=rate_hz)[:, None]
    mix, to_hall, to_echo = (silence(n_samples) for _ in range(3))
    for part in score.parts:
        stem = render_part(part, score, rate_hz=rate_hz)
        if part.duck:
            stem *= 1.0 - part.duck * pump
        mix += stem
        if part.reverb:
            to_hall += part.reverb * stem
        if part.echo:
            to_echo += part.echo * stem
    if to_echo.any():
        echoes = echoed(to_echo, delay_s=ECHO_BEATS * 60.0 / score.tempo_bpm, rate_hz=rate_hz)
        mix += echoes
        to_hall += 0.3 * echoes
    if to_hall.any():
        mix += reverberated(to_hall, rate_hz=rate_hz) * (1.0 - 0.4 * pump)
    return mix


def render_part(part: Part, score: Score, *, rate_hz: int) -> Samples:
    """Render one part, dry, at its fader level and place.

    Notes that are alike are rendered once; drums alternate between a few takes so that repeated
    strokes are not copies. What rings past the end of the song is cut there.
    """
    n_samples = round(score.duration_s * rate_hz)
    stem = silence(n_samples)
    generator = np.random.default_rng([score.seed, zlib.crc32(part.name.encode())])
    takes: dict[Tone, Samples] = {}
    for number, note in enumerate(sorted(part.notes, key=lambda n: (n.start_beat, n.pitch_midi))):
        start_s = score.seconds_at(note.start_beat)
        end_s = score.seconds_at(note.start_beat + note.length_beats)
        velocity = note.velocity * (1.0 + VELOCITY_SPREAD * generator.standard_normal())
        layer = round(np.clip(velocity, 0.05, 1.0) * VELOCITY_LAYERS) / VELOCITY_LAYERS
        tone = Tone(
            note.pitch_midi, round(end_s - start_s, 4), layer, rate_hz, number % N_VARIATIONS
        )
        if tone not in takes:
            takes[tone] = to_stereo(part.instrument(tone), pan=part.pan)
        start = round(start_s * rate_hz)
        sound = takes[tone][: max(0, n_samples - start)]
        stem[start : start + sound.shape[0]] += sound * np.float32(velocity**1.5)
    if part.cutoff_hz:
        stem = _automated(stem, part, score, rate_hz=rate_hz)
    return stem * np.float32(10.0 ** (part.gain_db / 20.0))


def _automated(stem: Samples, part: Part, score: Score, *, rate_hz: int) -> Samples:
    """Move the part's low-pass filter along its breakpoints, evenly in octaves."""
    beats, cutoffs_hz = zip(*part.cutoff_hz, strict=True)
    times_s = np.arange(stem.shape[0]) / rate_hz
    breakpoints_s = [score.seconds_at(beat) for beat in beats]
    octaves = np.interp(times_s, breakpoints_s, np.log2(cutoffs_hz))
    return swept_lowpass(stem, 2.0**octaves, rate_hz=rate_hz, resonance=0.9)
