"""The pieces of the storyboard's page.

=================  ================================================================================
module             what it draws
=================  ================================================================================
summary            what the director has in mind, and the palette
timeline           the film on the song, and the parts of it to look at
cards, card        the clips, and what can be done with each
drawer             what lies open at the side, and what became of changes
clip_editor        in the drawer: a clip's place, words, shots and way in
takes              in the drawer: the takes of a clip, to choose from
palette_editor     in the drawer: the colours of the film
making             what there is to film, and the buttons that have it filmed
craft              the director's knowledge in words
=================  ================================================================================
"""
