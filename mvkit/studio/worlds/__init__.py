"""The worlds by name. A new one is a file beside this one and a line in the table."""

from __future__ import annotations

from mvkit.studio.worlds.base import TIMES_OF_DAY, WEATHERS, Mark, Setting, World
from mvkit.studio.worlds.concert_stage import ConcertStage
from mvkit.studio.worlds.desert_road import DesertRoad
from mvkit.studio.worlds.forest import Forest
from mvkit.studio.worlds.hex_tunnel import HexTunnel
from mvkit.studio.worlds.neon_city import NeonCity
from mvkit.studio.worlds.ocean_moon import OceanMoon

__all__ = ["TIMES_OF_DAY", "WEATHERS", "WORLDS", "Mark", "Setting", "World"]

WORLDS: dict[str, type[World]] = {
    world.name: world
    for world in (NeonCity, ConcertStage, DesertRoad, OceanMoon, Forest, HexTunnel)
}
"""World name -> class."""
