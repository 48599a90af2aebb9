"""Building blocks for painting frames with compiled loops over float32 planes.

Modules
-------
jit
    The two decorators, and the rules that make a loop fast.
maths, rgb, noise
    Inline functions on numbers, colours and lattice places.
view, canvas
    The camera as kernels see it; the picture they fill.
lens
    Depth of field.
sky
    Gradient, glow, clouds and stars by direction.
sprites
    Dots, boxes, rain and snow laid over a canvas.
strokes
    Straight tapered strokes: wires, poles, blades of grass.
"""
