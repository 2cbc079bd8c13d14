"""Nothing that a sender was thanked for is lost or done twice, however often the process is killed (R1, R5)."""

import os
import shutil

import pytest

from tests.crash.harness import LEAST_KILLS, Served, at_points, at_random, run

SECONDS = 5
MINUTE = 60 * int(os.environ.get("COMITY_PROVE", "1"))  # `make prove` takes its time
POINTS = (
    "record_appended",
    "after_commit_before_answer",
    "effect_before_done",
    "after_done",
    "mail_sent_before_mark",
)
WRONG = ("lost", "twice for one key", "not delivered", "not once on record", "not once told", "not once handed out")
WRONG += ("notices", "chains", "wrong answers")


def seen(report):
    """What is wrong in a report, by name."""
    return {name: report[name] for name in WRONG if report[name]}


@pytest.fixture
def sqlite_url(migrated_file, tmp_path):
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'comity.sqlite3')}"


@pytest.fixture
def postgres_url(durable_postgres, request):
    return durable_postgres.create_migrated_database(f"crash_{abs(hash(request.node.name))}")


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
def test_what_was_acknowledged_is_there_and_delivered_once(database, request, tmp_path):
    report = run(request.getfixturevalue(database), tmp_path, at_random(seconds=SECONDS))
    print(report)
    assert seen(report) == {}
    assert (report["kills"] >= LEAST_KILLS, report["acknowledged"] >= LEAST_KILLS) == (True, True)


def test_a_crash_at_any_named_place_loses_and_doubles_nothing(sqlite_url, tmp_path):
    report = run(sqlite_url, tmp_path, at_points(*POINTS))
    print(report)
    assert seen(report) == {}
    assert report["kills"] == len(POINTS)


@pytest.mark.parametrize(
    ("mutant", "nemesis", "symptom"),
    [
        ("answer_before_commit", at_points("thanked_before_commit"), "lost"),
        ("done_apart_from_effect", at_points("effect_before_done"), "not once handed out"),
        ("key_after_commit", at_points("commit_before_key"), "twice for one key"),
    ],
    ids=["answer before commit", "done apart from effect", "key after commit"],
)
def test_each_mistake_is_noticed(mutant, nemesis, symptom, sqlite_url, tmp_path):
    report = run(sqlite_url, tmp_path, nemesis, mutant=mutant)
    print(report)
    assert report[symptom] != []
    assert len(report["lost"]) < report["acknowledged"]  # a slip, not a server that does nothing


@pytest.mark.full
def test_comity_serve_keeps_its_word(sqlite_url, tmp_path):
    report = run(sqlite_url, tmp_path, at_random(seconds=30), kind=Served)
    print(report)
    del report["not once handed out"]  # counted in our own server only
    assert {name: report[name] for name in WRONG if report.get(name)} == {}
    assert (report["kills"] >= LEAST_KILLS, report["acknowledged"] >= LEAST_KILLS) == (True, True)


@pytest.mark.full
def test_a_minute_of_kills_on_sqlite(sqlite_url, tmp_path):
    report = run(sqlite_url, tmp_path, at_random(seconds=MINUTE))
    print(report)
    assert seen(report) == {}
    assert report["kills"] >= LEAST_KILLS  # about a hundred on an idle machine


@pytest.mark.full
def test_a_minute_of_kills_of_the_process_and_of_postgres(durable_postgres, postgres_url, tmp_path):
    def cut_the_power_of_the_database():
        durable_postgres.stop()
        durable_postgres.start()

    report = run(postgres_url, tmp_path, at_random(seconds=MINUTE, meanwhile=cut_the_power_of_the_database))
    print(report)
    assert seen(report) == {}
    assert report["kills"] >= LEAST_KILLS  # about a hundred on an idle machine
