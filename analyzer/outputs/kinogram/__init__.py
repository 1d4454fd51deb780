"""The picture coaches print."""
