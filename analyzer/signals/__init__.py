"""Mathematics on sampled signals; knows nothing of bodies or videos.

filters : outliers, gaps, zero-lag low-pass, derivatives, on a clock that may tick unevenly
noise : how large the random error of a signal is, and how long it lasts
peaks : crossings between the samples
robust : scatter that a few wild samples cannot inflate
geometry : maps of the plane, midpoints, distances, directions
"""
