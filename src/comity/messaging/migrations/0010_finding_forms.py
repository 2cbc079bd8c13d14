from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_trial_findings")]

    operations = [
        migrations.AddField("finding", "form", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("finding", "detail", models.TextField(blank=True, default="")),
    ]
