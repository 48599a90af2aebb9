"""Compose "Gravel Road": rock in E minor, 140 BPM: power chords, a backbeat, a solo for an end.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import lead_guitar, power_chord
from mvkit.songs.form import form_of
from mvkit.songs.instruments import bass, closed_hat, crash, kick, open_hat, snare, tom
from mvkit.songs.notation import bass_line, groove, melody
from mvkit.songs.score import Part, Score

FORM = form_of(
    ("intro", 0.8, "Em | G | A | B7"),
    ("verse", 0.85, "Em | Em | G | A | Em | Em | C | B7"),
    ("chorus", 1.0, "C | D | Em | Em | C | D | B7 | B7"),
    ("outro", 0.65, "Em | G A | Em"),
)

KICK = {
    "intro": 3 * "X.....X.X.......|" + "X.....X.X...X...",
    "verse": 7 * "X.....x.X.x.....|" + "X.....x.X.......",
    "chorus": "X.X...X.X.X...X.",
    "outro": "X...............|X.......X.......|X...............",
}
SNARE = {
    "intro": 3 * "....X.......X...|" + "....X.......xxXX",
    "verse": 7 * "....X.......X...|" + "....X...X.X.XXXX",
    "chorus": 7 * "....X.......X...|" + "....X.......X.XX",
    "outro": "........X.......|........X.....XX|X...............",
}
HAT = {"intro": "X.x.X.x.X.x.X.x.", "verse": "X.x.X.x.X.x.X.x."}
OPEN_HAT = {"chorus": "X.x.X.x.X.x.X.x."}
FILL = "B2:.5 B2:.5 G2:.5 E2:.5"
GUITAR = {
    "intro": "R_____r_R_rrr_r_",
    "verse": "r.r.r.r.r.r.r.r.",
    "chorus": "R_____R_R_____R_",
    "outro": "R_______________|R_______R_______|R_______________",
}
BASS = {
    "intro": "R.r.r.r.R.r.r.r.",
    "verse": "R.r.r.r.R.r.r.r.",
    "chorus": "R.r.r.r.R.r.r.r.",
    "outro": "R_______________|R_______R_______|R_______________",
}
LEAD = {
    "intro": "E5:1.5 D5:.5 B4:1 D5:1 | E5:1.5 G5:.5 D5:2 |E5:1.5 D5:.5 A4:1 B4:1 | B4:3 -:1",
    "verse": "-:.5 B4:.5 B4:.5 D5:.5 E5:1 D5:1 | B4:2 -:2 | -:.5 B4:.5 D5:.5 E5:.5 G5:1 E5:1 |"
    "C#5:2 A4:2 | -:.5 B4:.5 B4:.5 D5:.5 E5:1 D5:1 | B4:2 -:2 | C5:1 D5:1 E5:1 G5:1 | F#5:2 D#5:2",
    "chorus": "G5:1.5 G5:.5 E5:1 G5:1 | A5:1.5 F#5:.5 D5:2 | B5:1.5 G5:.5 E5:1 G5:1 |"
    "B5:2 A5:1 G5:1 | G5:1.5 G5:.5 E5:1 G5:1 | A5:1.5 F#5:.5 D5:2 | F#5:2 B5:2 | D#6:2 B5:2",
    "outro": "B5:3 A5:1 | G5:2 E5:2 | E5:4",
}


def compose() -> Score:
    """Return the score of "Gravel Road"."""
    toms = (
        *melody(FILL, start_beat=46.0, velocity=0.9, beats_per_bar=2),
        *melody(FILL, start_beat=78.0, velocity=0.9, beats_per_bar=2),
    )
    return Score(
        title="Gravel Road",
        key="E minor",
        tempo_bpm=140.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK), gain_db=-5.0),
            Part("snare", snare, FORM.play(groove, SNARE), gain_db=-4.0, reverb=0.1),
            Part("hat", closed_hat, FORM.play(groove, HAT), gain_db=-5.5, pan=0.25),
            Part("open hat", open_hat, FORM.play(groove, OPEN_HAT), gain_db=-4.5, pan=0.25),
            Part("toms", tom, toms, gain_db=-8.0, reverb=0.1),
            Part("crash", crash, FORM.open("intro", "verse", "chorus", "outro"), gain_db=-9.0),
            Part("guitar", power_chord, FORM.play(bass_line, GUITAR), gain_db=-4.5, reverb=0.05),
            Part("bass", bass, FORM.play(bass_line, BASS), gain_db=-10.0),
            Part("lead", lead_guitar, FORM.sing(LEAD), gain_db=-9.0, reverb=0.15, echo=0.1),
        ),
        loudness_lufs=-12.0,
        fade_out_s=0.8,
        seed=140,
    )
