"""Make docs/requirements.md: which requirement is fulfilled where, and which test proves it.

Reads docs/requirements.toml and the `requirement(...)` markers of the tests. Exit 0, or 1 with a
line for each thing that does not fit. `--check` writes nothing and also fails on a stale page.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
IDS = [f"S{number}" for number in range(1, 93)] + [f"C{number}" for number in range(1, 15)]
HEAD = """\
# Requirements

Made by `make docs` from `docs/requirements.toml` and the markers in the tests; do not edit it by hand.
S1 to S92 come from the marketplaces' own pages and guides; C1 to C14 are places where these contradict each other.

"""

Tests = Mapping[str, list[str]]


@dataclass(frozen=True)
class Row:
    """One requirement: `planned` excludes page and service; `partly` says what a begun one lacks."""

    text: str
    page: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    planned: str = ""
    partly: str = ""

    @property
    def status(self) -> str:
        if self.planned:
            return f"planned: {self.planned}"
        return f"partly; missing: {self.partly}" if self.partly else "done"


def read_rows(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Row]:
    """The rows of the data file by id. Raises TypeError on a field that no row has."""
    return {name: Row(**{field: _value(field, value) for field, value in row.items()}) for name, row in table.items()}


def _value(field: str, value: Any) -> Any:
    if field in ("page", "service"):
        return (value,) if isinstance(value, str) else tuple(value)
    return value


def marked_tests(folder: Path) -> dict[str, list[str]]:
    """Requirement id -> the tests below `folder` whose marker names it, as `path::test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder).as_posix()
        for where, name in _markers(ast.parse(path.read_text()), place):
            if where not in found[name]:
                found[name].append(where)
    return dict(found)


def _markers(node: ast.AST, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}::{node.name}"
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
        for argument in node.args:
            yield where, str(ast.literal_eval(argument))
    for child in ast.iter_child_nodes(node):
        yield from _markers(child, where)


def complaints(rows: Mapping[str, Row], tests: Tests, capabilities: list[str]) -> list[str]:
    """What contradicts itself, one sentence each; empty when all fits."""
    found = [f"{name}: no row in docs/requirements.toml" for name in IDS if name not in rows]
    found += [f"{name}: there is no such requirement" for name in rows if name not in IDS]
    for name, places in tests.items():
        if name not in IDS:
            found.append(f"{name}: there is no such requirement, yet {places[0]} is marked with it")
    for name, row in rows.items():
        found += [f"{name}: {words}" for words in _faults(row, tests.get(name, []), capabilities)]
    return found


def _faults(row: Row, tests: list[str], capabilities: list[str]) -> Iterator[str]:
    if row.planned:
        yield from _faults_of_planned(row, tests, capabilities)
        return
    if not (row.page or row.service):
        yield "neither planned nor fulfilled: name its page or service"
    if not tests:
        yield "said to be fulfilled, but no test is marked with it"
    yield from (f"{path} is not in src/" for path in row.service if not _exists(path))
    yield from (f"no page has the name {name}" for name in row.page if name not in _page_names())


def _faults_of_planned(row: Row, tests: list[str], capabilities: list[str]) -> Iterator[str]:
    if row.planned not in capabilities:
        yield f"planned for {row.planned!r}, which is no capability"
    if tests:
        yield f"still planned, yet {tests[0]} is marked with it"
    if row.page or row.service or row.partly:
        yield "planned excludes page, service and partly"


def _exists(path: str, source: Path = ROOT / "src") -> bool:
    """Whether a dotted path names a package, a module, or something defined at the top of either."""
    target = source.joinpath(*path.split("."))
    if target.is_dir() or target.with_suffix(".py").exists():
        return True
    module = target.parent / "__init__.py" if target.parent.is_dir() else target.parent.with_suffix(".py")
    if not module.exists():
        return False
    defined = (getattr(node, "name", None) for node in ast.parse(module.read_text()).body)
    return target.name in defined


@cache
def _page_names() -> frozenset[str]:
    urls = (ROOT / "src/comity").rglob("urls.py")
    return frozenset(name for path in urls for name in re.findall(r'name="([a-z-]+)"', path.read_text()))


def page(rows: Mapping[str, Row], tests: Tests) -> str:
    """The text of docs/requirements.md."""
    done = sum(row.status == "done" for row in rows.values())
    partly = sum(bool(row.partly) for row in rows.values())
    lines = [
        f"{done} done, {partly} partly, {len(rows) - done - partly} planned.\n",
        "| # | requirement | state | page | service | tests |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in rows.items():
        cells = [name, row.text, row.status, *map(_code, (row.page, row.service, tests.get(name, [])))]
        lines.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n"


def _code(names: Sequence[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


def main(arguments: list[str], root: Path = ROOT) -> int:
    data = tomllib.loads((root / "docs/requirements.toml").read_text())
    rows, tests = read_rows(data["requirements"]), marked_tests(root / "tests")
    target, text = root / "docs/requirements.md", page(rows, tests)
    found = complaints(rows, tests, data["capabilities"])
    if "--check" not in arguments:
        target.write_text(text)
    elif not target.exists() or target.read_text() != text:
        found.append("docs/requirements.md is stale: run make docs")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
