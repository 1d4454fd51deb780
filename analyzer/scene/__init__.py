"""The place: from joints in pixels to a scale in metres.

passes : where the athlete turns round or the playing speed changes; which pass is analysed
stretches : where the frames jump or play at another speed, and where a run begins and ends
view_angle : how far the camera looks from square to the lane, and the image made square
ground : the ground line, the roll of the camera, the belt of a treadmill
marks : scale from marks along the lane, or from the calibration of an earlier clip
calibration : all of these put together: ``calibrate``
timing_gates : that scale weighed against the speed between timing gates
"""
