"""Compose "Night Relay": drum and bass in F minor, 174 BPM; the drop is its chorus.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import growl_bass, ride
from mvkit.songs.form import form_of
from mvkit.songs.instruments import (
    closed_hat,
    crash,
    glass_keys,
    kick,
    lead,
    pad,
    riser,
    snare,
)
from mvkit.songs.notation import arpeggio, bass_line, groove
from mvkit.songs.score import Part, Score

LOOP = "Fm | Fm | Dbmaj7 | Dbmaj7 | Bbm7 | Bbm7 | C7 | C7"
FORM = form_of(
    ("intro", 0.55, LOOP),
    ("chorus", 1.0, f"{LOOP} | {LOOP}"),
    ("outro", 0.55, "Fm | Fm | Dbmaj7 | Fm"),
)
# The second kick falls between the third beat and the fourth.
BREAK = "X.........X....."

KICK = {
    "chorus": BREAK + "X.x.......X.....",
    "outro": BREAK,
}
SNARE = {
    "intro": 7 * "................|" + "x...x...x.x.xxXX",
    "chorus": "....X..-....X..-|....X..-.-..X.-.",
    "outro": "....x.......x...",
}
HAT = {
    "intro": "x.o.x.o.x.o.x.o.",
    "chorus": "o.X.o.X.o.X.o.X.",
    "outro": "x.o.x.o.x.o.x.o.",
}
GHOSTS = {"chorus": ".-.-.-.-.-.-.-.-"}
RIDE = {"chorus": "..x...x...x...x."}
BASS = {
    "chorus": "R_____r_..R_r_..|R___..R_r_R___f_",
    "outro": "R_______________",
}
BELLS = {"intro": "0...2...1...3...", "outro": "0...2...1...3..."}
LEAD = {
    "chorus": "C5:3 Ab4:1 | F5:3 Eb5:1 | F5:2 C5:2 | Ab4:4 | Db5:3 Bb4:1 | F5:3 Db5:1 |"
    "E5:2 G5:2 | C5:4 | C6:3 Ab5:1 | F5:3 G5:1 | Ab5:2 F5:2 | Db5:4 |"
    "Bb5:3 Ab5:1 | F5:3 Db5:1 | E5:2 G5:2 | Bb5:2 G5:2",
    "outro": "F5:4 | -:4 | -:4 | -:4",
}


def compose() -> Score:
    """Return the score of "Night Relay"."""
    bells = FORM.play(arpeggio, BELLS, transpose=12)
    strings = FORM.hold("intro", "chorus", "outro")
    return Score(
        title="Night Relay",
        key="F minor",
        tempo_bpm=174.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK, pitch_midi=41), gain_db=-3.5),
            Part("snare", snare, FORM.play(groove, SNARE, pitch_midi=57), gain_db=-4.5),
            Part("hat", closed_hat, FORM.play(groove, HAT), gain_db=-8.0, pan=0.2),
            Part("ghosts", closed_hat, FORM.play(groove, GHOSTS), gain_db=-12.0, pan=-0.2),
            Part("ride", ride, FORM.play(groove, RIDE), gain_db=-15.0, pan=0.3),
            Part("crash", crash, FORM.open("chorus", "outro"), gain_db=-10.0, reverb=0.1),
            Part("bass", growl_bass, FORM.play(bass_line, BASS), gain_db=-8.0, duck=0.5),
            Part("pad", pad, strings, gain_db=-14.0, reverb=0.3, duck=0.4),
            Part("bells", glass_keys, bells, gain_db=-10.0, reverb=0.25, echo=0.3),
            Part("lead", lead, FORM.sing(LEAD), gain_db=-11.0, reverb=0.25, echo=0.2, duck=0.2),
            Part("riser", riser, FORM.lead_into("chorus", length_beats=16), gain_db=-13.0),
        ),
        loudness_lufs=-11.5,
        fade_out_s=0.8,
        seed=174,
    )
