"""What a person holds or plays, drawn as part of the figure.

Modules
-------
handheld
    Microphone, umbrella shaft, drumsticks.
guitar, drums, keyboard
    Instruments.
"""

from __future__ import annotations

from collections.abc import Callable

from mvkit.studio.figure.model import Model
from mvkit.studio.figure.props.drums import add_drums
from mvkit.studio.figure.props.guitar import add_guitar
from mvkit.studio.figure.props.handheld import add_microphone, add_umbrella_shaft
from mvkit.studio.figure.props.keyboard import add_keyboard
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["PROPS", "add_umbrella_shaft"]

PROPS: dict[str, Callable[[Model, Wardrobe], None]] = {
    "sing": add_microphone,
    "play guitar": add_guitar,
    "play drums": add_drums,
    "play keys": add_keyboard,
}
"""Action -> what adds its prop to a model."""
