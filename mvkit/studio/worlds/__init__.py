"""The worlds by name. A new one is a file beside this one and a line in the table."""

from __future__ import annotations

from mvkit.studio.worlds.aurora_lake import AuroraLake
from mvkit.studio.worlds.base import TIMES_OF_DAY, WEATHERS, Mark, Setting, World
from mvkit.studio.worlds.club import Club
from mvkit.studio.worlds.concert_stage import ConcertStage
from mvkit.studio.worlds.desert_road import DesertRoad
from mvkit.studio.worlds.field import Field
from mvkit.studio.worlds.forest import Forest
from mvkit.studio.worlds.hex_tunnel import HexTunnel
from mvkit.studio.worlds.ink_wash import InkWash
from mvkit.studio.worlds.mountain import Mountain
from mvkit.studio.worlds.neon_city import NeonCity
from mvkit.studio.worlds.ocean_moon import OceanMoon
from mvkit.studio.worlds.rooftop import Rooftop
from mvkit.studio.worlds.room import Room
from mvkit.studio.worlds.space import Space
from mvkit.studio.worlds.train import Train
from mvkit.studio.worlds.underwater import Underwater

__all__ = ["TIMES_OF_DAY", "WEATHERS", "WORLDS", "Mark", "Setting", "World"]

WORLDS: dict[str, type[World]] = {
    world.name: world
    for world in (
        NeonCity,
        Rooftop,
        DesertRoad,
        Forest,
        Mountain,
        Field,
        OceanMoon,
        AuroraLake,
        Underwater,
        ConcertStage,
        Club,
        Room,
        Train,
        Space,
        InkWash,
        HexTunnel,
    )
}
"""World name -> class."""
