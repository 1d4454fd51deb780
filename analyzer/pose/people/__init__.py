"""Who is in the picture, and who of them is the athlete."""
