"""What is marked `postgres` (races, search, SQL) runs on PostgreSQL in the plain test command too."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

ON_POSTGRES = os.environ["COMITY_TEST_DATABASE"] == "postgres"
ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(ON_POSTGRES, reason="the suite is on PostgreSQL already")
def test_everything_marked_postgres_passes_on_postgres(postgres_possible):
    # Neither the settings of this run nor pytest's note that we are one of its workers.
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith(("DJANGO_", "PYTEST_"))}
    environment = {**inherited, "COMITY_TEST_DATABASE": "postgres"}
    # Only the files in which the mark stands are read: to read them all takes longer than many of the tests.
    files = [str(path) for path in Path(__file__).parent.rglob("test_*.py") if "mark.postgres" in path.read_text()]
    command = [sys.executable, "-m", "pytest", "-m", "postgres and not full", "-n", "0", *files]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.postgres
@pytest.mark.skipif(not ON_POSTGRES, reason="the suite is on SQLite")
@pytest.mark.django_db
def test_the_database_is_a_private_postgres_with_checksums():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('data_checksums'), current_setting('listen_addresses')")
        assert cursor.fetchone() == ("on", "")


def test_the_durable_cluster_keeps_what_was_committed_when_it_is_stopped_at_once(durable_postgres):
    url = durable_postgres.create_database("durable")
    with psycopg.connect(url) as client:
        client.execute("CREATE TABLE kept AS SELECT 7 AS number")
    durable_postgres.stop()
    durable_postgres.start()

    with psycopg.connect(url) as client:
        assert client.execute("SELECT number FROM kept").fetchall() == [(7,)]
        assert client.execute("SELECT current_setting('fsync')").fetchone() == ("on",)
