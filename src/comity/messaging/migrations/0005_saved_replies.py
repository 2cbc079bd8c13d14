from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_teams")]

    operations = []
