"""Joints in files: our own and other trackers'."""
