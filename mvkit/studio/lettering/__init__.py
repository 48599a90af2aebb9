"""Words that hang in a world: tubes of neon, or light thrown on the air.

The bundled typeface is Roboto Bold (Apache licence 2.0, beside it), which covers Latin, Greek and
Cyrillic; any other script needs a font file of the user's own.

Modules
-------
letters
    A line of words as a texture: cores and glow.
sign
    A texture hung up in the world, and light that it throws on a canvas.
"""

from __future__ import annotations

from mvkit.studio.lettering.letters import Letters, can_write, set_letters
from mvkit.studio.lettering.sign import STYLES, Sign

__all__ = ["STYLES", "Letters", "Sign", "can_write", "set_letters"]
