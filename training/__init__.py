"""Where the ear's weights come from: music made at random, whose truth is known, and the fit.

Run ``python -m training.ear`` to make the songs, gather what the analysis hears in them and write
``mvkit/analysis/weights.toml``. None of it is needed to use mvkit.

Contents
--------
songs         a random song and the truth about it
grooves       what drums, bass and chords play in each style
harmony       chords and tunes
clock         from beats to seconds: tempo that moves, swing
timbres       drums and tones with random colours, and the room they sound in
formless      sound without a beat
fitting       ranking by Luce's choice axiom, logistic regression
ear           gathers, fits, judges, writes the weights of beats and bars
network_data  worn excerpts of songs, for the network
network       trains the network that hears beats and bars; needs PyTorch
keys          fits how sure a key is
forms         a random form, and how it is told
fit_forms     fits the kinds of sections to them
"""
