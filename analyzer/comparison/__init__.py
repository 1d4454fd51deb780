"""Runs held against each other, and a run against ranges and its own course."""
