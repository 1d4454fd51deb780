"""The nouns that travel through the pipeline: frozen dataclasses over read-only arrays."""
