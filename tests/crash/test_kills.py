"""Nothing that a sender was thanked for is lost or done twice, however often the process is killed (R1, R5)."""

import shutil

import pytest

from tests import postgres
from tests.crash.harness import run

SECONDS = 5
WRONG = ("lost", "twice for one key", "not delivered", "not once on record", "not once told", "not once handed out")
WRONG += ("notices", "chains", "wrong answers")


def seen(report):
    """What is wrong in a report, by name."""
    return {name: report[name] for name in WRONG if report[name]}


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory):
    file = tmp_path_factory.mktemp("crash") / "template.sqlite3"
    postgres.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite, tmp_path):
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'comity.sqlite3')}"


@pytest.fixture
def postgres_url(durable_postgres, request):
    return durable_postgres.create_migrated_database(f"crash_{abs(hash(request.node.name))}")


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
def test_what_was_acknowledged_is_there_and_delivered_once(database, request, tmp_path):
    report = run(request.getfixturevalue(database), tmp_path, seconds=SECONDS)
    print(report)
    assert seen(report) == {}
    assert (report["kills"] >= 5, report["acknowledged"] >= 5) == (True, True)  # many more on an idle machine


@pytest.mark.parametrize(
    ("mutant", "symptom"),
    [
        ("answer_before_commit", "lost"),
        ("done_apart_from_effect", "not once handed out"),
        ("key_after_commit", "twice for one key"),
    ],
)
def test_each_mistake_is_noticed(mutant, symptom, sqlite_url, tmp_path):
    report = run(sqlite_url, tmp_path, seconds=3, mutant=mutant)
    print(report)
    assert report[symptom] != []
    assert len(report["lost"]) < report["acknowledged"]  # a slip, not a server that does nothing
