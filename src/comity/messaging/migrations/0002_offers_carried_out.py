import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_squashed"), ("orders", "0002_subscription_life")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="only_notices",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["marketplace", "addressee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_service_work",
                condition=models.Q(last_message__isnull=False, only_notices=False),
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="address",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="offer",
            name="made",
            field=models.CharField(blank=True, max_length=31),
        ),
        migrations.AddField(
            model_name="offer",
            name="pieces",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="ordernotice",
            name="order",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="orders.order"
            ),
        ),
    ]
