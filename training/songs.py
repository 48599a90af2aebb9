"""A random song, and the truth about it: beats, bars, metre, swing, sections and key.

Styles, tempi, chords, tunes, sounds and mixes are all drawn at random, so that what is fitted to
such songs learns what music has in common and not one composer's habits. Some begin with a
pickup, without drums or in the middle of a bar; players are a little early or late; the tempo may
move.

Contents
--------
TrainingSong, make_song
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from training.clock import Clock, FloatArray, beat_times_s
from training.grooves import Groove, random_clicks, random_groove
from training.harmony import Chord, Harmony, random_harmony, random_tune
from training.timbres import RATE_HZ, Kit, Samples, Voice, finished, random_kit, random_voice

BEATS_PER_BAR = {"4/4": 4, "3/4": 3, "2/4": 2, "6/8": 2}
DRUM_TRACKS = {"kick": "lows", "tom": "lows", "surdo": "lows", "snare": "snare", "clap": "snare"}
CLICKS_EVERY = 12  # so many seeds one song is of bare beats
STEADY = {
    "clicks",
    "clicks in three",
    "four on the floor",
    "trap",
    "drum and bass",
    "hip-hop",
    "arpeggios",
    "dembow",
}
SECTION_KINDS = ("verse", "chorus", "verse", "chorus", "bridge", "chorus")
TAIL_S = 1.0


@dataclass(frozen=True)
class TrainingSong:
    """A song with its truth.

    Attributes
    ----------
    style : str
        Name of the groove, and how its tempo moves.
    mono : ndarray of float32
        Samples at 22 050 Hz.
    beats_s, downbeats_s : ndarray
        Ascending times in seconds; beats of a 6/8 are dotted.
    metre : str
        ``4/4``, ``3/4``, ``2/4`` or ``6/8``.
    swing : float
        Where the off-beat lies between beats, 0.5 if straight.
    phrase_bars : int
        After how many bars the chords come round: 4 or 8.
    sections : tuple of (start_s, end_s, kind)
        Parts in order.
    key : str
        Such as ``"F# minor"``.
    """

    style: str
    mono: Samples
    beats_s: FloatArray
    downbeats_s: FloatArray
    metre: str
    swing: float
    phrase_bars: int
    sections: tuple[tuple[float, float, str], ...]
    key: str


@dataclass
class Take:
    """A performance in the making: a track of samples for each player."""

    clock: Clock
    rng: np.random.Generator
    n_samples: int
    lead_beats: int
    jitter_s: float
    tracks: dict[str, Samples] = field(default_factory=dict)
    late_s: dict[str, float] = field(default_factory=dict)
    first_s: float = float("inf")

    def play(self, track: str, place: float, sound: Samples, level: float) -> None:
        """Add a sound at a place in beats, as punctually as the player is."""
        if track not in self.tracks:
            self.tracks[track] = np.zeros(self.n_samples, dtype=np.float32)
            self.late_s[track] = self.rng.uniform(-0.5, 0.8) * self.jitter_s
        late_s = self.late_s[track] + self.jitter_s * self.rng.standard_normal()
        time_s = float(self.clock.at(place + self.lead_beats)) + late_s
        self.first_s = min(self.first_s, time_s)
        start = max(0, round(time_s * RATE_HZ))
        room = self.n_samples - start
        if room > 0:
            self.tracks[track][start : start + len(sound)] += np.float32(level) * sound[:room]


@dataclass(frozen=True)
class Plan:
    """What is decided before a note is played."""

    groove: Groove
    harmony: Harmony
    n_bars: int
    beats_per_bar: int
    phrase_bars: int
    section_starts: tuple[int, ...]
    layers: tuple[frozenset[str], ...]
    drums: dict[str, str]
    bass: str
    chords: str
    anticipation: float
    hold: float
    roll: tuple[int, ...]

    def layers_at(self, bar: int) -> frozenset[str]:
        """Return who plays in a bar."""
        index = int(np.searchsorted(self.section_starts, bar, side="right")) - 1
        return self.layers[index]


def make_song(seed: int, *, shortest_s: float = 25.0, longest_s: float = 40.0) -> TrainingSong:
    """Return a random song; the same seed gives the same song."""
    rng = np.random.default_rng([seed, 909])
    groove, bpm = random_groove(rng) if seed % CLICKS_EVERY else random_clicks(rng)
    beats_per_bar = BEATS_PER_BAR[groove.metre]
    n_bars = max(6, int(rng.uniform(shortest_s, longest_s) * bpm / 60 / beats_per_bar))
    plan = _random_plan(rng, groove, n_bars, beats_per_bar)
    motion = _random_motion(rng, groove)
    swing = float(rng.uniform(*groove.swing[rng.integers(len(groove.swing))]))
    n_beats = (n_bars + 3) * beats_per_bar
    clock = Clock(
        beat_times_s(rng, bpm=bpm, n_beats=n_beats, motion=motion, beats_per_bar=beats_per_bar),
        swing=swing,
        pairs_per_beat=groove.pairs_per_beat,
    )
    end_s = float(clock.beats_s[(n_bars + 1) * beats_per_bar])
    take = Take(
        clock,
        rng,
        n_samples=round((end_s + TAIL_S) * RATE_HZ),
        lead_beats=beats_per_bar,
        jitter_s=0.0 if groove.name in STEADY and rng.random() < 0.6 else rng.uniform(0.0, 0.012),
    )
    _play_all(take, plan)
    mono = finished(_mixed(take, plan), rng, beat_s=60 / bpm)
    even_swing = swing if groove.pairs_per_beat == 1 else 0.5
    return _cut(mono, take, plan, end_s, style=f"{groove.name}, {motion}", swing=even_swing)


def _random_motion(rng: np.random.Generator, groove: Groove) -> str:
    if groove.name in STEADY:
        return "constant"
    if not groove.drums and rng.random() < 0.35:
        return "free"
    chances = (0.68, 0.17, 0.08, 0.07)
    return str(rng.choice(["constant", "drifting", "accelerating", "stepping"], p=chances))


def _random_plan(rng: np.random.Generator, groove: Groove, n_bars: int, beats_per_bar: int) -> Plan:
    phrase_bars = int(rng.choice([4, 4, 8]))
    starts = [0]
    while starts[-1] < n_bars:
        starts.append(starts[-1] + int(rng.choice([4, 8, 8] if n_bars < 24 else [8, 8, 16])))
    starts = starts[:-1]
    bare = groove.chords == ("",)
    drumless = not groove.drums or (not bare and rng.random() < 0.08)
    layers = [
        _random_layers(rng, index, drumless=drumless, bare=bare) for index in range(len(starts))
    ]
    return Plan(
        groove=groove,
        harmony=random_harmony(
            rng, n_bars=n_bars, beats_per_bar=beats_per_bar, loop_bars=phrase_bars
        ),
        n_bars=n_bars,
        beats_per_bar=beats_per_bar,
        phrase_bars=phrase_bars,
        section_starts=tuple(starts),
        layers=tuple(layers),
        drums={name: str(rng.choice(patterns)) for name, patterns in groove.drums.items()},
        bass=str(rng.choice(groove.bass)),
        chords=str(rng.choice(groove.chords)),
        anticipation=float(rng.choice([0.0, 0.0, 0.3, 0.8])),
        hold=rng.uniform(0.25, 1.0),
        roll=((0, 1, 2, 3), (0, 1, 2, 1), (3, 2, 1), (0, 2, 3, 1))[rng.integers(4)],
    )


def _random_layers(
    rng: np.random.Generator, index: int, *, drumless: bool, bare: bool
) -> frozenset[str]:
    chances = {"drums": 0.95, "hats": 0.93, "bass": 0.9, "chords": 0.93, "tune": 0.65}
    if index == 0:
        chances |= {"drums": 0.7, "hats": 0.8, "bass": 0.75, "tune": 0.4}
    layers = {name for name, chance in chances.items() if rng.random() < chance}
    if drumless:
        layers -= {"drums", "hats"}
    if not layers & {"drums", "chords", "bass"}:
        layers.add("chords")
    if bare:
        layers |= {"drums", "hats"}
    return frozenset(layers)


def _play_all(take: Take, plan: Plan) -> None:
    rng = take.rng
    _play_drums(take, plan, random_kit(rng))
    _play_bass(take, plan, random_voice(rng, "bass"))
    held = plan.chords in {"pad", "l"} and rng.random() < 0.7
    _play_chords(take, plan, random_voice(rng, "pad" if held else "struck"))
    _play_tune(take, plan, random_voice(rng, str(rng.choice(["struck", "sung", "sung"]))))


def _play_drums(take: Take, plan: Plan, kit: Kit) -> None:
    rng, bar_beats = take.rng, plan.beats_per_bar
    levels = {name: rng.uniform(0.6, 1.2) for name in kit.takes}
    loudness = {"X": 1.0, "x": 0.8, "o": 0.3}
    loose = rng.choice([0.0, 0.03, 0.08])
    number = 0
    for bar in range(plan.n_bars):
        playing = plan.layers_at(bar)
        fills = (bar + 1) in plan.section_starts and rng.random() < 0.7
        until = bar_beats - rng.choice([0, 0.5, 1, 2]) if fills else bar_beats
        if bar in plan.section_starts and "drums" in playing and rng.random() < 0.6:
            take.play("hats", bar * bar_beats, kit.stroke("crash", bar), 0.9)
        for name, pattern in plan.drums.items():
            track = DRUM_TRACKS.get(name, "hats")
            if ("hats" if track == "hats" else "drums") not in playing:
                continue
            for place, letter in _steps(pattern, bar, bar_beats, len_bar=16):
                if place >= until or rng.random() < loose:
                    continue
                number += 1
                level = levels[name] * loudness[letter] * rng.uniform(0.8, 1.0)
                take.play(track, bar * bar_beats + place, kit.stroke(name, number), level)
        if fills and "drums" in playing:
            for place in np.arange(until, bar_beats - 1e-6, rng.choice([0.25, 0.5])):
                drum = str(rng.choice(["snare", "tom", "tom"]))
                take.play("snare", bar * bar_beats + place, kit.stroke(drum, number), 0.8)


def _steps(pattern: str, bar: int, bar_beats: int, *, len_bar: int) -> list[tuple[float, str]]:
    """Return where in the bar a pattern has letters; one too long for a bar fills two."""
    if len(pattern) == 2 * len_bar and pattern.count("x") < len_bar:
        half = len(pattern) // 2
        pattern = pattern[half:] if bar % 2 else pattern[:half]
    return [
        (step * bar_beats / len(pattern), letter)
        for step, letter in enumerate(pattern)
        if letter != "."
    ]


def _play_bass(take: Take, plan: Plan, voice: Voice) -> None:
    rng, bar_beats = take.rng, plan.beats_per_bar
    base = int(rng.integers(28, 38))
    for bar in range(plan.n_bars):
        if "bass" not in plan.layers_at(bar) or not plan.bass:
            continue
        hits = _steps(plan.bass, bar, bar_beats, len_bar=16)
        changes = {place for place, _ in hits}
        first = bar * bar_beats
        hits += [
            (chord.start - first, "R")
            for chord in plan.harmony.chords
            if 0 < chord.start - first < bar_beats and chord.start - first not in changes
            if plan.bass in {"R", "R...R..."}
        ]
        hits.sort()
        ends = [*(place for place, _ in hits), float(bar_beats)][1:]
        for (place, letter), end in zip(hits, ends, strict=True):
            chord = _sounding(plan, first + place, rng)
            pitch = base + (chord.root - base) % 12 + _interval(letter, place, chord, rng)
            length = (end - place) * (plan.hold if end - place < 2 else 0.95)
            seconds = length * _beat_s(take)
            take.play("bass", first + place, voice.note(pitch, seconds), rng.uniform(0.75, 1.0))


def _interval(letter: str, place: float, chord: Chord, rng: np.random.Generator) -> int:
    if letter == "w" and place > 0:
        steps = [(pitch - chord.root) % 12 for pitch in chord.pitches]
        return int(rng.choice([*steps, 2, 5, 9, 10, 11]))
    return {"F": 7, "O": 12}.get(letter, 0)


def _sounding(plan: Plan, place: float, rng: np.random.Generator) -> Chord:
    """Return the chord for a stroke; just before a change it may be the next one already."""
    change = plan.harmony.next_change(place)
    if change - place <= 0.5 and rng.random() < plan.anticipation:
        return plan.harmony.at(change)
    return plan.harmony.at(place)


def _beat_s(take: Take) -> float:
    return float(np.median(np.diff(take.clock.beats_s)))


def _play_chords(take: Take, plan: Plan, voice: Voice) -> None:
    rng, first_shift = take.rng, int(take.rng.choice([-12, 0, 0, 12]))
    per_beat = {"arp8": 2, "alberti": 2, "arp16": 4, "arp12": 3, "arp6": 3}
    spread_s = rng.choice([0.0, 0.0, 0.015])
    for bar in range(plan.n_bars):
        if "chords" not in plan.layers_at(bar):
            continue
        if plan.chords in per_beat:
            _play_arpeggio(take, plan, voice, bar, per_beat[plan.chords], first_shift)
            continue
        for place, length in _strokes(plan, bar):
            chord = _sounding(plan, place, rng)
            level = 0.35 * rng.uniform(0.75, 1.0)
            for index, pitch in enumerate(chord.pitches):
                sound = voice.note(pitch + first_shift, length * _beat_s(take))
                strummed = place + index * spread_s / _beat_s(take)
                take.play("chords", strummed, sound, level)


def _strokes(plan: Plan, bar: int) -> list[tuple[float, float]]:
    """Return where chords are struck in a bar, and how long they ring, in beats."""
    bar_beats = plan.beats_per_bar
    first, last = float(bar * bar_beats), float((bar + 1) * bar_beats)
    if plan.chords in {"pad", "l"}:
        starts = {chord.start for chord in plan.harmony.chords if first <= chord.start < last}
        if plan.chords == "l":
            starts.add(first)
        ordered = sorted(starts)
        ends = [*ordered, min(plan.harmony.next_change(last - 0.01), last + 2 * bar_beats)]
        return [(start, end - start) for start, end in zip(ordered, ends[1:], strict=True)]
    hits = _steps(plan.chords, bar, bar_beats, len_bar=16)
    ends = [*(place for place, _ in hits), float(bar_beats)][1:]
    return [
        (first + place, (end - place) * (1.0 if letter == "l" else min(plan.hold, 0.6)))
        for (place, letter), end in zip(hits, ends, strict=True)
    ]


def _play_arpeggio(
    take: Take, plan: Plan, voice: Voice, bar: int, per_beat: int, shift: int
) -> None:
    n_steps = plan.beats_per_bar * per_beat
    order = (0, 2, 1, 2) if plan.chords == "alberti" else plan.roll
    for step in range(n_steps):
        place = bar * plan.beats_per_bar + step / per_beat
        pitches = (*plan.harmony.at(place).pitches, plan.harmony.at(place).pitches[0] + 12)
        pitch = pitches[order[step % len(order)] % len(pitches)] + shift
        level = 0.6 * take.rng.uniform(0.7, 1.0) * (1.2 if step % per_beat == 0 else 1.0)
        sound = voice.note(pitch, max(1.0, 2 * plan.hold) / per_beat * _beat_s(take))
        take.play("chords", place, sound, level)


def _play_tune(take: Take, plan: Plan, voice: Voice) -> None:
    rng, bar_beats = take.rng, plan.beats_per_bar
    thirds = plan.groove.metre == "6/8" or "arp12" in plan.groove.chords
    per_beat = 3 if thirds else 4 if _beat_s(take) > 0.6 else 2
    tune = random_tune(
        rng, plan.harmony, n_beats=plan.n_bars * bar_beats, per_beat=per_beat, bar=bar_beats
    )
    for place, pitch, length in tune:
        if "tune" in plan.layers_at(int(place // bar_beats)):
            sound = voice.note(pitch, min(0.95, plan.hold + 0.4) * length * _beat_s(take))
            take.play("tune", place, sound, 0.6 * rng.uniform(0.7, 1.0))
    if rng.random() < 0.2:
        for place in np.arange(-float(rng.choice([0.5, 1, 1.5, 2])), 0.0, 0.5):
            take.play("tune", place, voice.note(67, 0.4 * _beat_s(take)), 0.6)


def _mixed(take: Take, plan: Plan) -> Samples:
    """Return all tracks together, each at its level; the kick may push the others down."""
    rng = take.rng
    spread_db = {"lows": 3.0, "snare": 4.0, "hats": 6.0, "bass": 4.0, "chords": 5.0, "tune": 5.0}
    typical_db = {"lows": 0, "snare": -1, "hats": -8, "bass": 0, "chords": -3, "tune": -3}
    pumps = "lows" in take.tracks and plan.groove.name == "four on the floor"
    pumped = _pump(take) if pumps and rng.random() < 0.6 else np.float32(1.0)
    mix = np.zeros(take.n_samples, dtype=np.float32)
    for name, track in take.tracks.items():
        loud = np.sqrt(np.mean(np.square(track))) + 1e-6
        level_db = typical_db[name] + spread_db[name] * rng.standard_normal()
        ducked = pumped if name in {"bass", "chords", "tune"} else np.float32(1.0)
        mix += np.float32(10 ** (level_db / 20) / loud) * track * ducked
    return mix


def _pump(take: Take) -> Samples:
    """Return gains that fall on every beat and recover."""
    lag = np.zeros(take.n_samples, dtype=np.float32) + 1.0
    shape = np.linspace(take.rng.uniform(0.0, 0.5), 1.0, round(0.25 * RATE_HZ), dtype=np.float32)
    for beat_s in take.clock.beats_s:
        start = round(beat_s * RATE_HZ)
        span = lag[start : start + len(shape)]
        span *= shape[: len(span)]
    return lag


def _cut(
    mono: Samples, take: Take, plan: Plan, end_s: float, *, style: str, swing: float
) -> TrainingSong:
    """Cut the take out of its silence, now and then in the middle of a bar, and date its truth."""
    rng, bar_beats = take.rng, plan.beats_per_bar
    from_s = max(0.0, take.first_s - rng.choice([0.0, 0.02, 0.3, 1.0]))
    if rng.random() < 0.3:
        from_s = take.first_s + rng.uniform(0.5, 4.0)
    until_s = end_s + (TAIL_S if rng.random() < 0.5 else -rng.uniform(0.1, 2.0))
    beats_s = take.clock.beats_s
    first_s = max(from_s, take.first_s - 0.02)
    kept = (beats_s >= first_s) & (beats_s < min(until_s, end_s) - 0.05)
    is_down = np.arange(len(beats_s)) % bar_beats == 0
    bars_s = [beats_s[(start + 1) * bar_beats] - from_s for start in plan.section_starts]
    edges_s = np.clip([*bars_s, end_s - from_s], 0.0, until_s - from_s)
    kinds = [SECTION_KINDS[index % len(SECTION_KINDS)] for index in range(len(bars_s))]
    return TrainingSong(
        style=style,
        mono=mono[round(from_s * RATE_HZ) : round(until_s * RATE_HZ)],
        beats_s=beats_s[kept] - from_s,
        downbeats_s=beats_s[kept & is_down] - from_s,
        metre=plan.groove.metre,
        swing=swing,
        phrase_bars=plan.phrase_bars,
        sections=tuple(zip(edges_s[:-1].tolist(), edges_s[1:].tolist(), kinds, strict=True)),
        key=plan.harmony.key,
    )
