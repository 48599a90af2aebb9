"""The director with a language model beside it.

Our own director plans first: cuts on beats, transitions, places, shots. The model is given the
wish, what was heard, the craft and that draft, and writes a *screenplay* over it: what the film
tells, who is in it, where it plays, and what each shot shows. Times, cuts and transitions stay the
director's, and the result is held to the same checks as any plan. What does not hold is told to the
model once; after that the director's own shots, or all of the draft, stand in.

What a user wrote, and what is sung, reaches the model as data; what the model writes is words and
choices between ours, never code and never a path.

Contents
--------
direct        the verb: brief and analysis to plan, with a model's help
shape         what a screenplay is
asking        what the model is told
staging       a screenplay laid over the draft
"""

from mvkit.director.screenplay.direct import direct
from mvkit.director.screenplay.shape import Screenplay

__all__ = ["Screenplay", "direct"]
