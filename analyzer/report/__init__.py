"""One self-contained HTML page that tells a coach what the clip shows."""
