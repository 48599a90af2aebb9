"""Words that hang in a world: tubes of neon, or light thrown on the air.

Modules
-------
letters
    A line of words as a texture: cores and glow.
sign
    A texture hung up in the world, and light that it throws on a canvas.
"""

from __future__ import annotations

from mvkit.studio.lettering.letters import Letters, set_letters
from mvkit.studio.lettering.sign import STYLES, Sign

__all__ = ["STYLES", "Letters", "Sign", "set_letters"]
