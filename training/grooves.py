"""What drums, bass and chords play in each style, as readable patterns.

A pattern is a bar (or two, for a clave) divided evenly into as many steps as it has letters. Of
drums ``X`` is an accent, ``x`` a stroke, ``o`` a soft one and ``.`` nothing; of a bass ``R`` is
the chord's root, ``F`` its fifth, ``O`` its octave, ``w`` a step of a walk; of chords ``x`` is
struck and ``l`` left to ring. ``pad``, ``arp8``, ``arp12``, ``arp16`` and ``alberti`` name ways
of playing instead of a pattern.

Contents
--------
Groove, GROOVES, random_groove, random_clicks
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Groove:
    """A style.

    Attributes
    ----------
    name : str
        Of the style.
    metre : str
        ``4/4``, ``3/4``, ``2/4`` or ``6/8``, whose beats are dotted.
    tempo_bpm : tuple of float
        Slowest and fastest.
    drums : mapping
        For each drum the patterns it may play, one of which is chosen.
    bass, chords : tuple of str
        The same for them; an empty pattern is silence.
    swing : tuple of tuple of float
        Ranges of swing, one of which is chosen.
    pairs_per_beat : int
        1 if quavers swing, 2 if semiquavers do.
    weight : float
        How often it is made.
    """

    name: str
    metre: str
    tempo_bpm: tuple[float, float]
    drums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bass: tuple[str, ...] = ("R",)
    chords: tuple[str, ...] = ("pad",)
    swing: tuple[tuple[float, float], ...] = ((0.5, 0.5),)
    pairs_per_beat: int = 1
    weight: float = 1.0


EIGHTS, FOURS, SIXTEENS = "x.x.x.x.x.x.x.x.", "x...x...x...x...", "xoxoxoxoxoxoxoxo"
BACKBEAT = "....X.......X..."
SWUNG = (0.6, 0.69)

FREE_SHARE = 0.1
LIKED_BPM, LIKED_OCTAVES = 118.0, 0.5

ROCK_KICKS = (
    "X.......x.......",
    "X.......x.x.....",
    "X.....x.x.......",
    "X..x....x..x....",
    "X.x.......x.....",
    "X.....x...x.....",
    "X...x...X...x...",
)
ROCK_CHORDS = ("llllllll", "x.l.x.l.", "l", "pad", "lxlxlxlx", "x..x..x.", "arp8", "ll", "l.ll.lll")
ROCK_BASS = ("RRRRRRRR", "R...R...", "R..R..R.", "R", "R.RR.RR.", "RRRRRRRF", "R..RR...")

GROOVES = (
    Groove(
        name="rock",
        metre="4/4",
        tempo_bpm=(84, 178),
        drums={
            "kick": ROCK_KICKS,
            "snare": (BACKBEAT,),
            "hat": (EIGHTS, EIGHTS, FOURS, SIXTEENS, ""),
            "ride": ("", "", FOURS, EIGHTS),
        },
        bass=ROCK_BASS,
        chords=ROCK_CHORDS,
        weight=3.0,
    ),
    Groove(
        name="slow rock",
        metre="4/4",
        tempo_bpm=(60, 92),
        drums={
            "kick": ROCK_KICKS,
            "snare": (BACKBEAT,),
            "hat": (EIGHTS, SIXTEENS, SIXTEENS),
        },
        bass=ROCK_BASS,
        chords=(*ROCK_CHORDS, "arp16"),
        weight=2.0,
    ),
    Groove(
        name="triplet ballad",
        metre="4/4",
        tempo_bpm=(60, 84),
        drums={
            "kick": ("X.....x.....", "X....xx....."),
            "snare": ("...X.....X..",),
            "hat": ("xxxxxxxxxxxx", "xooxooxooxoo"),
        },
        bass=("R..R..R..R..", "R.....R....."),
        chords=("arp12", "xxxxxxxxxxxx", "pad"),
    ),
    Groove(
        name="half time",
        metre="4/4",
        tempo_bpm=(118, 160),
        drums={
            "kick": ("X.........x.....", "X.....x.........", "X..x......x....."),
            "snare": ("........X.......",),
            "hat": (EIGHTS, FOURS, SIXTEENS),
        },
        bass=ROCK_BASS,
        chords=ROCK_CHORDS,
        weight=0.7,
    ),
    Groove(
        name="fast rock",
        metre="4/4",
        tempo_bpm=(150, 200),
        drums={
            "kick": ("X.....x.x.......", "X...x.x...", "X.......X.x.....", "X...X...X...X..."),
            "snare": (BACKBEAT, "..x...x...x...x."),
            "hat": (EIGHTS, FOURS),
        },
        bass=("RRRRRRRR", "R.R.R.R."),
        chords=("llllllll", "x.x.x.x.", "l"),
        weight=1.2,
    ),
    Groove(
        name="four on the floor",
        metre="4/4",
        tempo_bpm=(112, 150),
        drums={
            "kick": ("X...X...X...X...",),
            "clap": (BACKBEAT, BACKBEAT, ""),
            "open": ("..x...x...x...x.", "..x...x...x...x.", ""),
            "hat": ("", SIXTEENS, EIGHTS),
        },
        bass=(
            "..R...R...R...R.",
            "..R...R...R...R.",
            ".RRR.RRR.RRR.RRR",
            "R.O.R.O.R.O.R.O.",
            "R..R..R...R.R...",
            "R",
        ),
        chords=(
            "..x...x...x...x.",
            "x..x..x..x..x.x.",
            "x..x..x.",
            "pad",
            "arp16",
            "..x..x....x..x..",
            ".xxx.xxx.xxx.xxx",
        ),
        weight=3.0,
    ),
    Groove(
        name="hip-hop",
        metre="4/4",
        tempo_bpm=(70, 108),
        drums={
            "kick": (
                "X.....x...x.....",
                "X..x......x.....",
                "X.........xx....",
                "X.x....x..x.....",
                "X......xx.......",
            ),
            "snare": (BACKBEAT, "....X.......X..o"),
            "hat": (EIGHTS, SIXTEENS, "x.xxx.xxx.x.x.xx"),
        },
        bass=("R..R......R.....", "R.....R...R.....", "R", "R......R........"),
        chords=("pad", "l..x....", "l", "..x...x...x...x.", "arp8"),
        swing=((0.5, 0.5), (0.54, 0.64)),
        pairs_per_beat=2,
        weight=2.0,
    ),
    Groove(
        name="trap",
        metre="4/4",
        tempo_bpm=(64, 86),
        drums={
            "kick": ("X......x..x.....", "X.....x....x....", "X..x..x...x....."),
            "clap": (BACKBEAT,),
            "hat": (SIXTEENS, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "x.x.x.xxx.x.xxxx"),
        },
        bass=("R.....R....R....", "R", "R......R..R....."),
        chords=("pad", "l", "arp8", "l...l..."),
    ),
    Groove(
        name="drum and bass",
        metre="4/4",
        tempo_bpm=(160, 182),
        drums={
            "kick": ("X.........x.....", "X.x.......xx....", "X.........x..x.."),
            "snare": (BACKBEAT, "....X..o.o..X..o"),
            "hat": (EIGHTS, SIXTEENS, FOURS),
        },
        bass=("R", "R.....R.....R...", "R..R..R."),
        chords=("pad", "pad", "l", "x.....x.........", "arp8"),
    ),
    Groove(
        name="bossa",
        metre="4/4",
        tempo_bpm=(104, 156),
        drums={
            "kick": ("X..xX..x", "x...x..."),
            "rim": ("x..x..x...x..x..x..x..x....x..x.", "..x.x...x..x..x."),
            "hat": ("xxxxxxxx", "xoxoxoxo"),
            "shaker": ("", "xxxxxxxx"),
        },
        bass=("R..FF..R", "R...F..."),
        chords=("x.x..x.x", "..x..x.x", "x..x..x."),
        weight=1.2,
    ),
    Groove(
        name="reggae",
        metre="4/4",
        tempo_bpm=(62, 92),
        drums={
            "kick": ("....X.......X...", "....X.......X...", "X...X...X...X..."),
            "rim": ("....X.......X...", "....X.......X..x"),
            "hat": (EIGHTS, "x.xox.xox.xox.xo", "..x...x...x...x."),
        },
        bass=("R..R..F.....R...", "R.R...F.R.......", "....R.F.R..R....", "R......R.F..R..."),
        chords=("..x...x...x...x.", "..x...x...x...x.", "..xx..xx..xx..xx"),
        swing=((0.5, 0.5), (0.5, 0.6)),
        pairs_per_beat=2,
        weight=2.0,
    ),
    Groove(
        name="shuffle",
        metre="4/4",
        tempo_bpm=(76, 168),
        drums={
            "kick": ("X...X...", "X..xX...", "X.x.X..."),
            "snare": ("..X...X.",),
            "hat": ("x.xxx.xx", "xxxxxxxx", "x.x.x.x."),
        },
        bass=("w.w.w.w.", "RRFFRRFF", "R.R.F.F.", "R..RR..R"),
        chords=("x..x....", "xxxxxxxx", ".x.x.x.x", "x.......", "..x...x.", "x...x..."),
        swing=(SWUNG,),
        weight=1.8,
    ),
    Groove(
        name="swing jazz",
        metre="4/4",
        tempo_bpm=(108, 200),
        drums={
            "ride": ("x.xxx.xx", "x.x.x.xx", "xxx.x.xx"),
            "hat": ("..x...x.", "..X...X."),
            "kick": ("o.o.o.o.", "", "x......."),
            "snare": ("", ".o.....o", "......oo"),
        },
        bass=("w.w.w.w.", "w.w.w.w.", "R...F..."),
        chords=("x..x....", "...x...x", "..x...x.", "x..x..x.", ".x....x.", "x.x.x.x."),
        swing=(SWUNG, (0.56, 0.64)),
        weight=2.0,
    ),
    Groove(
        name="funk",
        metre="4/4",
        tempo_bpm=(84, 120),
        drums={
            "kick": ("X.x.......x..x..", "X..x..x...x.....", "X.......x.x..x.."),
            "snare": ("....X..o.o..X...", "....X..o....X..o"),
            "hat": (SIXTEENS, EIGHTS),
        },
        bass=("R..R..O.R..R....", "R.O..R.R..O.R.F.", "R...R..R.R......"),
        chords=("....x.......x...", "x.x..x.x..x..x..", "..xx...x..xx...x"),
        swing=((0.5, 0.5), (0.5, 0.58)),
        pairs_per_beat=2,
        weight=1.2,
    ),
    Groove(
        name="dembow",
        metre="4/4",
        tempo_bpm=(84, 104),
        drums={
            "kick": ("X...X...X...X...",),
            "snare": ("...x..x....x..x.",),
            "hat": ("", EIGHTS, SIXTEENS),
        },
        bass=("R..R..R.R..R..R.", "R.......R......."),
        chords=("..x...x...x...x.", "pad", "arp8"),
    ),
    Groove(
        name="train",
        metre="4/4",
        tempo_bpm=(90, 130),
        drums={
            "kick": ("X...x...", "X...X..."),
            "snare": ("oXoXoXoX", "ooXooooXooXooooX"),
            "hat": ("",),
        },
        bass=("R...F...",),
        chords=("..x...x.", "..xx..xx"),
        weight=0.8,
    ),
    Groove(
        name="polka",
        metre="2/4",
        tempo_bpm=(84, 138),
        drums={
            "kick": ("X...x...", ""),
            "snare": ("..x...x.", "..x...xx", ""),
            "hat": ("", "xxxxxxxx"),
        },
        bass=("R...F...", "R...F..."),
        chords=("..x...x.", "..x...x."),
        weight=0.5,
    ),
    Groove(
        name="march",
        metre="2/4",
        tempo_bpm=(90, 130),
        drums={
            "kick": ("X...x...", "X......."),
            "snare": ("x.xxx.xx", "x...xoxx", "..x.xxx."),
            "crash": ("", "x...x..."),
        },
        bass=("R...F...", "R.R.F.F."),
        chords=("..x...x.", "x...x...", "l"),
        weight=0.4,
    ),
    Groove(
        name="waltz",
        metre="3/4",
        tempo_bpm=(78, 196),
        drums={
            "kick": ("X.....", "X.....", ""),
            "snare": ("..x.x.", "..o.o.", "....X.", ""),
            "hat": ("x.x.x.", "..x.x.", "xxxxxx", ""),
        },
        bass=("R.....", "R...F.", "R.F.F.", "R.R.R."),
        chords=("..x.x.", "..x.x.", "l", "arp8", "l.l.l.", "pad"),
        weight=2.2,
    ),
    Groove(
        name="jazz waltz",
        metre="3/4",
        tempo_bpm=(100, 190),
        drums={
            "ride": ("x.xxx.", "x.x.xx", "x.x.x."),
            "hat": ("..x...", "..x.x.", ""),
            "kick": ("X.....", "X..x..", ""),
            "snare": ("", "...o..", "....x."),
        },
        bass=("w.w.w.", "R..R..", "R...F.", "R....R"),
        chords=("x..x..", "...x..", "..x.x.", "x.....", ".x.x.x"),
        swing=(SWUNG,),
        weight=1.5,
    ),
    Groove(
        name="three-four rock",
        metre="3/4",
        tempo_bpm=(84, 168),
        drums={
            "kick": ("X.....", "X..x..", "X.x...", "X....x"),
            "snare": ("..X.X.", "....X.", "...X.."),
            "hat": ("xxxxxx", "x.x.x.", "x.x.x.x.x.x."),
        },
        bass=("RRRRRR", "R.....", "R.R.R.", "R..R.."),
        chords=("l", "xxxxxx", "l.x.x.", "arp8", "l..l.."),
    ),
    Groove(
        name="six-eight ballad",
        metre="6/8",
        tempo_bpm=(60, 84),
        drums={
            "kick": ("X.....", "X....x", "X.x..."),
            "snare": ("...X..",),
            "hat": ("xxxxxx", "x.xx.x", "xxxxxxxxxxxx"),
        },
        bass=("R.....", "R..R..", "R..F..", "R....R"),
        chords=("arp6", "xxxxxx", "pad", "l..l..", "l.xx.x"),
        weight=4.0,
    ),
    Groove(
        name="jig",
        metre="6/8",
        tempo_bpm=(92, 130),
        drums={"kick": ("X..x..", "X.....", ""), "shaker": ("xxxxxx", ""), "snare": ("", "..xx.x")},
        bass=("R..F..", "R..R..", "R....."),
        chords=("x.xx.x", "x..x..", ".xx.xx"),
        weight=0.8,
    ),
    Groove(
        name="piano",
        metre="4/4",
        tempo_bpm=(60, 140),
        bass=("R", "R...R...", "R...F...", "R..R....", "R.F.O.F.", ""),
        chords=("arp8", "arp8", "alberti", "x.x.x.x.", "..x...x.", "l", "arp16", "l..x..x."),
        weight=2.2,
    ),
    Groove(
        name="stride",
        metre="4/4",
        tempo_bpm=(80, 190),
        bass=("R...F...", "w...w..."),
        chords=("..x...x.",),
        swing=((0.5, 0.5), SWUNG),
        weight=0.8,
    ),
    Groove(
        name="chorale",
        metre="4/4",
        tempo_bpm=(60, 112),
        bass=("w.w.w.w.", "R...R..."),
        chords=("l.l.l.l.", "l...l..."),
        weight=0.5,
    ),
    Groove(
        name="pads",
        metre="4/4",
        tempo_bpm=(60, 110),
        bass=("R", "", "R...R..."),
        chords=("pad",),
        weight=0.8,
    ),
    Groove(
        name="arpeggios",
        metre="4/4",
        tempo_bpm=(80, 150),
        bass=("R", "R.R.R.R.", "RRRRRRRR", ""),
        chords=("arp16", "arp8", "arp16"),
        weight=1.2,
    ),
    Groove(
        name="plain beats",
        metre="4/4",
        tempo_bpm=(60, 190),
        drums={"rim": ("Xxxx", "Xoxo", "xxxx"), "kick": ("", "x...", "x.x."), "hat": ("", "xxxx")},
        bass=("", "R"),
        chords=("",),
        weight=1.2,
    ),
    Groove(
        name="piano waltz",
        metre="3/4",
        tempo_bpm=(70, 180),
        bass=("R.....",),
        chords=("..x.x.", "arp8", "l.x.x.", "..l..."),
        weight=0.8,
    ),
)


CLICKS = (
    Groove(
        name="clicks",
        metre="4/4",
        tempo_bpm=(60, 196),
        drums={"rim": ("Xxxx", "Xooo", "xxxx"), "hat": ("", "", "....", "xxxx")},
        bass=("",),
        chords=("",),
    ),
    Groove(
        name="clicks in three",
        metre="3/4",
        tempo_bpm=(60, 196),
        drums={"rim": ("Xxx", "Xoo"), "kick": ("", "x..")},
        bass=("",),
        chords=("",),
    ),
)
"""Bare beats: nothing but how often they come says how fast they are."""


def random_groove(rng: np.random.Generator) -> tuple[Groove, float]:
    """Return a style and a tempo in BPM; one style in ten is put together by chance.

    Common styles come more often, and tempi near those at which people like to tap: after
    McKinney and Moelants, "Ambiguity in tempo perception" (Music Perception 24, 2006).
    """
    groove = _free_groove(rng)
    if rng.random() > FREE_SHARE:
        weights = np.array([each.weight * _liking(_tempi(each)).mean() for each in GROOVES])
        groove = GROOVES[rng.choice(len(GROOVES), p=weights / weights.sum())]
    tempi = _tempi(groove) * 2 ** rng.uniform(-0.01, 0.01)
    liking = _liking(tempi)
    return groove, float(rng.choice(tempi, p=liking / liking.sum()))


def random_clicks(rng: np.random.Generator) -> tuple[Groove, float]:
    """Return bare beats and a tempo in BPM, none likelier than another."""
    groove = CLICKS[rng.integers(len(CLICKS))]
    return groove, float(rng.choice(_tempi(groove)))


def _tempi(groove: Groove) -> np.ndarray:
    slowest, fastest = np.log(groove.tempo_bpm)
    return np.exp(np.linspace(slowest, fastest, 40))


def _liking(bpm: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-0.5 * (np.log2(bpm / LIKED_BPM) / LIKED_OCTAVES) ** 2))


def _free_groove(rng: np.random.Generator) -> Groove:
    """Return patterns drawn step by step, likelier where the metre is heavier."""
    metre, n_beats = [("4/4", 4), ("4/4", 4), ("4/4", 4), ("3/4", 3), ("2/4", 2)][rng.integers(5)]
    weight = np.tile([1.0, 0.15, 0.45, 0.15], n_beats)
    off = np.zeros(4 * n_beats)
    off[[4 * beat for beat in range(1, n_beats, 2)]] = 1.0

    def drawn(chances: np.ndarray, letters: str) -> str:
        hits = rng.random(len(chances)) < chances
        return "".join(rng.choice(list(letters)) if hit else "." for hit in hits)

    first = np.eye(1, 4 * n_beats)[0]
    return Groove(
        name="free",
        metre=metre,
        tempo_bpm=(76, 150),
        drums={
            "kick": (drawn(np.clip(0.35 * weight + first, 0, 1), "xX"),),
            "snare": (drawn(np.clip(0.85 * off + 0.05, 0, 1), "xX"), ""),
            "hat": (EIGHTS[: 4 * n_beats], drawn(np.clip(weight + 0.2, 0, 1), "xo")),
        },
        bass=(drawn(np.clip(0.4 * weight + 0.9 * first, 0, 1), "RRF"), "R"),
        chords=(drawn(np.clip(0.3 * weight + 0.5 * first, 0, 1), "xl"), "pad", "arp8"),
        swing=((0.5, 0.5), (0.5, 0.5), SWUNG),
    )
