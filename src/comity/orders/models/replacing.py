"""An order that replaces what another order brought: nothing is owed for it, and its money stands on the first one."""

from django.db import models

from comity.orders.models.orders import Order


class Replacement(models.Model):
    """``order`` replaces pieces of the order ``of``. ``offer``: public id of the offer that was accepted, one each."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="replaces")
    of = models.ForeignKey(Order, models.PROTECT, related_name="replaced_by")
    offer = models.CharField(max_length=31, unique=True)
