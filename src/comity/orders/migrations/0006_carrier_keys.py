"""What of a carrier is equal for two ways to write it, and numbers as they are written now; of one scan twice, one."""

from django.db import migrations, models
from django.db.models import Count, Min

from comity.integrations.carriers import same_carrier, tidy

_WHAT = ("marketplace", "carrier_key", "tracking_number", "kind", "occurred_at")


def key_carriers(apps, editor):
    """Give what is stored its carrier's key, and its number as it is written now; of one scan twice the first stays."""
    numbered = {name: apps.get_model("orders", name).objects for name in ("CarrierEvent", "Shipment", "Return")}
    for name in ("CarrierEvent", "Return"):
        rows = numbered[name].exclude(carrier="")
        for carrier in rows.order_by().values_list("carrier", flat=True).distinct():
            rows.filter(carrier=carrier).update(carrier_key=same_carrier(carrier))
    for rows in numbered.values():
        for key, carrier, number in rows.filter(tracking_number__contains="-").values_list(
            "pk", "carrier", "tracking_number"
        ):
            if carrier and (clean := tidy(number, carrier)) != number:
                rows.filter(pk=key).update(tracking_number=clean)
    events = numbered["CarrierEvent"]
    twice = events.values(*_WHAT).annotate(first=Min("pk"), copies=Count("pk")).filter(copies__gt=1).order_by()
    for one in twice:
        events.filter(**{name: one[name] for name in _WHAT}).exclude(pk=one["first"]).delete()


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_feed_attempts")]

    operations = [
        migrations.AddField("carrierevent", "carrier_key", models.CharField(default="", max_length=180), False),
        migrations.AddField("return", "carrier_key", models.CharField(blank=True, max_length=180)),
        migrations.RemoveConstraint("carrierevent", "carrier_event_once"),
        migrations.RunPython(key_carriers, migrations.RunPython.noop),
    ]
