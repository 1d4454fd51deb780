"""When each foot touches down and leaves the ground."""
