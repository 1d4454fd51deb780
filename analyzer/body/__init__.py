"""The human body, before anything is measured.

skeleton : joints and sides by name, and the landmark orders of the trackers
anthropometry : masses, centres of mass and lengths of the segments (de Leva 1996)
"""
