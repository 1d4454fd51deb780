"""The human body: joints, sides, segments."""
