"""From landmarks to joints, still in pixels or leg lengths.

stride_phase : where in its stride the athlete is, in every frame; the rhythm of the steps
leg_names : legs that the tracker mixed up get their names back
body_size : how large the body is in the image, which way it looks, by what its feet stand
landmark_bias : shift from the marked knee and ankle to the joint
shoulder_bias : the overdone turn of the shoulders, taken back
"""
