"""Compose "Corner Light": hip-hop in C minor, 90 BPM: a lazy kick, a heavy bass, soft keys.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import long_bass, rim
from mvkit.songs.form import form_of
from mvkit.songs.instruments import clap, closed_hat, glass_keys, kick, open_hat, pad, pluck, snare
from mvkit.songs.notation import bass_line, groove, strummed
from mvkit.songs.score import Part, Score

LOOP = "Cm7 | Abmaj7 | Fm7 | G7"
FORM = form_of(
    ("intro", 0.75, "Cm7 | Abmaj7"),
    ("verse", 0.8, LOOP),
    ("chorus", 1.0, LOOP),
    ("outro", 0.65, "Cm7 | Abmaj7 | Fm7 G7 | Cm7"),
)

KICK = {
    "verse": "X.....x...X.....|X.x.......X..x..",
    "chorus": "X.....X...X..x..|X.x...X...X..x..",
    "outro": 3 * "X.....x...X.....|" + "X...............",
}
SNARE = {
    "verse": "....X.......X...|....X.......X..-",
    "chorus": "....X.......X..-|....X..-....X...",
    "outro": 3 * "....X.......X...|" + "................",
}
CLAP = {"chorus": "....X.......X..."}
HAT = {
    "intro": "x.o.x.o.x.o.x.o.",
    "verse": "x.o.x.o.x.o.x-o.",
    "chorus": "x-o-x-o-x-o-xxo-",
    "outro": 3 * "x.o.x.o.x.o.x.o.|" + "x...............",
}
OPEN_HAT = {"chorus": "..............x."}
RIM = {"verse": "..........-....."}
BASS = {
    "verse": "R____.r_.._R____|R_.r____..R__...",
    "chorus": "R____.R_..R__o__|R_.r__R_..R__f__",
    "outro": "R_______R_______",
}
KEYS = {
    "intro": "C_____c_____....",
    "verse": "C_____c_____....",
    "chorus": "C__.c___c_..c___",
    "outro": "C_______C_______",
}
HOOK = {
    "intro": "G5:.75 Eb5:.75 C5:1.5 -:1 | G5:.75 Eb5:.75 C5:1.5 Bb4:1",
    "chorus": "G5:.75 G5:.75 Bb5:.5 G5:1 Eb5:1 | G5:.75 Eb5:.75 C5:1.5 D5:1 |"
    "Ab5:.75 Ab5:.75 C6:.5 Ab5:1 F5:1 | G5:1.5 F5:.5 D5:1 B4:1",
    "outro": "G5:.75 Eb5:.75 C5:1.5 -:1 | G5:.75 Eb5:.75 C5:1.5 Bb4:1 |Ab4:1 C5:1 D5:1 B4:1 | C5:4",
}


def compose() -> Score:
    """Return the score of "Corner Light"."""
    strings = FORM.hold("chorus", "outro")
    return Score(
        title="Corner Light",
        key="C minor",
        tempo_bpm=90.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK, pitch_midi=36), gain_db=-3.0),
            Part("snare", snare, FORM.play(groove, SNARE), gain_db=-5.0, reverb=0.06),
            Part("clap", clap, FORM.play(groove, CLAP), gain_db=-9.0, reverb=0.1),
            Part("hat", closed_hat, FORM.play(groove, HAT), gain_db=-12.0, pan=0.2),
            Part("open hat", open_hat, FORM.play(groove, OPEN_HAT), gain_db=-15.0, pan=-0.2),
            Part("rim", rim, FORM.play(groove, RIM), gain_db=-10.0, pan=-0.3, reverb=0.1),
            Part("bass", long_bass, FORM.play(bass_line, BASS), gain_db=-7.0, duck=0.3),
            Part("keys", glass_keys, FORM.play(strummed, KEYS), gain_db=-14.0, reverb=0.12),
            Part("strings", pad, strings, gain_db=-17.0, reverb=0.2, duck=0.2),
            Part("hook", pluck, FORM.sing(HOOK), gain_db=-3.0, reverb=0.15, echo=0.3),
        ),
        loudness_lufs=-13.0,
        fade_out_s=1.2,
        seed=90,
    )
