"""Change the rule engine in small ways and see whether a test notices: `python tools/mutants.py [MODULE …]`.

The ways are mutmut's, the sample is the same in every run of the same code, and each mutant meets only the tests of
its module, which stop at the first that fails. The working tree is not touched: mutants live in a copy of the package
that consists of links. One diff for each mutant that lives, one JSON line for each module and one for all together;
exit 1 when a module has less than LEAST of its mutants killed. One process; takes about an hour of CPU.
"""

import argparse
import contextlib
import difflib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import hypothesis
import phonenumbers  # noqa: F401 - loaded once, for every mutant
import pytest
import re2  # noqa: F401
from libcst import Module
from mutmut.mutation.file_mutation import create_mutations

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "comity_policy"
LEAST = 0.8
SAMPLE = 30  # mutants of a module
SEED = 4
# A mutant may take this many times the CPU seconds of the unchanged module, and at least this many.
PATIENCE, LEAST_SECONDS = 5, 15
MEMORY = 4 << 30  # bytes

_BOOKS = ("test_rulebook", "test_rulebook_growth", "test_contradictions")
_CONTACTS = ("test_text_spoken", "test_contacts", "test_disguises")
_RULES = ("test_rule_details", "test_requirements_in_context", "test_prohibitions", "test_rule_examples")
# Where a wrong branch lets a message through, and the tests that should notice.
TESTS: dict[str, tuple[str, ...]] = {
    "engine": ("test_engine", "test_meaning", "test_rulebook_growth", "test_reader", "test_rule_details"),
    "gate": ("test_gate", "test_engine"),
    "reading": ("test_reading", "test_engine", "test_meaning", "test_gate", "test_disguises"),
    "rulebook": _BOOKS,
    "grammar": (*_BOOKS, "test_engine"),
    "terms": (*_BOOKS, "test_terms"),
    "responsibility": ("test_responsibility",),
    "model": ("test_engine", "test_rulebook", "test_report"),
    "text/needs": ("test_needs", "test_gate"),
    "text/fold": ("test_text", "test_disguises"),
    "text/sentences": ("test_text", "test_sentences", "test_disguises"),
    "text/patterns": ("test_text", "test_gate"),
    "text/graphemes": ("test_text", "test_engine"),
    "text/masks": ("test_masks", "test_disguises"),
    "text/slips": ("test_masks", "test_disguises"),
    "text/digits": _CONTACTS,
    "text/spoken": _CONTACTS,
    "text/numbers": _CONTACTS,
    "text/phones": ("test_phones", *_CONTACTS),
    "text/addresses": ("test_addresses", *_CONTACTS),
    "text/ids": ("test_contacts", "test_reading", "test_engine"),
    "text/likeness": ("test_likeness",),
    "meaning/model": ("test_meaning",),
    "rules/_fulfilment": ("test_contradictions",),
    "rules/contact/email": (*_CONTACTS, *_RULES),
    "rules/contact/phone": (*_CONTACTS, *_RULES),
    "rules/form/attachment": _RULES,
    "rules/form/markup": _RULES,
    "rules/privacy/sensitive": (*_CONTACTS, *_RULES),
    "rules/review/repeat": _RULES,
}
# Without the plugins and the database of the suite, which the engine does not need.
_PYTEST = (
    *("-x", "-q", "--noconftest", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not full"),
    *("--deselect", "tests/policy/test_meaning.py::test_the_same_messages_make_the_same_bytes"),  # trains a model
)


def mutants(code: str, name: str, most: int) -> tuple[int, list[str]]:
    """Return how many mutants of the functions in ``code`` there are, and at most ``most`` of them, always the same."""
    module, found, _, _ = create_mutations(name, code)
    inside = [one for one in found if one.contained_by_top_level_function is not None]
    chosen = random.Random(f"{SEED} {name}").sample(inside, min(most, len(inside)))  # noqa: S311 - a sample
    changed = [module.deep_replace(one.original_node, one.mutated_node) for one in chosen]
    return len(inside), [one.code for one in changed if isinstance(one, Module)]


def passes(folder: Path, tests: Sequence[str], seconds: int) -> bool:
    """Say whether ``tests`` pass with the package in ``folder`` within ``seconds`` of CPU."""
    child = os.fork()
    if not child:
        _test(folder, tests, seconds)
    return os.waitpid(child, 0)[1] == 0


def _test(folder: Path, tests: Sequence[str], seconds: int) -> None:
    """Run ``tests`` and end this process; what they say is in the file "said"."""
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(20 * seconds)  # one that waits for ever uses no CPU
        sys.path.insert(0, str(folder))
        hypothesis.settings.register_profile("mutants", derandomize=True, deadline=None, database=None)
        hypothesis.settings.load_profile("mutants")
        with (folder / "said").open("w") as said, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = int(pytest.main([*_PYTEST, *tests]))
    finally:
        os._exit(code)


def examine(name: str, folder: Path, most: int) -> tuple[int, int]:
    """Test the mutants of one module and print its line. Returns how many were tried, and how many of them live."""
    file, tests = f"{name}.py", [f"tests/policy/{one}.py" for one in TESTS[name]]
    code, place = (PACKAGE / file).read_text(), folder / "comity_policy" / file
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not passes(folder, tests, 600):
        said = (folder / "said").read_text()[-2000:]
        raise SystemExit(f"{name}: its tests fail without any change.\n{said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = max(LEAST_SECONDS, int(PATIENCE * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)))
    began, lived = time.monotonic(), []
    every, chosen = mutants(code, file, most)
    sys.dont_write_bytecode = True
    place.unlink()
    for mutant in chosen:
        shutil.rmtree(place.parent / "__pycache__", ignore_errors=True)
        place.write_text(mutant)
        if passes(folder, tests, seconds):
            lived.append(mutant)
            print("".join(_change(code, mutant, file)), flush=True)
    place.unlink()
    place.symlink_to(PACKAGE / file)
    _tell(name, len(chosen), len(lived), mutants=every, seconds=round(time.monotonic() - began))
    return len(chosen), len(lived)


def _tell(name: str, tried: int, lived: int, **more: int) -> None:
    line = {"module": name, "tried": tried, "lived": lived, "score": _score(tried, lived)}
    print(json.dumps({**line, **more}), flush=True)


def _score(tried: int, lived: int) -> float:
    return round(1 - lived / tried, 3)


def _change(old: str, new: str, file: str) -> list[str]:
    return list(difflib.unified_diff(old.splitlines(True), new.splitlines(True), file, file, n=0))[2:]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(TESTS))
    parser.add_argument("--sample", type=int, default=SAMPLE, help="mutants of each module")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.modules) - TESTS.keys()):
        parser.error(f"no tests are named for {', '.join(unknown)}; there are {', '.join(TESTS)}")
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with tempfile.TemporaryDirectory(prefix="comity-mutants-") as place:
        folder = Path(place)
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE, folder / "comity_policy", copy_function=os.symlink, ignore=without)
        counts = [examine(name, folder, options.sample) for name in options.modules or TESTS]
    _tell("all", sum(tried for tried, _ in counts), sum(lived for _, lived in counts))
    return 0 if all(_score(*one) >= LEAST for one in counts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
