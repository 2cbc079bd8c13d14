import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def wanted_when_stored(apps, schema_editor):
    apps.get_model("files", "Blob").objects.update(wanted_at=F("stored_at"))


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.AddField("blob", "wanted_at", models.DateTimeField(null=True)),
        migrations.RunPython(wanted_when_stored, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("blob", "wanted_at", models.DateTimeField(db_index=True)),
        migrations.AddField(
            "blob",
            "preview",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="previewed", to="files.blob"
            ),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("extent", models.CharField(max_length=8)),
                ("pages", models.PositiveIntegerField(null=True)),
                ("parts", models.JSONField(default=list)),
                (
                    "blob",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reading", to="files.blob"
                    ),
                ),
            ],
        ),
    ]
