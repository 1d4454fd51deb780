"""Runs held against each other, and a run against published ranges and its own course.

What is where:

- ``runs``: two or more runs against each other (``compare``); ``hypotheses``: which of the many differences
  looked at stand beyond chance; ``side_or_view``: left against right from runs in both directions;
  ``results``: what comes out; ``description``: the same in words;
- ``repeatability``: what of a number's error differs from clip to clip, and the shift of one group of runs
  against another;
- ``speed_trends``: how a relationship, and its scatter, goes with step speed; ``speed_trend_words``: in
  words;
- ``baseline``: an athlete's or squad's own ranges by speed, from earlier results;
- ``findings``: what stands out in a single run; ``ideas``: what a coach may try; ``standing``: the numbers of
  the system map; ``map_change``: what of them differs between runs; ``from_to``: a run that is not steady,
  from its first step to its last.
"""
