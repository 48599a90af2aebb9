"""Models on this machine's own graphics card, for nothing: through the diffusers library.

``diffusers:stabilityai/sdxl-turbo`` is any model that library knows, by its name on Hugging Face or
by the folder it lies in. What a model can be told is read from its pipeline's own call, so that no
list of models is kept; what a model does not say of itself is in ``habits.toml``. Nothing is
downloaded while a film is made, and nothing of the library is imported before it is used.

One machine has one such card: models are loaded once per process, and work one at a time.

Contents
--------
DiffusersPainter   pictures from words, or painted over a picture
DiffusersCamera    clips from a picture or from words
check_installed    whether the packages are there
"""

from mvkit.providers.diffusers.camera import DiffusersCamera
from mvkit.providers.diffusers.loading import check_installed
from mvkit.providers.diffusers.painter import DiffusersPainter

__all__ = ["DiffusersCamera", "DiffusersPainter", "check_installed"]
