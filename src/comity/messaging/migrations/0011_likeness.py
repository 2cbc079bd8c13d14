import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0010_finding_forms")]

    operations = [
        migrations.AddField("message", "likeness", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["likeness", "sent_at"], name="message_alike", condition=models.Q(likeness__isnull=False)
            ),
        ),
        migrations.AddField(
            "trialfinding",
            "attachment",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="trial_findings",
                to="messaging.attachment",
            ),
        ),
        migrations.AddField("trialfinding", "page", models.PositiveIntegerField(null=True)),
    ]
