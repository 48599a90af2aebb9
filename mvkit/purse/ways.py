"""Ways to make a film: by whom, of how many clips, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mvkit.errors import BudgetExceeded
from mvkit.estimate import Estimate
from mvkit.schema.brief import OptionValue

ALLOWANCE = Decimal("0.15")
"""What comes on top for clips that fail and are billed, or are taken again: a tenth of all orders
fail, and people who make films this way take 15 to 30 % of their clips again."""
LONGEST_CLIP_S = 8.0
"""The longest clip by default; the shortest is half as long."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to make the film.

    Attributes
    ----------
    image, video, planner, transcriber : str
        Who paints, who films, who plans and who listens, as in the settings.
    estimate : Estimate
        What it takes and typically costs.
    longest_clip_s : float
        How long a clip may be, in seconds.
    change : str
        What is different from the wish, in a sentence; empty for the wish itself.
    """

    image: str
    video: str
    planner: str
    transcriber: str
    estimate: Estimate
    longest_clip_s: float = LONGEST_CLIP_S
    change: str = ""

    @property
    def allowance_usd(self) -> Decimal:
        """What is to be kept ready for clips that fail or are taken again."""
        return self.estimate.usd * ALLOWANCE

    @property
    def usd(self) -> Decimal:
        """What it costs with the allowance."""
        return self.estimate.usd + self.allowance_usd

    @property
    def options(self) -> dict[str, dict[str, OptionValue]]:
        """Parameters of stages that it needs, by stage and name."""
        longest_s = self.longest_clip_s
        if longest_s == LONGEST_CLIP_S:
            return {}
        return {"analysis": {"min_clip_s": longest_s / 2, "max_clip_s": longest_s}}

    @property
    def command(self) -> str:
        """What to say on the command line to have it so: variables before, options behind."""
        roles = ("image", "video", "planner", "transcriber")
        models = [f"MVKIT_{role.upper()}={getattr(self, role)}" for role in roles]
        options = [
            f"--set {stage}.{name}={value}"
            for stage, named in self.options.items()
            for name, value in named.items()
        ]
        return " ".join([*models, *options])


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a wish would cost, and the ways to have the film for less.

    Attributes
    ----------
    budget_usd : Decimal
        What the film may cost.
    wish : Way
        As it was wished for.
    alternatives : tuple of Way
        Cheaper, and within the budget with their allowances; small changes first.
    """

    budget_usd: Decimal
    wish: Way
    alternatives: tuple[Way, ...]

    @property
    def fits(self) -> bool:
        """Whether the wish typically stays within the budget."""
        return self.wish.estimate.usd <= self.budget_usd

    @property
    def is_tight(self) -> bool:
        """Whether it stays within the budget only if hardly anything is made twice."""
        return self.fits and self.wish.usd > self.budget_usd

    @property
    def instead(self) -> str:
        """The alternatives in sentences; empty where there are none."""
        told = [f"about ${way.usd:.2f}: {way.change}" for way in self.alternatives]
        return f"Instead, repeated clips included: {' Or '.join(told)}" if told else ""


def too_dear(proposal: Proposal, found: Estimate) -> BudgetExceeded:
    """Return the error of a film that would typically cost more than it may.

    Parameters
    ----------
    found : Estimate
        What it would cost.
    """
    return BudgetExceeded(
        f"This film would cost about ${found.usd:.2f} ({found.n_clips} clips), and it may cost "
        f"${proposal.budget_usd:.2f}. Raise its budget, choose cheaper models, or use the studio. "
        f"{proposal.instead}".rstrip(),
        reason="ESTIMATE",
    )
