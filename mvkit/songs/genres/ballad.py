"""Compose "Slow Harbour": a ballad in D major, 70 BPM: piano, strings, and a soft backbeat.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import brush, piano, rim, upright_bass
from mvkit.songs.form import form_of
from mvkit.songs.instruments import closed_hat, crash, kick, lead, pad, snare
from mvkit.songs.notation import arpeggio, bass_line, groove, strummed
from mvkit.songs.score import Part, Score

FORM = form_of(
    ("intro", 0.85, "D | A/C#"),
    ("verse", 0.75, "D | A/C# | Bm7 | G A"),
    ("chorus", 1.0, "G | A | D Bm7 | G A"),
    ("outro", 0.6, "Dadd9"),
)

KICK = {"verse": "X.......x.......", "chorus": "X.......X.x.....", "outro": "X..............."}
RIM = {"verse": "....x.......x..."}
SNARE = {"chorus": "....X.......X..."}
BRUSH = {"verse": "o---x---o---x---", "chorus": "x---x---x---x---"}
HAT = {"verse": "x.-.x.-.x.-.x.-.", "chorus": "x---x---x---x---"}
BASS = {
    "verse": "R_______r_______",
    "chorus": "R_______R_______",
    "outro": "R_______________",
}
BROKEN = {
    "intro": "0123432101234321",
    "verse": "0121321201213212",
    "chorus": "0234023402340234",
    "outro": "01234...........",
}
CHORDS = {
    "verse": "c___c___c___c___",
    "chorus": "C___C___C___C___",
    "outro": "C_______________",
}
TUNE = {
    "verse": "-:.5 A4:.5 D5:.5 E5:.5 F#5:1.5 E5:.5 | E5:1.5 C#5:.5 A4:2 |"
    "-:.5 B4:.5 D5:.5 F#5:.5 A5:1.5 F#5:.5 | G5:1 F#5:.5 D5:.5 E5:2",
    "chorus": "B5:1.5 A5:.5 G5:1 D5:1 | C#5:.5 E5:1.5 A5:2 |"
    "F#5:1.5 A5:.5 B5:1 D6:1 | B5:1 A5:.5 G5:.5 E5:2",
    "outro": "D5:4",
}


def compose() -> Score:
    """Return the score of "Slow Harbour"."""
    strings = FORM.hold("chorus", "outro")
    sung = FORM.sing(TUNE)
    return Score(
        title="Slow Harbour",
        key="D major",
        tempo_bpm=70.0,
        sections=FORM.sections,
        parts=(
            Part("kick", kick, FORM.play(groove, KICK), gain_db=-7.0),
            Part("rim", rim, FORM.play(groove, RIM), gain_db=-9.0, reverb=0.25),
            Part("snare", snare, FORM.play(groove, SNARE), gain_db=-8.0, reverb=0.3),
            Part("brush", brush, FORM.play(groove, BRUSH), gain_db=-17.0, pan=-0.15),
            Part("hat", closed_hat, FORM.play(groove, HAT), gain_db=-16.0, pan=0.2),
            Part("crash", crash, FORM.open("chorus"), gain_db=-16.0, reverb=0.2),
            Part("bass", upright_bass, FORM.play(bass_line, BASS), gain_db=-8.0),
            Part("piano", piano, FORM.play(arpeggio, BROKEN), gain_db=-7.0, reverb=0.2),
            Part("chords", piano, FORM.play(strummed, CHORDS), gain_db=-8.0, reverb=0.2),
            Part("strings", pad, strings, gain_db=-12.0, reverb=0.35),
            Part("voice", lead, sung, gain_db=-9.0, reverb=0.3, echo=0.12),
        ),
        loudness_lufs=-15.0,
        fade_out_s=1.5,
        seed=70,
    )
