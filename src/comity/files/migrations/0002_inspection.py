from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = []
