"""A path through tall trees: light between the trunks, mist over the moss, ferns beside the way.

From far to near: the air between distant trees with leaves above and the forest floor below;
trunks sinking into the mist; shafts of light; then, sharp, the near trunks, the ferns and the
person. What is far is soft in any case and is painted at half the size. Trees and ferns stand
in the world, so that a walk passes them.

The song: the shafts of light swell with bass and kick, shift with the bars and move on with each
part of the song; ferns bow on the snare; motes, which are fireflies at night, glitter with the
treble.

Modules
-------
dress
    Colours and air of each time of day, and the course of the path.
air, floor, trunks, ferns
    What is painted.
growth
    Where trees, ferns and motes are.
woods
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.forest.woods import Forest

__all__ = ["Forest"]
