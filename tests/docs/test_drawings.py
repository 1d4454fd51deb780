from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET

from places import ROOT

SPEC = importlib.util.spec_from_file_location("drawings", ROOT / "docs" / "drawings.py")
assert SPEC is not None
assert SPEC.loader is not None
drawings = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(drawings)


def test_the_drawings_are_those_of_the_code(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(drawings, "IMAGES", tmp_path)
    drawings.main()
    made = sorted(tmp_path.glob("*.svg"))
    assert len(made) == 6
    for path in made:
        assert path.read_bytes() == (ROOT / "docs" / "images" / path.name).read_bytes(), (
            "python docs/drawings.py"
        )
        ET.fromstring(path.read_text(encoding="utf-8"))
