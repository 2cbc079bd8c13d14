"""Handling times as the marketplace changes them."""

import pytest

from comity.catalog.models import Listing
from tests import factories
from tests.web.desk.shop import signed_in


@pytest.mark.parametrize(("version", "status", "days"), [(123_456, 302, 4), (123_455, 409, 2)])
def test_a_listing_of_many_versions_is_changed_and_an_older_page_refused(shop, version, status, days):
    offer = factories.listing(shop.seller)
    Listing.objects.filter(pk=offer.pk).update(version=123_456, handling_days=2)
    typed = {"handling_days": "4", "reason": "Slow carrier.", "version": str(version)}

    answer = signed_in(shop.admin.user).post(shop.operate(f"listings/{offer.public_id}/"), typed)

    assert (answer.status_code, Listing.objects.get(pk=offer.pk).handling_days) == (status, days)
