"""From video frames to the athlete's joints in pixels.

``track.track`` is the whole of it, in this order:

1. ``people``: one pass over the clip finds everybody, and who of them runs;
2. ``early_looks``: on the same pass the joints of whoever runs most so far are read already;
3. ``reading``: the joints of every frame that is left, in a smooth crop about the athlete; what looks is in
   ``networks``;
4. ``repair``: what a network marks wrong, put right.

``cache`` keeps what came out, so that a clip is read once; ``kept_files`` is how. ``files`` takes joints from
a file instead of 1 to 4. Why joints are read on the way: docs/decisions/0016.
"""
