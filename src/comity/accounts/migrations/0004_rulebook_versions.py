from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_contact_choices")]

    operations = [
        migrations.AddField(model_name="marketplace", name="rulebook_versions", field=models.JSONField(default=list)),
    ]
