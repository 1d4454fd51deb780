"""The metric registry: importing this package fills ``METRICS``."""
