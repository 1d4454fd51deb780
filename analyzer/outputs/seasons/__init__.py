"""``season.html``: every number over the dates of an athlete's runs, and a squad side by side."""
