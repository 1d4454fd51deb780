"""The networks that look: person detector, BlazePose, RTMPose.

weights : the pose model, obtained once and checked
blazepose : its landmark network run directly (``--engine direct``), and what runs any network here
heatmaps : joints read off that network's heat maps
detector : finds people in a picture of any size
mediapipe, rtmpose : what ``--engine`` may ask for instead
"""
