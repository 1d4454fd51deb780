"""The networks that look: person detector, BlazePose, RTMPose."""
