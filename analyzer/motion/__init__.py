"""The athlete in metres: joints, angles, centre of mass, speed.

kinematics : from a pose track to a ``Motion``: filters, joints that are derived, errors of joints
angles : segment and joint angles, their zeros and signs (trunk lean: forward positive)
centre_of_mass : of the whole body, from its segments
landmark_noise : how large landmarks' random errors are, and how long they last
speed : the speed curve and splits
acceleration : fit to a run from a standstill, and its force-velocity profile
"""
