"""Video files and what the whole picture does.

container : which files are opened, and how safely
boxes : what only the boxes of MP4 and MOV tell
timeline : the exact clock of every frame, without decoding one
reader : frames in order, upright
frame : one of them, turned to RGB only where it is looked at
repeats : frames that show the one before
registration : how one picture maps onto another
camera_motion : the same along the clip: how the camera moved
writer : video files out
"""
