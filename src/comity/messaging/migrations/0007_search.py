from django.db import migrations, models

INDEX = {
    "sqlite": [
        # Which entry holds which term, and nothing else: no copy of the text, no positions, no sizes. Terms come ready,
        # so the tokenizer only cuts at spaces; "@" marks the scope terms, which no person can type.
        # Messages apart from orders and people, which are few beside them: looking for those must not read these.
        """CREATE VIRTUAL TABLE messaging_search USING fts5(
            terms, content='', columnsize=0, detail='none', tokenize="ascii tokenchars '@'"
        )""",
        """CREATE VIRTUAL TABLE messaging_searchothers USING fts5(
            terms, content='', columnsize=0, detail='none', tokenize="ascii tokenchars '@'"
        )""",
    ],
    "postgresql": [
        "ALTER TABLE messaging_searchentry ADD COLUMN vector tsvector NOT NULL DEFAULT ''",
        "CREATE INDEX messaging_search ON messaging_searchentry USING gin (vector)",
    ],
}


def create_index(apps, schema_editor):
    for statement in INDEX[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE messaging_search")
        schema_editor.execute("DROP TABLE messaging_searchothers")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_care")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kept", models.TextField()),
            ],
        ),
        migrations.RunPython(create_index, drop_index),
    ]
