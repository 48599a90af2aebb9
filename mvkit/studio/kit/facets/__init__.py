"""Flat pieces of the world in true perspective: walls, boards, roofs, boxes.

A facet is a parallelogram in space, or a trapezium or a triangle when it tapers. A world lists
its facets in metres (:func:`facets_m`, :func:`box_m`), brings them to the frame
(:func:`project_facets`) and paints them (:func:`paint_facets`), or paints them with a pattern of
its own over the coordinates that :func:`on_facet` gives.

For a point of the facet at ``u`` along its width and ``v`` up its height, the ray through it is
proportional to ``M (u, v, 1)``, where the columns of M are the facet's two directions and its
origin in the camera's axes. So ``(u, v, 1)`` is proportional to ``inverse(M) ray``, which is
linear in the pixel: one division per pixel gives its place on any facet.
"""

from mvkit.studio.kit.facets.painting import LANES, on_facet, paint_facets
from mvkit.studio.kit.facets.projection import FACET_COLUMNS, project_facets
from mvkit.studio.kit.facets.shape import FACET_COLUMNS_M, box_m, facets_m

__all__ = [
    "FACET_COLUMNS",
    "FACET_COLUMNS_M",
    "LANES",
    "box_m",
    "facets_m",
    "on_facet",
    "paint_facets",
    "project_facets",
]
