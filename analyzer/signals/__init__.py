"""Mathematics on sampled signals; knows nothing of bodies or videos.

filters : outliers, gaps, zero-lag low-pass, derivatives, on a clock that may tick unevenly
recursive : the low-pass itself, on many signals at once
monotone : the monotone cubic through samples, across gaps
noise : how large the random error of a signal is, and how long it lasts
crossings : where a signal passes a level between the samples
robust : scatter that a few wild samples cannot inflate, and fits that they cannot pull away
student_t : the t distribution of intervals
geometry : maps of the plane, midpoints, distances, directions
"""
