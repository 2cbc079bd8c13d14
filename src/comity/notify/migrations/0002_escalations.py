from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0001_squashed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message_waiting", "Message Waiting"),
                    ("ruling_made", "Ruling Made"),
                    ("ruling_overdue", "Ruling Overdue"),
                    ("report_decided", "Report Decided"),
                    ("mentioned", "Mentioned"),
                    ("assigned", "Assigned"),
                    ("invited", "Invited"),
                    ("handling_changed", "Handling Time Changed"),
                    ("order_news", "Order News"),
                    ("report_ready", "Report Ready"),
                    ("help_asked", "Help Asked"),
                    ("help_answered", "Help Answered"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message_waiting", "Message Waiting"),
                    ("ruling_made", "Ruling Made"),
                    ("ruling_overdue", "Ruling Overdue"),
                    ("report_decided", "Report Decided"),
                    ("mentioned", "Mentioned"),
                    ("assigned", "Assigned"),
                    ("invited", "Invited"),
                    ("handling_changed", "Handling Time Changed"),
                    ("order_news", "Order News"),
                    ("report_ready", "Report Ready"),
                    ("help_asked", "Help Asked"),
                    ("help_answered", "Help Answered"),
                ],
                max_length=20,
            ),
        ),
    ]
