"""The place: passes, view angle, marks, ground and scale."""
