from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_settings")]

    operations = [
        migrations.AddField(model_name="buyer", name="unsolicited_declined_at", field=models.DateTimeField(null=True)),
    ]
