"""What the studio's films cost, and whether they move with their songs.

``python -m benchmarks.studio``
    CPU time of every world's frames, in every weather, at every time of day, in four shots; beside
    it that of a frame whose cost never changes, so that figures of two machines compare.
``python -m benchmarks.studio --worlds neon_city,forest``
    Of some worlds only.
``python -m benchmarks.studio --films SONGS --out FOLDER``
    Songs of a folder are heard, planned and filmed with two wishes each: what that costs, and how
    much of what moves in them moves on the beat. Each film is laid out as a sheet of its shots and
    as strips of frames that follow each other.

It ends with 1 if a goal is missed.

Contents
--------
goals               what has to be reached
reference           the frame whose cost never changes
frames              what frames of a world cost
worlds              the report on worlds
motion              when a film moves
filming             one film, made in a process of its own
sheets              a film as a picture
films               the report on films
"""
