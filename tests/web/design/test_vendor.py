"""What others made is exactly what they published."""

import hashlib
import tomllib
from pathlib import Path

import pytest

import comity.web

FOLDERS = [Path(comity.web.__file__).parent / "static/vendor", Path(__file__).parents[2] / "assets"]
TABLES = [(folder, tomllib.loads((folder / "VENDOR.toml").read_text("utf-8"))["asset"]) for folder in FOLDERS]
FILES = [
    (folder / file, digest) for folder, assets in TABLES for one in assets for file, digest in one["files"].items()
]


@pytest.mark.parametrize(("file", "digest"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_a_file_has_the_hash_of_its_release(file, digest):
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_is_accounted_for(folder):
    there = {path for path in folder.rglob("*") if path.is_file() and path.name != "VENDOR.toml"}
    assert there == {file for file, _ in FILES if folder in file.parents}


@pytest.mark.parametrize("asset", [one for _, assets in TABLES for one in assets], ids=lambda one: one["name"])
def test_name_version_and_licence_are_stated(asset):
    assert all(asset[field] for field in ("name", "version", "licence"))
