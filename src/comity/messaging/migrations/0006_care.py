from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_saved_replies")]

    operations = []
