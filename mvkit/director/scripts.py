"""Clip by clip, in the order of the film: cut, composed, lit, and put into words.

Contents
--------
write_scripts
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from mvkit.director.accents import Answers
from mvkit.director.arc import Arc, Light
from mvkit.director.dice import Dice
from mvkit.director.directions import Ways
from mvkit.director.grid import Grid
from mvkit.director.hearing import level_of
from mvkit.director.imagery import stage_of
from mvkit.director.knowledge import Knowledge
from mvkit.director.pacing import Cutting, cut_take
from mvkit.director.prose import ClipWriter, Script
from mvkit.director.rules import DECISIONS, Choice, choose
from mvkit.director.shots import Camera, Composed
from mvkit.director.treatment import Take
from mvkit.director.vision import Vision
from mvkit.schema import Analysis, ClipScript


def write_scripts(
    vision: Vision,
    analysis: Analysis,
    *,
    dice: Dice,
    knowledge: Knowledge,
    pace: float,
    long_takes: bool,
) -> tuple[ClipScript, ...]:
    """Write the script of every clip.

    Parameters
    ----------
    vision : Vision
        The film as a whole.
    analysis : Analysis
        The song.
    dice : Dice
        Those of the film.
    knowledge : Knowledge
        What the director knows.
    pace : float
        Above 1 cuts faster.
    long_takes : bool
        Whether a shot may go on from clip to clip.
    """
    grid = Grid(analysis)
    wish, cast = vision.wish, vision.cast
    crew = _Crew(
        vision=vision,
        grid=grid,
        knowledge=knowledge,
        pace=pace,
        camera=Camera(
            grid=grid,
            answers=Answers(grid, knowledge, dice.seed_of("accents")),
            ways=Ways(knowledge, dice.seed_of("ways")),
            character_ids=tuple(character.id for character in cast.characters),
            wished_actions=wish.actions,
            knowledge=knowledge,
            rng=dice.of("shots"),
            filming=wish.filming,
        ),
        arc=Arc(vision.look.style.color_palette, knowledge, dice.seed_of("arc")),
        writer=ClipWriter(
            cast,
            knowledge,
            dice.of("words"),
            without=wish.without,
            wish=wish,
            leitmotif=vision.motif,
        ),
        cut_dice=dice.of("cuts"),
        edge_dice=dice.of("edges") if long_takes else None,
        image_dice=dice.of("images"),
    )
    return tuple(map(crew.script, vision.treatment.takes))


@dataclass(frozen=True, kw_only=True)
class _Crew:
    """Everybody who makes a clip out of a take, with what they remember of the clips before."""

    vision: Vision
    grid: Grid
    knowledge: Knowledge
    pace: float
    camera: Camera
    arc: Arc
    writer: ClipWriter
    cut_dice: Random
    edge_dice: Random | None
    image_dice: Random

    def script(self, take: Take) -> ClipScript:
        """Return the script of the next clip."""
        cutting = cut_take(
            take, self.grid, knowledge=self.knowledge, pace=self.pace, rng=self.cut_dice
        )
        composed = self.camera.shoot(take, cutting, edge_rng=self.edge_dice)
        light = self.arc.light_of(take.passage.section_index, take.facts)
        image, stage = self._image(take), self._stage(take)
        told = self.writer.write(
            take.scene,
            composed.shots,
            lyrics=take.passage.lyrics,
            level=level_of(take.facts.energy),
            image=image.value,
            stage=stage,
        )
        seen = (*(image.rules if told.rules and not stage else ()), *told.rules)
        reasons = (*self._reasons(take, cutting, composed), *light.rules, *seen)
        return _clip_script(take, composed, told, light, tuple(dict.fromkeys(reasons)))

    def _image(self, take: Take) -> Choice[str]:
        """Choose how a lyric line is seen here."""
        images = DECISIONS["image"]
        return choose(
            self.knowledge.about("image"), "image", images, take.facts, rng=self.image_dice
        )

    def _stage(self, take: Take) -> int | None:
        """Return at which stage the film's motif is seen here, if it is."""
        if not self.vision.treatment.pays_off(take):
            return None
        return stage_of(take.passage.occurrence, final=take.passage.final)

    def _reasons(self, take: Take, cutting: Cutting, composed: Composed) -> Iterator[str]:
        """Yield the rules behind a clip's kind, place, look and cuts."""
        yield from self.vision.treatment.kind.rules
        yield from take.rules
        yield from self.vision.look.rules
        yield from cutting.rules
        if composed.goes_on:
            yield from composed.edge.rules


def _clip_script(
    take: Take, composed: Composed, told: Script, light: Light, reasons: tuple[str, ...]
) -> ClipScript:
    passage, shots = take.passage, composed.shots
    return ClipScript(
        clip_index=passage.index,
        start=passage.start_s,
        end=passage.end_s,
        continues=composed.goes_on,
        visual_description=told.visual_description,
        motion=told.motion,
        camera_angle=told.camera_angle,
        characters=tuple(dict.fromkeys(name for shot in shots for name in shot.characters)),
        scenes=(take.scene.id,),
        lyrics_context=passage.lyrics,
        grade=light.grade,
        lighting=light.lighting,
        beat_intensity=level_of(take.facts.energy),
        section=passage.section.type,
        shots=shots,
        rules=reasons,
    )
