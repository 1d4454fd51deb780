"""From video frames to the athlete's joints in pixels."""
