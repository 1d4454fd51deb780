"""What a user gets of a clip from the front or from behind: two tables, a page, an annotated video."""
