"""Sprinters with exact truth, rendered, and what the analyzer makes of them. Not part of the wheel."""
