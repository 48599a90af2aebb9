"""Footage in final form: written, read, and made from whatever a model delivered.

Final form is what every piece of the film has in common, so that the film can be joined by
copying: the size of the film, 30 frames per second without exception, H.264 High, yuv420p, bt709
in limited range, closed groups of pictures, no B-frames, and one set of encoder settings.

Conventions
-----------
- A picture is a yuv420p array of uint8, shape ``(height * 3 / 2, width)``: the luma plane on top,
  the two chroma planes below it; luma 16 is black and 235 white.
- Frames of a file count from 0; frame ``n`` is on screen from ``n / 30`` s.
- A hand-over frame is one where another file may take over or be taken over from: it is an IDR
  frame, decodable without anything before it.

Contents
--------
FootageWriter                pictures of any size -> a file in final form
Overlay                      captions, written over pictures before they are encoded
BITS_PER_S                   how finely each quality is encoded
typeset, Place               a caption as pixels, and where they belong
LEAD_FRAMES                  how far before a change of picture footage can be entered
read_frames, n_frames_in     a file's pictures, and how many there are
keyframes_in, is_final_form  where a file can be entered, and whether it can be joined as it is
packets_from                 a file's packets, for joining
ENCODERS, trouble_with       who can encode it, and whether that works here
decoder_setup                what all footage of a size and quality tells its decoder
read_light                   how light each part of each of a file's pictures is
still_before, write_frame, write_poster   single pictures
boxes                        what an MP4 consists of
open_footage, seek, frame_of for what none of these does
fit, Fit                     a foreign clip -> final form, of exactly the length wanted
"""

from mvkit.footage.boxes import boxes
from mvkit.footage.encoding import BITS_PER_S, ENCODERS, decoder_setup, trouble_with
from mvkit.footage.fitting import MAX_SPEED_CHANGE, Fit, fit
from mvkit.footage.light import Light, read_light
from mvkit.footage.overlay import Overlay
from mvkit.footage.reading import (
    frame_of,
    is_final_form,
    keyframes_in,
    n_frames_in,
    open_footage,
    packets_from,
    read_frames,
    seek,
)
from mvkit.footage.stills import still_before, write_frame, write_poster
from mvkit.footage.typesetting import Place, typeset
from mvkit.footage.writing import LEAD_FRAMES, FootageWriter, Picture

__all__ = [
    "BITS_PER_S",
    "ENCODERS",
    "LEAD_FRAMES",
    "MAX_SPEED_CHANGE",
    "Fit",
    "FootageWriter",
    "Light",
    "Overlay",
    "Picture",
    "Place",
    "boxes",
    "decoder_setup",
    "fit",
    "frame_of",
    "is_final_form",
    "keyframes_in",
    "n_frames_in",
    "open_footage",
    "packets_from",
    "read_frames",
    "read_light",
    "seek",
    "still_before",
    "trouble_with",
    "typeset",
    "write_frame",
    "write_poster",
]
