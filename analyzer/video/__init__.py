"""Video files and what the whole picture does."""
