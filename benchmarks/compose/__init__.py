"""What composing a film costs, and whether every frame of it is the right one.

``python -m benchmarks.compose``
    Thirty-seven clips of three minutes are delivered in the sizes, rates and lengths that models
    deliver, brought into final form, and composed with 24 cuts, six crossfades and six fades.
    Beside it: x264 alone on the same pictures, one ffmpeg filter graph, MoviePy if there is one.
``python -m benchmarks.compose --seconds 20 --clips 5 --without moviepy,graph``
    A small film, to try it.

Every step runs in a process of its own. Each delivered picture bears its number; what a film frame
has to show is worked out here, from the product's words and not by its code, and is read from the
finished film. The delivered clips of ``--keep FOLDER`` are used again. It ends with 1 if a goal is
missed.

Contents
--------
job                 the film: its clips, edges and transitions, and its artefacts
stamps              numbers in pictures
deliveries          clips as models deliver them, painted
truth               what every frame of the film has to show
cost                a step in a process of its own: CPU time, time, memory
steps               what is measured: normalising, composing, one clip again, x264 alone
rivals              the same film by one filter graph, and by MoviePy
findings            frames, picture quality, sound and packets of a finished film
trial               all of this, one after the other
report              what was found as tables, beside the goals
"""
