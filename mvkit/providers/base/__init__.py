"""What a model must be able to do, whoever runs it.

A stage asks for a picture or a clip and tells everything it knows about it; a model takes what it
can use. A text-to-video service reads the prompt and the keyframe; our own studio reads the script
and dances to the analysis. What a model can do is declared, never assumed.
"""

from mvkit.providers.base.models import ImageModel, PaidModel, Transcriber, VideoModel
from mvkit.providers.base.patience import ATTEMPTS, BACKOFF_S, LONGEST_WAIT_S, deliver
from mvkit.providers.base.requests import ClipRequest, Delivery, PictureRequest, picture_identity
from mvkit.providers.base.transcript import Segment, Transcript, Word

__all__ = [
    "ATTEMPTS",
    "BACKOFF_S",
    "LONGEST_WAIT_S",
    "ClipRequest",
    "Delivery",
    "ImageModel",
    "PaidModel",
    "PictureRequest",
    "Segment",
    "Transcriber",
    "Transcript",
    "VideoModel",
    "Word",
    "deliver",
    "picture_identity",
]
