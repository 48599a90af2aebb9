"""Compose "Lamplight Waltz": a waltz in G major, 96 BPM, three beats to the bar.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import accordion, brush, piano, ride, upright_bass
from mvkit.songs.form import form_of
from mvkit.songs.instruments import kick
from mvkit.songs.notation import bass_line, groove, strummed
from mvkit.songs.score import Part, Score

FORM = form_of(
    ("intro", 0.7, "G | Em | Am | D7"),
    ("verse", 0.8, "G | Em | Am | D7 | G | E7 | Am D7 D7 | G"),
    ("chorus", 1.0, "C | D7 | Bm | Em | Am | D7 | G | G"),
    beats_per_bar=3,
    step_beats=0.5,
)

KICK = {"verse": "x.....", "chorus": "X....."}
BRUSH = {"intro": "..x.x.", "verse": "..x.x.", "chorus": "..X.Xo"}
RIDE = {"chorus": "x.o.o."}
BASS = {"intro": "R__...", "verse": "R__...|f__...", "chorus": 7 * "R__...|" + "R_____"}
PIANO = {"intro": "..c.c.", "verse": "..c.c.", "chorus": 7 * "..C.C.|" + "C_____"}
TUNE = {
    "verse": "D5:1.5 E5:.5 D5:1 | B4:2 G4:1 | C5:1.5 D5:.5 C5:1 | A4:2 F#4:1 |"
    "B4:1.5 C5:.5 D5:1 | E5:1.5 D5:.5 B4:1 | C5:1 A4:1 F#4:1 | G4:3",
    "chorus": "E5:2 G5:1 | F#5:1.5 E5:.5 D5:1 | D5:2 F#5:1 | E5:1.5 D5:.5 B4:1 |"
    "C5:2 E5:1 | D5:1.5 C5:.5 A4:1 | B4:1 D5:1 B4:1 | G5:3",
}
SECOND = {
    "chorus": "C5:3 | A4:3 | B4:3 | G4:3 | A4:3 | F#4:3 | G4:3 | B4:3",
}


def compose() -> Score:
    """Return the score of "Lamplight Waltz"."""
    return Score(
        title="Lamplight Waltz",
        key="G major",
        tempo_bpm=96.0,
        beats_per_bar=3,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK), gain_db=-9.0),
            Part("brush", brush, FORM.play(groove, BRUSH), gain_db=-15.0, pan=-0.2, reverb=0.1),
            Part("ride", ride, FORM.play(groove, RIDE), gain_db=-19.0, pan=0.25),
            Part("bass", upright_bass, FORM.play(bass_line, BASS), gain_db=-4.0),
            Part("piano", piano, FORM.play(strummed, PIANO), gain_db=-10.0, reverb=0.15),
            Part("accordion", accordion, FORM.sing(TUNE), gain_db=-7.0, reverb=0.2),
            Part("second", accordion, FORM.sing(SECOND), gain_db=-13.0, pan=-0.3, reverb=0.2),
        ),
        loudness_lufs=-15.0,
        fade_out_s=0.8,
        seed=96,
    )
