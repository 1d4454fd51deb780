"""The clip again, slowed down, with what was measured drawn where it was measured."""
