from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="taken",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "unshipped"), ("status", "partially_shipped"), _connector="OR"),
                fields=["seller", "fulfilment", "ship_by"],
                name="order_to_ship",
            ),
        ),
    ]
