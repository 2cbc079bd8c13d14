"""The engine stands alone: no Django, no product, no network, data shipped and unchanged."""

import ast
import hashlib
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import comity_policy
from comity_policy.rules import all_rules

PACKAGE = Path(comity_policy.__file__).parent
ALONE = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "comity", "numpy", "rich"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from datetime import date
from comity_policy import Context, Draft, check, load_rulebook
book = load_rulebook("open-marketplace", date(2026, 11, 22))
print(check(Draft("ann@lind.de", "seller", "reply"), Context(), book).outcome)
"""


def test_engine_works_without_django_and_the_product():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout == "block\n"


def imports(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_file_imports_what_the_engine_must_not_know(file):
    roots = {name.split(".")[0] for name in imports(file)}
    assert not roots & {"django", "comity", "re", "random", "socket", "urllib", "time"}


def test_vendored_data_is_unchanged():
    folder = files("comity_policy").joinpath("data")
    (asset,) = tomllib.loads(folder.joinpath("VENDOR.toml").read_text())["asset"]
    digests = {name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() for name in asset["files"]}
    assert digests == asset["files"]
    assert (asset["name"], asset["licence"]) == ("publicsuffixlist", "MPL-2.0")


def test_a_rule_is_found_by_its_file():
    places = {
        f"{file.parent.name}.{file.stem}"
        for file in (PACKAGE / "rules").rglob("*.py")
        if not file.stem.startswith("_")
    }  # fmt: skip
    assert set(all_rules()) == places
