"""What the error of a number is made of: the run perturbed within its own errors and measured again.

- ``replicates``: what is perturbed, and by how much: landmark noise, where a landmark sits, depth, view
  angle, times of contacts, scale, lengths of the body (the list at the head of the file);
- ``in_common``: how large those errors are;
- ``network_errors``, ``habit.csv``: what of that a pose network marks wrong in the same way in every stride;
- ``together``: the copies measured at once;
- ``standard_error``: from the values on the perturbed copies to one standard error: their scatter, their
  shift by noise, what the low-pass took off.

The errors that go in are made elsewhere: noise and offset of landmarks in ``motion.landmark_noise`` and
``motion.kinematics``, those of touchdown and toe-off in ``contacts`` (``Step.touchdown_sd_s``), those of the
scale and the view angle in ``scene``. What a contact time's error is made of: those of its touchdown and
toe-off, of which a share is alike in all steps (``in_common.SHARED_EVENT_ERROR``). The error of a mean over
the steps is in ``metrics.summary``.
"""
