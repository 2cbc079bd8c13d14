"""No text and no rulebook is found that the rule engine falls over: `tools/fuzz.py`, a minute, ten in `make prove`."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60 * int(os.environ.get("COMITY_PROVE", "1"))


@pytest.mark.full
@pytest.mark.skipif(find_spec("atheris") is None, reason="the extra [fuzz] is not installed")
def test_nothing_is_found_that_the_engine_falls_over():
    command = [sys.executable, "tools/fuzz.py", "--seconds", str(SECONDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, [line.split(";")[0] for line in done.stdout.splitlines()]) == (
        0,
        ["texts: holds", "books: holds"],
    ), done.stderr
