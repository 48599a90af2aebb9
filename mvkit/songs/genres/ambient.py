"""Compose "Still Water": ambient music in E flat major, 60 BPM, without drums.

Contents: `compose`.
"""

from __future__ import annotations

from mvkit.songs.band import slow_pad
from mvkit.songs.form import form_of
from mvkit.songs.instruments import glass_keys, sub_bass
from mvkit.songs.notation import arpeggio, bass_line
from mvkit.songs.score import Part, Score

FORM = form_of(
    ("intro", 0.5, "Ebadd9 | Ebadd9"),
    ("instrumental", 0.8, "Abmaj7 | Ebadd9/G | Fm7 | Bb7sus4"),
    ("outro", 0.5, "Abmaj7 | Bb7sus4 | Ebadd9"),
)

BASS = {
    "instrumental": "R_______________",
    "outro": "R_______________",
}
DROPS = {"instrumental": "0...1...2...1..."}
BELLS = {
    "intro": "-:2 Bb5:2 | -:1 G5:3",
    "instrumental": "C6:2 Bb5:2 | G5:4 | Ab5:1 C6:3 | F5:2 Eb5:2",
    "outro": "C5:2 Eb5:2 | F5:4 | G5:4",
}


def compose() -> Score:
    """Return the score of "Still Water"."""
    strings = FORM.hold("intro", "instrumental", "outro")
    drops = FORM.play(arpeggio, DROPS, transpose=12)
    return Score(
        title="Still Water",
        key="Eb major",
        tempo_bpm=60.0,
        sections=FORM.sections,
        parts=(
            Part("pad", slow_pad, strings, gain_db=-8.0, reverb=0.5),
            Part("bass", sub_bass, FORM.play(bass_line, BASS), gain_db=-14.0, reverb=0.1),
            Part("bells", glass_keys, FORM.sing(BELLS), gain_db=-8.0, reverb=0.5),
            Part("drops", glass_keys, drops, gain_db=-16.0, pan=0.3, reverb=0.4),
        ),
        loudness_lufs=-17.0,
        fade_out_s=3.0,
        seed=60,
    )
