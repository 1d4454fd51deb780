"""``compare.html``: runs side by side, stepped through together, their curves on top of each other."""
