"""What `pip install .` installs: the wheel holds every file of the two packages and nothing else."""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
NEEDED = {
    "migrations": "comity/messaging/migrations/0001_squashed.py",
    "templates": "comity/web/templates/",
    "static files": "comity/web/static/",
    "vendored assets": "comity/web/static/vendor/VENDOR.toml",
    "rulebooks": "comity_policy/rulebooks/open-marketplace@2026-01-01.toml",
    "profiles": "comity/accounts/profiles/",
    "vendored data": "comity_policy/data/public_suffix_list.dat",
    "weights of the second reader": "comity_policy/reader/weights.onnx",
    "types": "comity/py.typed",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    here = {
        path.relative_to(SOURCE).as_posix()
        for package in ("comity", "comity_policy")
        for path in (SOURCE / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == here


@pytest.mark.parametrize("start", NEEDED.values(), ids=NEEDED.keys())
def test_the_wheel_holds_what_is_not_code(wheel, start):
    assert [name for name in wheel.namelist() if name.startswith(start)]


def test_the_wheel_brings_the_command_and_the_licence(wheel):
    about = {name.split(".dist-info/")[1]: name for name in wheel.namelist() if ".dist-info/" in name}

    assert b"comity = comity.config.cli:main" in wheel.read(about["entry_points.txt"])
    assert "licenses/LICENSE" in about


@pytest.mark.parametrize("manifest", sorted(SOURCE.rglob("VENDOR.toml")), ids=lambda path: path.parent.name)
def test_vendored_files_are_those_of_the_manifest(manifest):
    """See docs/adr/0005: whatever others made is named with version, licence and digest, and is unchanged."""
    assets = tomllib.loads(manifest.read_text())["asset"]
    declared = {name: digest for asset in assets for name, digest in asset["files"].items()}
    files = [path for path in manifest.parent.rglob("*") if path.is_file() and path != manifest]

    assert declared == {
        path.relative_to(manifest.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    assert all(asset["name"] and asset["version"] and asset["licence"] for asset in assets)
