"""What a network marks wrong, put right in pixels."""
