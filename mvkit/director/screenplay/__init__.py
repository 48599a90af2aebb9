"""The director with a language model beside it.

Our own director plans first: cuts on beats, transitions, colours, places, shots. The model is given
the wish, what was heard, the craft that can hold in this film and that draft, and writes a
*screenplay* over it: what kind of film it is, what it tells in which acts, who is in it, where it
plays, and what each shot shows. Times, cuts, transitions and grades stay the director's, and the
result is held to the checks of any plan, besides those of its words. What does not hold is told to
the model, twice; after that the director's own shots, or all of the draft, stand in.

What a user wrote, and what is sung, reaches the model as data; what the model writes is words and
choices between ours, never code and never a path.

Contents
--------
direct        the verb: brief and analysis to plan, with a model's help
shape         what a screenplay is
craft         what of the craft the model is told
sketching     the draft as a screenplay
asking        what else the model is told
faults        what keeps a screenplay from being laid over the draft
staging       a screenplay laid over the draft
reading       from an answer to a plan, or to what is wrong with it
"""

from mvkit.director.screenplay.direct import direct
from mvkit.director.screenplay.shape import Screenplay

__all__ = ["Screenplay", "direct"]
