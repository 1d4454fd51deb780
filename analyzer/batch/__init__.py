"""Many clips: each analysed once, into a folder of its own, and one table and one page over all."""
