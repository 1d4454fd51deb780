"""From landmarks to joints: which leg is which, where the joint lies under its mark."""
