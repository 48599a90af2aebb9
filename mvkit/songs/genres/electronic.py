"""Compose "Glass Horizon": house in D minor, 128 BPM; the drop is its chorus.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.form import form_of
from mvkit.songs.instruments import (
    bass,
    clap,
    closed_hat,
    crash,
    kick,
    lead,
    open_hat,
    pad,
    pluck,
    riser,
    snare,
)
from mvkit.songs.notation import arpeggio, bass_line, groove, strummed
from mvkit.songs.score import Part, Score

LOOP = "Dm | Bb | Gm7 | A7"
FORM = form_of(
    ("intro", 0.6, LOOP),
    ("breakdown", 0.55, LOOP),
    ("chorus", 1.0, f"{LOOP} | {LOOP}"),
    ("outro", 0.6, LOOP),
)

KICK = {
    "intro": "X...X...X...X...",
    "breakdown": 2 * "................|" + "x...x...x...x...|x...x...........",
    "chorus": 7 * "X...X...X...X...|" + "X...X...X...X.x.",
    "outro": "X...X...X...X...",
}
CLAP = {"chorus": "....X.......X...", "outro": "....x.......x..."}
ROLL = {"breakdown": 2 * "................|" + "x...x...x...x...|x.x.x.x.xxxxxxxx"}
OPEN_HAT = {"intro": "..x...x...x...x.", "chorus": "..X...X...X...X.", "outro": "..x...x...x...x."}
CLOSED_HAT = {
    "intro": "o.-.o.-.o.-.o.-.",
    "chorus": "x-.-x-.-x-.-x-.-",
    "outro": "o.-.o.-.o.-.o.-.",
}
BASS = {"intro": "r_......r_......", "chorus": "Rrrr" * 4, "outro": "r_......r_......"}
STABS = {"chorus": "C..c..C...c.C..."}
ARPEGGIO = {
    "intro": "0.1.2.3.0.1.2.3.",
    "breakdown": "0213021302130213",
    "outro": "0.1.2.3.0.1.2.3.",
}
LEAD = {
    "chorus": "A5:1.5 F5:1 D5:1 E5:.5 | F5:1.5 D5:1 Bb4:1 C5:.5 |"
    "D5:1.5 G5:1 F5:1 D5:.5 | E5:1.5 C#5:1 A4:1.5 |"
    "A5:1.5 F5:1 D5:1 E5:.5 | F5:1.5 D5:1 Bb4:1 C5:.5 |"
    "D5:1.5 G5:1 Bb5:1 G5:.5 | A5:2 C#6:1 A5:1",
    "outro": "D5:4 | -:4 | -:4 | -:4",
}
FILTER = ((0, 500.0), (16, 2_500.0), (16.1, 700.0), (32, 9_000.0), (64, 9_000.0), (80, 400.0))


def compose() -> Score:
    """Return the score of "Glass Horizon"."""
    chords = FORM.hold("breakdown", "chorus")
    broken = FORM.play(arpeggio, ARPEGGIO, transpose=12)
    return Score(
        title="Glass Horizon",
        key="D minor",
        tempo_bpm=128.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK, velocity=1.0), gain_db=-4.0),
            Part("clap", clap, FORM.play(groove, CLAP), gain_db=-8.0, reverb=0.15),
            Part("roll", snare, FORM.play(groove, ROLL), gain_db=-14.0, reverb=0.2),
            Part("open hat", open_hat, FORM.play(groove, OPEN_HAT), gain_db=-9.5, pan=-0.15),
            Part("closed hat", closed_hat, FORM.play(groove, CLOSED_HAT), gain_db=-11.5, pan=0.2),
            Part("crash", crash, FORM.open("chorus", "outro"), gain_db=-11.0, duck=0.2),
            Part("bass", bass, FORM.play(bass_line, BASS), gain_db=-10.0, duck=0.9),
            Part("pad", pad, chords, gain_db=-13.0, reverb=0.25, duck=0.75, cutoff_hz=FILTER),
            Part("stabs", pluck, FORM.play(strummed, STABS), gain_db=-7.0, echo=0.15, duck=0.5),
            Part("arp", pluck, broken, gain_db=-3.0, echo=0.3, duck=0.4, cutoff_hz=FILTER),
            Part("lead", lead, FORM.sing(LEAD), gain_db=-9.0, reverb=0.2, echo=0.25, duck=0.3),
            Part("riser", riser, FORM.lead_into("chorus", length_beats=8), gain_db=-13.0),
        ),
        loudness_lufs=-11.0,
        fade_out_s=0.6,
        seed=128,
    )
