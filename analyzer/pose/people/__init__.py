"""Who is in the picture, and who of them is the athlete.

survey : the pass over the clip: when and where people are searched for
paths : sightings linked from moment to moment, and pieces of one person's way joined
athlete : one person's sightings, how likely that is the athlete (``score``), and the crop about him
clothing : colours, which tell people apart
crowd : others who come near: narrower squares, and joints that somebody hides
pointed_at : whoever ``--athlete`` points at
returns : the athlete who comes back the other way

The choice itself is ``_choose`` in ``pose.track``.
"""
