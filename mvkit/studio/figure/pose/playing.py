"""Playing instruments: where the hands go, and where the instruments stand.

Places of an instrument are in body coordinates; :mod:`mvkit.studio.figure.props` draws it there.
"""

from __future__ import annotations

from math import cos, floor, pi, sin

from mvkit.studio.figure.pose.life import sung
from mvkit.studio.figure.pose.rhythm import chance, eased, passing, ringing, struck
from mvkit.studio.figure.pose.stance import FootPlace, Place, Stance

__all__ = [
    "CRASH_M", "HAT_M", "KEYS_M", "SNARE_M", "STOOL_M", "play_drums", "play_guitar", "play_keys",
]  # fmt: skip

STOOL_M = 0.50
SNARE_M: Place = (-0.10, 0.66, 0.50)
HAT_M: Place = (-0.44, 0.86, 0.48)
CRASH_M: Place = (0.42, 1.08, 0.70)
KEYS_M: Place = (0.0, 0.97, 0.40)
"""Middle of the snare's and the hi-hat's top, and of the keyboard's front edge."""

_STICK_M = 0.33  # from the fist to a drumstick's tip
_FRETS = ((0.30, -0.10), (0.22, -0.14), (0.33, -0.085), (0.26, -0.12))


def play_guitar(beats: float, energy: float) -> Stance:
    """Strum down on the beat and up between, change the chord each bar, rock along."""
    rock = sin(pi * beats)
    drive = 0.4 + 0.6 * energy
    strum = cos(2 * pi * beats) * (0.035 + 0.03 * energy)
    bar = beats / 4
    out, up, _ = passing([(*fret, 0.0) for fret in _FRETS], bar, held=0.9)
    nod = 0.10 * drive * ringing(beats % 1.0, 3.0)
    return Stance(
        pelvis_x=0.02 * sin(pi * beats / 2),
        pelvis_y=0.872 - 0.014 * drive * abs(cos(pi * beats)),
        pelvis_turn=0.14 * sin(pi * beats / 4),
        lean=0.06 + 0.06 * drive * (0.5 + 0.5 * rock),
        side_lean=-0.03 * rock * drive,
        chest_turn=0.10 * sin(pi * beats / 2) * drive - 0.05,
        head_turn=-0.22 + 0.16 * sin(pi * beats / 8),
        nod=0.14 + nod,
        tilt=0.06 * sin(pi * beats / 2),
        swing=0.9 * sin(pi * beats - 0.6) * drive,
        feet=(
            FootPlace(-0.19, 0, 0.12, 0, -0.2),
            FootPlace(0.17, 0, -0.06, 0.16 * max(rock, 0.0) ** 2, 0.25),
        ),
        hands=((out, up, 0.235), (-0.115, -0.315 - strum, 0.255)),
        elbows=((0.5, -1.0, -0.1), (1.0, -0.35, -0.5)),
        palms=((-0.2, 0.55, -1.0), (0.2, -0.1, -1.0)),
        fingers=((-0.7, 0.7, 0.05), (-0.75, -0.65, 0.1)),
        grips=("fret", "loose fist"),
    )


def play_drums(beats: float, energy: float) -> Stance:
    """Hi-hat in eighths, snare on two and four, kick on one and three; a crash every eight."""
    eighths, backbeat = (2 * beats) % 1.0, ((beats - 1) / 2) % 1.0
    reach = 0.05 + 0.07 * energy
    high = reach * struck(eighths)
    crossing = _crash_share(beats)
    hat = (HAT_M[0] + 0.04, HAT_M[1] + 0.025 + high, HAT_M[2])
    crash = (CRASH_M[0], CRASH_M[1] + 0.03 + high, CRASH_M[2])
    swung = struck(backbeat, ready=0.75)
    snare = (SNARE_M[0] + 0.02, SNARE_M[1] + 0.02 + (0.10 + 0.16 * energy) * swung, SNARE_M[2])
    right_tip = passing((hat, crash), crossing, held=0.0)
    kick = ringing((beats / 2) % 1.0 * 2, 3.0)
    hit = ringing(backbeat * 2, 3.0)
    return Stance(
        pelvis_y=STOOL_M + 0.115,
        lean=0.07 + 0.03 * hit,
        side_lean=0.02 * sin(pi * beats / 2),
        chest_turn=-0.10 + 0.30 * crossing + 0.04 * sin(pi * beats),
        head_turn=0.10 + 0.22 * sin(pi * beats / 8),
        nod=0.06 + 0.10 * energy * ringing(beats % 1.0, 3.0),
        tilt=0.05 * sin(pi * beats / 2),
        swing=0.7 * sin(pi * beats - 0.6),
        feet=(FootPlace(-0.27, 0, 0.40, 0.0), FootPlace(0.20, 0, 0.42, 0.24 * (1 - kick))),
        knees_out=0.55,
        knees_up=0.5,
        wrists=(
            _behind(snare, -0.14, 0.35 * swung),
            _behind(right_tip, 0.14, 0.2 * struck(eighths)),
        ),
        tips=(snare, right_tip),
        fingers=((0.1, -0.25, 1.0), (-0.2, -0.25, 1.0)),
        elbows=((0.9, -0.6, -0.6), (1.0, -0.5, -0.6)),
        grips=("grip", "grip"),
    )


def _crash_share(beats: float) -> float:
    """Return how far the right hand has gone from the hi-hat to the crash, around each 8th beat."""
    away = abs((beats + 4) % 8 - 4)
    return 1 - eased((away - 0.15) / 0.85)


def _behind(tip: Place, aside: float, raised: float) -> Place:
    """Return the wrist whose stick ends at a tip; a raised stick points up, its hand is near."""
    back = _STICK_M * cos(raised)
    return tip[0] + aside, tip[1] + 0.05 - 0.10 * raised, tip[2] - back


def play_keys(beats: float, energy: float) -> Stance:
    """Chords in the left hand every other beat, phrases of the right hand; the body sways along."""
    rock = sin(pi * beats / 2)
    nod = ringing(beats % 1.0, 2.5)
    left_x = passing([(x, 0, 0) for x in (-0.22, -0.30, -0.18, -0.26)], beats / 2, held=0.6)[0]
    right = _phrase(beats)
    dips = (0.022 * struck((beats / 2) % 1.0), 0.018 * struck((2 * beats) % 1.0))
    high, front = KEYS_M[1] + 0.075, KEYS_M[2] - 0.06
    return Stance(
        pelvis_x=0.035 * rock,
        pelvis_y=0.885 - 0.012 * nod * energy,
        pelvis_turn=0.05 * rock,
        lean=0.13 + 0.04 * energy * nod,
        side_lean=-0.03 * rock,
        chest_turn=0.06 * rock,
        head_turn=0.20 * sin(pi * beats / 8),
        nod=0.16 + 0.08 * energy * nod,
        tilt=0.05 * rock,
        swing=0.6 * sin(pi * beats / 2 - 0.6),
        feet=(FootPlace(-0.13, 0, 0.0), FootPlace(0.13, 0.0, 0.03, 0.16 * (1 - nod) * energy)),
        wrists=((left_x, high + dips[0], front), (right, high + dips[1], front)),
        fingers=((-0.12, -0.30, 1.0), (-0.12, -0.30, 1.0)),
        palms=((0.0, -1.0, -0.25), (0.0, -1.0, -0.25)),
        elbows=((0.9, -0.8, -0.6), (0.9, -0.8, -0.6)),
        grips=("keys", "keys"),
        face=sung(beats, energy)._replace(mouth=0.0),
    )


def _phrase(beats: float) -> float:
    """Return the right hand's place along the keys: it walks by halves of a beat, then leaps."""
    count = 2 * beats
    index = floor(count)

    def place(step: int) -> float:
        return 0.10 + 0.22 * chance(step // 8, 5) + 0.05 * (chance(step, 6) - 0.5)

    share = eased((count - index - 0.35) / 0.65)
    return place(index) + share * (place(index + 1) - place(index))
