"""Write what is written down in the code: docs/reference.md, and the tree in docs/architecture.md.

Both are read from the docstrings without running the package, so they are the same on every machine; a test
fails when they are stale.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import griffe

ROOT: Final = Path(__file__).parent.parent
REFERENCE: Final = ROOT / "docs" / "reference.md"
ARCHITECTURE: Final = ROOT / "docs" / "architecture.md"
START, END = "<!-- tree -->", "<!-- end of tree -->"

CHAPTERS: Final[dict[str, tuple[str, ...]]] = {
    "From a clip to numbers": (
        "pipeline.analyze", "pipeline.analyze_passes", "pipeline.analyze_frontal", "pipeline.analyze_any",
        "pipeline.load", "data.analysis.Analysis",
        "comparison.runs.compare", "comparison.runs.Comparison",
    ),
    "Settings": ("config.Config",),
    "What was filmed": ("data.capture",),
    "The athlete in metres": ("data.motion",),
    "Contacts and steps": ("data.steps",),
    "What was measured": ("data.results",),
    "What a user is told": ("data.notes",),
    "From the front or from behind": ("frontal.measures.Measure", "frontal.results"),
    "Metrics": ("metrics.registry", "metrics.run.Run"),
    "Charts": ("outputs.plots.movement", "outputs.plots.values"),
    "Errors": ("errors",),
}  # fmt: skip
"""What is documented, by chapter: objects of ``analyzer`` by path, or modules with all their public ones."""
INTRODUCTION: Final = """# Reference

Generated from the docstrings by `make docs`; do not edit. `import analyzer` gives `analyze`,
`analyze_passes`, `analyze_frontal`, `analyze_any`, `compare`, `load`, `Analysis`, `Config` and
`METRICS` (every metric by its name, listed in [metrics.md](metrics.md)); everything else is imported
from where it stands. Axes, signs and units are in [architecture.md](architecture.md#axes-and-signs),
words in [glossary.md](glossary.md).
"""
WIDTH: Final = 100
"""Signatures longer than this are broken into a line a parameter."""


def main() -> None:
    """Write the reference and the tree."""
    REFERENCE.write_text(page(), encoding="utf-8")
    ARCHITECTURE.write_text(with_tree(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")


# --- reference ------------------------------------------------------------------------------------


def page() -> str:
    """Return the text of docs/reference.md."""
    package = griffe.load("analyzer", search_paths=[ROOT])
    out = [INTRODUCTION]
    for chapter, paths in CHAPTERS.items():
        out.append(f"## {chapter}\n")
        for path in paths:
            found = package[path]
            if found.is_module and found.docstring:
                out.append(_prose(found.docstring.value))
            out += [_entry(each) for each in (_public(found) if found.is_module else [found])]
    return "\n".join(out).rstrip() + "\n"


def _public(module: griffe.Object) -> Iterator[griffe.Object]:
    """Functions, classes and documented names of a module that do not begin with an underscore."""
    for name, member in module.members.items():
        if (
            not name.startswith("_")
            and not member.is_alias
            and (member.has_docstring or not member.is_attribute)
        ):
            yield member


def _entry(found: griffe.Object) -> str:
    """One function, class or constant: its name, its signature, its docstring."""
    out = [f"### {found.canonical_path}\n"]
    if found.is_class:
        fields = _fields(found)
        out.append(_code("\n".join([f"{_class_line(found)}:", *fields] if fields else [_class_line(found)])))
    elif found.is_function:
        out.append(_code(_signature(found)))
    else:
        out.append(_code(f"{found.name}: {found.annotation}" if found.annotation else found.name))
    out.append(_docstring(found))
    if found.is_class:
        for member in _public(found):
            if member.is_function or "property" in member.labels:
                shown = _signature(member) if member.is_function else f"{member.name}: {member.annotation}"
                out.append(f"**`{found.name}.{member.name}`**\n\n{_code(shown)}\n{_docstring(member)}")
    return "\n".join(out)


def _class_line(found: griffe.Object) -> str:
    bases = ", ".join(str(base) for base in found.bases)
    return f"class {found.name}({bases})" if bases else f"class {found.name}"


def _fields(found: griffe.Object) -> list[str]:
    """Return the fields of a class as they stand in it, without the text that becomes prose."""
    out = []
    for name, member in found.members.items():
        if (
            name.startswith("_")
            or not member.is_attribute
            or "property" in member.labels
            or name == "model_config"
        ):
            continue
        annotation = f": {member.annotation}" if member.annotation else ""
        value = "" if member.value is None else f" = {_without_description(str(member.value))}"
        out.append(f"    {name}{annotation}{value}")
    return out


def _without_description(value: str) -> str:
    """Return a default without the description, which is listed below."""
    return re.sub(r",\s*description=.*\)$", ")", value, flags=re.DOTALL)


def _described(found: griffe.Object) -> list[str]:
    """Return what is said of each setting, which the command line's help shows as well."""
    texts = found.filepath.with_name("descriptions.py").read_text(encoding="utf-8")  # type: ignore[union-attr]
    tables = (n for n in ast.walk(ast.parse(texts)) if isinstance(n, ast.AnnAssign))
    described = next(ast.literal_eval(n.value) for n in tables if isinstance(n.value, ast.Dict))
    tree = ast.parse(found.filepath.read_text(encoding="utf-8"))  # type: ignore[union-attr]
    fields = (node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign))
    out = []
    for node in fields:
        for keyword in node.value.keywords if isinstance(node.value, ast.Call) else ():
            if keyword.arg == "description" and isinstance(node.target, ast.Name):
                out.append(f"- `{node.target.id}`: {described[node.target.id]}")
    return out


def _signature(function: griffe.Object) -> str:
    assert isinstance(function, griffe.Function)
    line = f"def {function.signature()}"
    if len(line) <= WIDTH:
        return line
    head, _, rest = line.partition("(")
    inside, _, returns = rest.rpartition(")")
    return "\n".join([f"{head}(", *(f"    {part}," for part in _split(inside)), f"){returns}"])


def _split(parameters: str) -> Iterator[str]:
    """Split at the commas that are inside no bracket."""
    depth, start = 0, 0
    for i, letter in enumerate(parameters):
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth == 0:
            yield parameters[start:i].strip()
            start = i + 1
    yield parameters[start:].strip()


def _docstring(found: griffe.Object) -> str:
    if not found.docstring:
        return ""
    out = []
    for section in found.docstring.parse("numpy", warnings=False):
        if section.kind is griffe.DocstringSectionKind.text:
            out.append(_prose(section.value))
            continue
        out.append(f"{section.kind.value.capitalize()}:\n")
        for item in section.value:
            name, kind = getattr(item, "name", ""), str(item.annotation or "")
            shown = " ".join(
                [f"`{name}`"] * bool(name) + [_plain(f"({kind})" if name else kind)] * bool(kind)
            )
            text = " ".join(_plain(item.description).split())
            out.append(f"- {shown}" + (f": {text}" if text else ""))
        out.append("")
    if found.name == "Config":
        out += [*_described(found), ""]
    return "\n".join(out)


def _prose(text: str) -> str:
    """Return a docstring's text in Markdown: lists of fields as lists, drawings as they are."""
    out = []
    for block in _plain(text).split("\n\n"):
        lines = block.splitlines()
        if block.strip() == "::":
            continue
        if lines[0].startswith("    "):
            out.append(_code("\n".join(line[4:] for line in lines), "text"))
        elif re.match(r"[\w, ]+ : ", lines[0]):
            fields = re.sub(r"\n    +", " ", block).splitlines()
            out.append("\n".join(re.sub(r"^([\w, ]+) : ", r"- `\1`: ", line) for line in fields) + "\n")
        else:
            out.append(block.removesuffix("::") + "\n")
    return "\n".join(out)


def _plain(text: str) -> str:
    return re.sub(r"(?::\w+:)?(`+)([^`]+)\1", r"`\2`", text)


def _code(text: str, language: str = "python") -> str:
    return f"```{language}\n{text}\n```\n"


# --- tree -----------------------------------------------------------------------------------------


def with_tree(text: str) -> str:
    """Return the text of docs/architecture.md with the tree as it is now."""
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{tree()}{END}{tail}"


def tree() -> str:
    """Return every package and file with the first sentence of its docstring, from the top layer down."""
    lines = ["**[`analyzer/`](../analyzer)**\n"]
    lines += [_line(ROOT / "analyzer" / f"{name}.py") for name in ("__init__", "__main__")]
    loose = [ROOT / "analyzer" / f"{name}.py" for name in layers()]
    lines += [_line(path) for path in loose if path.is_file()]
    for name in layers():
        if (ROOT / "analyzer" / name).is_dir():
            lines += ["", *_folder(ROOT / "analyzer" / name)]
    for name in ("validation", "benchmarks", "docs", "tests/support"):
        lines += ["", *_folder(ROOT / name)]
    return "\n".join(lines) + "\n"


def layers() -> list[str]:
    """Return the rooms of the package from the top layer down, as import-linter holds them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    stack = next(c["layers"] for c in contracts if c["type"] == "layers")
    return [name.strip() for layer in stack for name in layer.split("|")]


def _folder(folder: Path) -> list[str]:
    name = folder.relative_to(ROOT).as_posix()
    package = folder / "__init__.py"
    summary = f" {_summary(package)}" if package.is_file() else ""
    lines = [f"**[`{name}/`](../{name})**{summary}\n"]
    for path in _inside(folder.iterdir()):
        if path.is_file():
            lines.append(_line(path))
        else:
            lines.append(f"- **`{path.name}/`** {_summary(path / '__init__.py')}")
            lines += [f"  {_line(each)}" for each in _inside(path.iterdir())]
    return lines


def _inside(paths: Iterable[Path]) -> list[Path]:
    """Modules and packages in the order of the alphabet, files before folders."""
    kept = [
        p for p in paths if (p.suffix == ".py" and p.name != "__init__.py") or (p / "__init__.py").is_file()
    ]
    return sorted(kept, key=lambda path: (path.is_dir(), path.name))


def _line(path: Path) -> str:
    return f"- [`{path.name}`](../{path.relative_to(ROOT).as_posix()}) {_summary(path)}"


def _summary(path: Path) -> str:
    """Return the first paragraph of a module's docstring on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return _plain(" ".join(text.partition("\n\n")[0].split()))


if __name__ == "__main__":
    main()
