"""The kinogram: the moments of a step side by side, the sheet coaches print."""
