"""Compose "Blue Lantern": swing in F major, 150 BPM: a walking bass under swung eighths.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import brush, piano, ride, saxophone, upright_bass
from mvkit.songs.form import form_of
from mvkit.songs.instruments import closed_hat, kick
from mvkit.songs.notation import groove, strummed
from mvkit.songs.score import Part, Score

TURN = "Gm7 | C7 | Fmaj7 | D7"
FORM = form_of(
    ("intro", 0.6, TURN),
    ("verse", 0.75, f"{TURN} | Gm7 | C7 | F6 | F6"),
    ("chorus", 1.0, f"Bbmaj7 | C7 | Am7 | D7 | {TURN}"),
    ("outro", 0.65, "Gm7 | C7 | F6 | F6"),
    step_beats=0.5,
)

RIDE = {
    "intro": "x.xox.xo",
    "verse": "x.xox.xo",
    "chorus": "X.XxX.Xx",
    "outro": 3 * "x.xox.xo|" + "x.......",
}
PEDAL = {
    "intro": "..x...x.",
    "verse": "..x...x.",
    "chorus": "..X...X.",
    "outro": 3 * "..x...x.|" + "........",
}
BRUSH = {"verse": "..o...o-", "chorus": "..x..-x-", "outro": 3 * "..o...o-|" + "........"}
KICK = {"verse": "-.-.-.-.", "chorus": "o.o.o.ox", "outro": 3 * "-.-.-.-.|" + "x......."}
PIANO = {
    "verse": "c__c....|.c__..c.",
    "chorus": "C__C..c.|.C__..C.",
    "outro": "c__c....|.c__..c.|C__.....|C_______",
}
WALK_TURN = (
    "G1:1 Bb1:1 D2:1 Db2:1 | C2:1 Bb1:1 A1:1 G1:1 | F1:1 A1:1 C2:1 Eb2:1 | D2:1 C2:1 A1:1 Ab1:1"
)
WALK_HOME = (
    "G1:1 A1:1 Bb1:1 B1:1 | C2:1 D2:1 E2:1 C2:1 | F1:1 G1:1 A1:1 C2:1 | F2:1 D2:1 C2:1 Ab1:1"
)
BASS = {
    "intro": WALK_TURN,
    "verse": f"{WALK_TURN} | {WALK_HOME}",
    "chorus": "Bb1:1 D2:1 F2:1 Db2:1 | C2:1 E2:1 G2:1 Bb1:1 | A1:1 C2:1 E2:1 Eb2:1 |"
    f"D2:1 F#1:1 A1:1 Ab1:1 | {WALK_TURN}",
    "outro": "G1:1 A1:1 Bb1:1 B1:1 | C2:1 D2:1 E2:1 C2:1 | F1:1 A1:1 C2:1 D2:1 | F1:4",
}
TUNE = {
    "verse": "-:.5 D5:.5 F5:.5 G5:.5 A5:1 G5:1 | -:.5 E5:.5 G5:.5 Bb5:.5 A5:.5 G5:.5 E5:1 |"
    "C5:1.5 A5:.5 G5:1 F5:1 | F#5:1.5 A5:.5 C5:2 |"
    "-:.5 D5:.5 F5:.5 G5:.5 A5:1 G5:1 | Bb5:.5 A5:.5 G5:.5 E5:.5 D5:.5 C5:1.5 |"
    "F5:1.5 D5:.5 C5:2 | -:4",
    "chorus": "D6:1.5 C6:.5 Bb5:1 A5:1 | G5:.5 Bb5:.5 E5:1 G5:2 | C6:1.5 A5:.5 G5:1 E5:1 |"
    "F#5:.5 A5:.5 C6:1 A5:2 | Bb5:1.5 A5:.5 G5:1 D5:1 | E5:.5 G5:.5 Bb5:1 A5:.5 G5:1.5 |"
    "A5:1.5 G5:.5 F5:1 C5:1 | D5:.5 F#5:.5 A5:1 Ab5:2",
    "outro": "G5:1.5 F5:.5 D5:2 | E5:.5 G5:.5 Bb5:1 A5:.5 G5:1.5 | F5:1.5 D5:.5 C5:2 | F5:4",
}


def compose() -> Score:
    """Return the score of "Blue Lantern"."""
    return Score(
        title="Blue Lantern",
        key="F major",
        tempo_bpm=150.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK), gain_db=-10.0),
            Part("ride", ride, FORM.play(groove, RIDE), gain_db=-12.0, pan=0.3),
            Part("pedal", closed_hat, FORM.play(groove, PEDAL), gain_db=-13.0, pan=-0.2),
            Part("brush", brush, FORM.play(groove, BRUSH), gain_db=-13.0, pan=-0.1),
            Part("bass", upright_bass, FORM.sing(BASS), gain_db=-3.0),
            Part("piano", piano, FORM.play(strummed, PIANO), gain_db=-11.0, pan=-0.2, reverb=0.12),
            Part("saxophone", saxophone, FORM.sing(TUNE), gain_db=-9.0, pan=0.1, reverb=0.2),
        ),
        swing=2 / 3,
        loudness_lufs=-15.0,
        fade_out_s=0.8,
        seed=150,
    )
