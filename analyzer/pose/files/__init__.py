"""Joints in files: our own and other trackers'.

pose_csv : ``pose.csv`` written and read; ``read_pose`` is the one way in for every file
other_trackers : TRC, OpenPose, AlphaPose, DeepLabCut and SLEAP, by their documented layouts
hdf5, hdf5_child : H5 files, read in a process of their own
guard : what joints from a file must be, for the stages behind to work on them
with_video : joints put to the frames of their video
"""
