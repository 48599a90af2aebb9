"""What a wish asks for, read without a language model.

Contents
--------
wish        :class:`Wish`, what a text asks for
reading     :func:`read_wish`, from the words of a text; :func:`recall_wish`, from a plan
people      who is named
belongings  what belongs to whom: colours, clothes, deeds
denials     what must not be seen
abroad      German, French and Spanish wishes in English
kindred     words that are not in the vocabulary, by those that are near them
telling     which words of a text say something
sentence_model  a network of the user's that tells how near
"""

from mvkit.director.wish.denials import speaks_of
from mvkit.director.wish.reading import PEOPLE, read_wish, recall_wish
from mvkit.director.wish.wish import Wish, Worn

__all__ = ["PEOPLE", "Wish", "Worn", "read_wish", "recall_wish", "speaks_of"]
