"""A guess at the family of music and at what plays, from what can be measured.

No model has learned genres here: a song is described by a dozen numbers with plain meanings, and
rules with reasons name a broad family where the numbers are clear, else nothing. The descriptors
are those by which dance rhythms and genres have been told apart since Tzanetakis and Cook,
"Musical genre classification of audio signals" (IEEE TSAP 10, 2002) and Dixon, Gouyon and Widmer,
"Towards characterisation of music via rhythmic patterns" (ISMIR 2004): tempo, where in the bar
the drums fall, brightness, and how percussive and how dense the sound is. Steady and percussive
sound are parted by median filters (Fitzgerald, "Harmonic/percussive separation using median
filtering", DAFx 2010). Such rules are right about broad families only: what they say is a guess
and is flagged as one.
"""

from mvkit.analysis.genre.descriptors import Descriptors, describe
from mvkit.analysis.genre.guess import Style, guess_genre, guess_instruments, hear_style

__all__ = ["Descriptors", "Style", "describe", "guess_genre", "guess_instruments", "hear_style"]
