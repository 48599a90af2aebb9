"""Building blocks for painting frames with compiled loops over float32 planes.

Modules
-------
jit
    The two decorators, and the rules that make a loop fast.
maths, rgb, noise
    Inline functions on numbers, colours and lattice places.
view, canvas
    The camera as kernels see it; the picture they fill.
soft
    Layers painted at half the size: skies, mist, beams.
rows
    The same, read row by row inside a kernel.
lens
    Depth of field, and the smear of a fast pan.
sky
    Gradient, glow, clouds, stars and fog by direction.
stars
    The same stars, drawn one by one.
sprites
    Dots, rain and snow laid over a canvas.
strokes
    Straight tapered strokes: wires, poles, blades of grass.
facets
    Flat four-sided faces in perspective: walls, boxes, planks.
indoors
    The inside of a box: where a ray leaves it, and how a camera stays in it.
sculpt, relief
    Tiles of rough ground, lit and in shadow; and ground painted from such a tile.
tables
    Noise that is made once, and read between its entries.
dome
    Far pictures, looked up by direction.
"""
