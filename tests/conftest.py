"""Which database the tests run on, what each folder of tests costs, which figures the tests report.

COMITY_TEST_DATABASE=sqlite|postgres picks the database (sqlite unless said otherwise).
COMITY_REQUIRE_PG=1 turns "PostgreSQL cannot be started here" from a skip into a failure.
"""

import gc
import os
import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests import postgres
from tests.once import RUN, once

# Before Django is loaded, and whatever the shell has set: tests never meet a real database.
os.environ["DJANGO_SETTINGS_MODULE"] = "comity.config.settings_test"
DATABASE = os.environ.setdefault("COMITY_TEST_DATABASE", "sqlite")

# The same examples in every run, so that a red test is red again on the next machine.
hypothesis.settings.register_profile("comity", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("comity")

resources = pytest.StashKey[ExitStack]()


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # what the controlling process started comes down by the environment
    if settings.configured:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests choose their own settings")
    config.pluginmanager.register(CostOfFolders())
    config.stash[resources] = ExitStack()
    os.environ["COMITY_DATABASE_URL"] = _open_database(config.stash[resources])
    django.setup()


def pytest_unconfigure(config):
    if resources in config.stash:
        config.stash[resources].close()


def _open_database(stack):
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-tests-"))
    os.environ["COMITY_DATA"] = os.environ[RUN] = folder
    if DATABASE == "sqlite":
        return f"sqlite://{folder}/comity.sqlite3"
    if DATABASE != "postgres":
        raise pytest.UsageError(f"COMITY_TEST_DATABASE={DATABASE}: allowed are sqlite and postgres")
    if reason := postgres.why_impossible():
        raise pytest.UsageError(f"COMITY_TEST_DATABASE=postgres: {reason}")
    cluster = stack.enter_context(postgres.running_cluster(durable=False))
    return cluster.create_migrated_database("comity")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, request):
    """A database for each process: a copy of what was migrated once.

    A file and not memory: locks, WAL and what a second connection sees are then as in production.
    """
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = postgres.TEMPLATE
    else:
        name = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'single')}.sqlite3"
        copy = shutil.copy(request.getfixturevalue("migrated_file"), Path(os.environ[RUN], name))
        connection.settings_dict["TEST"] |= {"NAME": str(copy), "MIGRATE": False}  # the tables are there


@pytest.fixture(scope="session")
def django_db_keepdb():
    """SQLite's is the copy; it goes with the folder of the run."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def migrated_file(django_db_blocker):
    """An SQLite file with our tables and nothing in them, which nobody opens: to be copied."""
    with django_db_blocker.unblock():
        return once("migrated.sqlite3", migrate if connection.vendor == "sqlite" else migrate_elsewhere)


def migrate(file):
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(file)
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()  # the last one to close it leaves nothing beside it
        connection.settings_dict["NAME"] = usual


def migrate_elsewhere(file):
    postgres.migrate(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgres_possible():
    """For tests that need PostgreSQL whatever the suite itself runs on."""
    if reason := postgres.why_impossible():
        if os.environ.get("COMITY_REQUIRE_PG") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def durable_postgres(postgres_possible):
    """A cluster that keeps its promises across a crash, for tests that kill processes."""
    with postgres.running_cluster(durable=True) as cluster:
        yield cluster


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The longest test first, so that it runs beside the others and not after them."""
    items.sort(key=lambda item: item.path.name != "test_on_postgres.py")


def pytest_collection_finish():
    """What stays to the end, such as thousands of tests, is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


class CostOfFolders:
    """Adds up the seconds of each top folder of tests, set-up included; prints recorded properties too."""

    def __init__(self):
        self.seconds = Counter()
        self.figures = {}

    def pytest_runtest_logreport(self, report):
        inside = Path(report.nodeid.split("::")[0]).parts[1:]
        self.seconds[inside[0] if len(inside) > 1 else "(top)"] += report.duration
        self.figures.update(report.user_properties)

    def pytest_terminal_summary(self, terminalreporter):
        costs = ", ".join(f"{folder} {seconds:.1f}" for folder, seconds in self.seconds.most_common())
        for name, figure in self.figures.items():
            terminalreporter.write_line(f"{name}: {figure}")
        terminalreporter.write_line(f"seconds by folder ({DATABASE}): {costs}")
