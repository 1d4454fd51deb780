"""The report: one self-contained HTML page a coach can read on a phone or print."""

from analyzer.outputs.report.page import build

__all__ = ["build"]
