"""Tables that are made in one step."""

import pytest
from django.db import connection, models
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations import CreateModel
from django.db.migrations.state import ProjectState

from comity.common.migrating import CreateTogether


def table(name, other):
    own = ("id", models.BigAutoField(primary_key=True))
    return CreateModel(name, [own, ("to", models.ForeignKey(other, models.CASCADE, null=True))], options={})


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a database of its own, in memory")
@pytest.mark.django_db
def test_tables_that_refer_to_each_other_are_made_and_unmade():
    together = CreateTogether([table("Ship", "common.Port"), table("Port", "common.Ship")])
    before, after = ProjectState(), ProjectState()
    assert before.apps.get_models() == []  # built, as Django does before it begins
    together.state_forwards("common", after)
    memory = DatabaseWrapper(connection.settings_dict | {"NAME": ":memory:"})

    with memory.schema_editor() as editor:
        together.database_forwards("common", editor, before, after)
    assert set(memory.introspection.table_names()) == {"common_ship", "common_port"}
    assert [
        len(memory.introspection.get_relations(memory.cursor(), name)) for name in ("common_ship", "common_port")
    ] == [1, 1]

    with memory.schema_editor() as editor:
        together.database_backwards("common", editor, after, before)
    assert memory.introspection.table_names() == []
