"""What the site adds to the pages: the README as its first page, and links that hold there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent


def on_files(files: Files, config: Any) -> Files:
    """Put the README where the site begins."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=re.sub(r"\]\(docs/", "](", text)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Leave the words of links to what is no page: code and folders, which the checkout has."""
    elsewhere = (
        r"\[([^\]]+)\]\((?:\.\./[^)]+|decisions/|CONTRIBUTING\.md|CITATION\.cff|[\w/]+\.(?:py|toml))\)"
    )
    return re.sub(elsewhere, r"\1", markdown)
