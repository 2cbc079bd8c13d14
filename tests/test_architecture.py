"""What docs/structure.md promises and neither ruff nor import-linter can see."""

import ast
import re
import statistics
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
PRODUCT = SOURCE / "comity"

# Low to high; what stands on one line are siblings and never point at each other.
RANKS = [
    {"common"},
    {"integrations"},
    {"files"},
    {"accounts"},
    {"screening"},
    {"ledger", "catalog"},
    {"orders"},
    {"messaging"},
    {"notify"},
    {"cases", "feedback", "mail"},
    {"standing"},
    {"web", "api", "spapi", "mailgate"},
    {"jobs"},
    {"config"},
]
RANK = {folder: rank for rank, folders in enumerate(RANKS) for folder in folders}
EDGES = {"web", "api", "spapi", "mailgate"}
FOLDERS = sorted(path.name for path in PRODUCT.iterdir() if path.is_dir() and path.name != "__pycache__")
CAPABILITIES = [name for name in FOLDERS if name not in {*EDGES, "common", "integrations", "jobs", "config"}]

USUAL_FILES = {
    "__init__.py", "apps.py", "models.py", "models", "selectors.py", "selectors", "services.py", "services",
    "handlers.py", "admin.py", "migrations", "templates",
}  # fmt: skip
UNUSUAL_FILES = {
    "accounts/backends.py",  # how Django asks whether a password is right
    "accounts/settings.py",  # reads the next one
    "accounts/settings.toml",  # what a marketplace may set, within which bounds: data
    "accounts/profiles",  # dated windows and thresholds: data and its reader
    "notify/mailbox.py",  # the mail transport that keeps mails instead of sending them
}
HTTP = ("django.http", "django.shortcuts", "django.views", "django.middleware", "django.contrib.messages")
# Words of the engine, in every language, and who must answer; `check` and the rulebooks are for screening.
RULE_ENGINE_FOR_ALL = ("comity_policy.model.", "comity_policy.responsibility.", "comity_policy.wording.")
WRITES = {
    "save", "asave", "create", "acreate", "delete", "adelete", "update", "bulk_create", "bulk_update",
    "get_or_create", "update_or_create",
}  # fmt: skip


def python_files(folder):
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def short(path):
    return path.relative_to(ROOT).as_posix()


@cache
def every_node(path):
    return list(ast.walk(ast.parse(path.read_text())))


@pytest.fixture(scope="module", autouse=True)
def what_was_read():
    yield
    every_node.cache_clear()


def nodes(path, *kinds):
    return [node for node in every_node(path) if isinstance(node, kinds)]


def imported(path):
    """The modules that a file imports, and `module.name` for each `from module import name`."""
    for node in nodes(path, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(path):
    """Each call in a file, as (line, dotted text of what is called, call)."""
    return [(node.lineno, ast.unparse(node.func), node) for node in nodes(path, ast.Call)]


def functions(folder):
    for path in python_files(folder):
        for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef):
            yield path, node, node.end_lineno - node.lineno + 1


def p90(numbers):
    return sorted(numbers)[int(len(numbers) * 0.9)]


def test_every_folder_has_a_rank():
    assert set(FOLDERS) <= set(RANK)


def test_foreign_keys_point_downward():
    upward = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and field.concrete else None
            if target is None or not model.__module__.startswith("comity."):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here != there and there in RANK and RANK[there] >= RANK[here]:
                upward.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert upward == []


def test_capabilities_know_no_http():
    found = [
        f"{short(path)}: {module}"
        for capability in [*CAPABILITIES, "common"]
        for path in python_files(PRODUCT / capability)
        for module in imported(path)
        if module.startswith(HTTP) and path != PRODUCT / "accounts/backends.py"
    ]
    assert found == []


def test_only_screening_calls_the_engine():
    others = [name for name in FOLDERS if name not in ("screening", "config")]
    found = [
        f"{short(path)}: {module}"
        for name in others
        for path in python_files(PRODUCT / name)
        for module in imported(path)
        if module.startswith("comity_policy") and not module.startswith(RULE_ENGINE_FOR_ALL)
    ]
    assert found == []


def test_edges_have_no_models():
    edges = EDGES | {"jobs", "config"}

    assert [model._meta.label for model in apps.get_models() if model._meta.app_label in edges] == []
    assert [short(path) for edge in edges for path in (PRODUCT / edge).rglob("models.py")] == []


def is_write(call, name):
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    # `update` with one plain argument is that of a dict or a hash; that of a query takes names.
    return call.func.attr != "update" or bool(call.keywords)


def test_only_services_write():
    readers = [PRODUCT / edge for edge in EDGES] + [PRODUCT / name / "selectors" for name in CAPABILITIES]
    found = [
        f"{short(path)}:{line}: {name}"
        for reader in readers
        for path in python_files(reader)
        for line, name, call in called(path)
        if is_write(call, name)
    ]
    assert found == []


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_has_the_usual_files_only(capability):
    found = {path.name for path in (PRODUCT / capability).iterdir() if path.name != "__pycache__"}
    allowed = USUAL_FILES | {name.split("/")[1] for name in UNUSUAL_FILES if name.startswith(f"{capability}/")}

    assert found - allowed == set()


def test_time_is_read_in_one_module():
    readers = re.compile(r"(?:timezone|datetime|date)\.(?:now|utcnow|today)|(?:timezone\.)?localdate|time\.time")
    found = [
        f"{short(path)}:{line}: {name}"
        for path in python_files(SOURCE)
        for line, name, _ in called(path)
        if readers.fullmatch(name) and path not in (PRODUCT / "common/clock.py", SOURCE / "comity_policy/__main__.py")
    ]
    assert found == []


def test_the_clock_is_asked_by_edges_only():
    found = [
        short(path)
        for capability in CAPABILITIES
        for path in python_files(PRODUCT / capability)
        if any(module.startswith("comity.common.clock") for module in imported(path))
    ]
    assert found == []


def test_rules_do_not_use_the_backtracking_engine():
    rules = python_files(SOURCE / "comity_policy/rules")

    assert rules
    assert [
        short(path) for path in rules if any(name.split(".")[0] in ("re", "regex") for name in imported(path))
    ] == []


def test_migrations_have_names_of_their_own():
    named = re.compile(r"\d{4}_(?!.*(?:auto_|and_more))[a-z0-9_]+\.py")
    found = [path for path in PRODUCT.glob("*/migrations/*.py") if path.name != "__init__.py"]

    assert found
    assert [short(path) for path in found if not named.fullmatch(path.name)] == []


def test_an_import_inside_a_function_says_why():
    found = [
        f"{short(path)}:{node.lineno}"
        for path, function, _ in functions(SOURCE)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and "#" not in path.read_text().splitlines()[node.lineno - 1]
    ]
    assert found == []


def test_functions_are_short(record_property):
    lengths = [(length, f"{short(path)}: {node.name}") for path, node, length in functions(SOURCE)]
    record_property("p90 lines of a function", ninth := p90([length for length, _ in lengths]))

    assert [place for length, place in lengths if length > 50] == []
    assert ninth <= 25


def test_files_are_short(record_property):
    lengths = {path: len(path.read_text().splitlines()) for path in python_files(SOURCE)}
    record_property("p90 lines of a file", ninth := p90(list(lengths.values())))
    lengths |= {path: len(path.read_text().splitlines()) for path in python_files(Path(__file__).parent)}

    assert [short(path) for path, length in lengths.items() if length > 500] == []
    assert ninth <= 300


def test_views_are_short():
    found = [
        f"{short(path)}: {node.name} ({length} lines)"
        for edge in EDGES
        for path, node, length in functions(PRODUCT / edge)
        if "views" in short(path) and length > 20
    ]
    assert found == []


def test_tests_are_short():
    lengths = [length for _, node, length in functions(ROOT / "tests") if node.name.startswith("test_")]

    assert statistics.median(lengths) <= 12
