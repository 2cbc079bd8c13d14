"""Reports are kept for as long as the profile says; after that neither row nor file is there."""

from datetime import datetime, timedelta

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.common.transactions import write
from comity.orders.models import Report

_PORTION = 500  # rows in one transaction


def forget_old(now: datetime) -> int:
    """Delete the reports that were finished longer ago than their marketplace keeps them; how many. Safe to repeat.

    The bytes go with what ``files`` removes because no row names it any longer.
    """
    return sum(_forget(marketplace, now) for marketplace in Marketplace.objects.order_by("id"))


def _forget(marketplace: Marketplace, now: datetime) -> int:
    days, forgotten = profile_in_force(marketplace, now).reports.keep_days, 0
    old = Report.objects.filter(seller__marketplace=marketplace, finished_at__lt=now - timedelta(days=days))
    while keys := list(old.order_by("id").values_list("pk", flat=True)[:_PORTION]):
        with write():
            forgotten += Report.objects.filter(pk__in=keys).delete()[0]
    return forgotten
