"""From landmarks to joints: which leg is which, and where a joint lies under its mark.

In pixels, but for the two shifts to the joint, which take metres of the athlete's plane.

stride_phase : where in its stride the athlete is, in every frame; the rhythm of the steps
leg_names : legs that the tracker mixed up get their names back
body_size : how large the body is in the image, which way it looks, by what its feet stand
landmark_bias : metres; shift from the marked knee and ankle to the joint
shoulder_bias : metres; the overdone turn of the shoulders, taken back
"""
