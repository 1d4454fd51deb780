"""The nouns that travel through the pipeline: frozen dataclasses over read-only arrays.

capture : what was filmed: ``VideoInfo``, ``PoseTrack`` (joints in pixels), ``CameraMotion``, ``Calibration``
motion : ``Motion``, the athlete in metres: joints, angles and their signs, centre of mass
steps : ``Step`` (one ground contact) and ``Trace`` (one standing foot followed in the images)
results : what was measured: ``Value``, ``Summary``, ``Measurement``, ``SpeedCurve``, ``Split``;
    ``Gate`` and ``Stretch`` of timing gates
notes : ``Note``, what a user must know; a noun carries the notes of the stage that made it
analysis : ``Analysis``, everything known about one run
limits : how large a clip or a file of joints may be

Axes and signs are in ``docs/architecture.md``.
"""
