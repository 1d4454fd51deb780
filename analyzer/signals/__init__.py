"""Mathematics on sampled signals; knows nothing of bodies or videos."""
