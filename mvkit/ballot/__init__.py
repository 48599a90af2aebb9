"""The ballot: two films of one song side by side, one question, and what people answered.

Who answers is not told what the films differ in, nor which is which. Only films of the same song in
the same shape meet, and pairs that differ in one thing come first, as no others tell what made the
difference. Answers are kept in ``votes.jsonl`` in the runs folder, with what made each film, so
that they outlive the films; the index shows them as its table ``votes``.

Contents
--------
Pair, Candidate, next_pair       two films to ask about
vote, read_votes                 answers, written down and read
Tally, Comparison, Count, tally  what was preferred to what, beside chance
"""

from mvkit.ballot.pairs import Candidate, Pair, next_pair
from mvkit.ballot.tally import Comparison, Count, Tally, tally
from mvkit.ballot.votes import read_votes, vote

__all__ = [
    "Candidate",
    "Comparison",
    "Count",
    "Pair",
    "Tally",
    "next_pair",
    "read_votes",
    "tally",
    "vote",
]
