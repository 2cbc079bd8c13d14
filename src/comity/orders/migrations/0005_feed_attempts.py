from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_order_own_id")]

    operations = [
        migrations.AddField("feed", "attempts", models.PositiveSmallIntegerField(default=0)),
    ]
