"""Marketplaces, sellers and buyers from files, and the people who may then sign in."""

import pytest

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Seller, Staff, User
from comity.common.crypto import lookup_digest
from comity.common.errors import Refused
from comity.orders.models import ImportRun
from tests.factories import buyer, marketplace, user
from tests.orders.importing import bring

pytestmark = pytest.mark.django_db


def test_a_marketplace_comes_from_a_file_with_its_administrator():
    row = {"slug": "north", "name": "North", "currency": "SEK", "time_zone": "Europe/Stockholm"}
    assert bring("marketplaces", [{**row, "admin_email": "Ada@Example.com"}]).counts == (1, 0, 0)
    north = Marketplace.objects.get()
    assert (north.slug, north.currency, north.time_zone, north.language) == ("north", "SEK", "Europe/Stockholm", "en")
    seat = OperatorStaff.objects.select_related("user").get()
    assert (seat.role, seat.user.email, seat.user.has_usable_password()) == ("admin", "Ada@Example.com", False)


@pytest.mark.parametrize("slug", ["sign-in", "North", "a--b", "-a", "x" * 51, "ä", "a/b"])
def test_a_slug_that_is_no_free_address_is_refused(slug):
    assert bring("marketplaces", [{"slug": slug, "name": "N"}]).refusals == [(1, "slug", "bad_slug")]
    assert Marketplace.objects.count() == 0


def test_a_seller_takes_language_and_zone_of_its_marketplace_and_seats_its_owner():
    marketplace(language="sv", time_zone="Europe/Stockholm")
    bring("sellers", [{"external_id": "s1", "name": "Shop", "owner_email": "o@example.com"}])
    shop = Seller.objects.get()
    assert (shop.language, shop.time_zone, shop.source) == ("sv", "Europe/Stockholm", "shop")
    assert [(seat.role, seat.user.email) for seat in Staff.objects.all()] == [("owner", "o@example.com")]


def test_one_person_may_own_two_sellers():
    marketplace()
    rows = [{"external_id": one, "name": one, "owner_email": "o@example.com"} for one in ("s1", "s2")]
    assert bring("sellers", rows).counts == (2, 0, 0)
    assert (User.objects.count(), Staff.objects.count()) == (1, 2)


def test_a_buyer_with_an_address_can_sign_in_by_link():
    marketplace()
    assert bring("buyers", [{"external_id": "b1", "name": "Bea", "email": "Bea@example.com"}]).counts == (1, 0, 0)
    bea = Buyer.objects.select_related("user").get()
    assert (bea.email, bea.email_lookup) == ("Bea@example.com", lookup_digest("bea@EXAMPLE.com"))
    assert (bea.user.email, bea.user.name, bea.user.has_usable_password()) == ("Bea@example.com", "Bea", False)


def test_a_buyer_without_an_address_has_no_user():
    marketplace()
    bring("buyers", [{"external_id": "b1", "name": "Bea"}])
    assert (Buyer.objects.get().user, User.objects.count()) == (None, 0)


def test_a_buyer_finds_the_user_that_is_there():
    known = user(email="bea@example.com")
    marketplace()
    bring("buyers", [{"external_id": "b1", "name": "Bea", "email": "BEA@example.com"}])
    assert (Buyer.objects.get().user, User.objects.count()) == (known, 1)


def test_an_address_belongs_to_one_buyer_of_a_marketplace():
    market = marketplace()
    buyer(market, external_id="old", email="bea@example.com")
    rows = [
        {"external_id": "b1", "name": "Bea", "email": "Bea@Example.com"},
        {"external_id": "b2", "name": "Cem", "email": "cem@example.com"},
        {"external_id": "b3", "name": "Cem", "email": "CEM@example.com"},
    ]
    result = bring("buyers", rows)
    assert result.refusals == [(1, "email", "email_taken"), (3, "email", "email_taken")]
    assert set(Buyer.objects.values_list("external_id", flat=True)) == {"old", "b2"}
    assert User.objects.count() == 2


def test_the_same_person_buys_on_two_marketplaces():
    for slug in ("north", "south"):
        marketplace(slug=slug)
        rows = [{"external_id": "b1", "name": "Bea", "email": "bea@example.com"}]
        assert bring("buyers", rows, market=slug).counts == (1, 0, 0)
    assert (Buyer.objects.count(), User.objects.count()) == (2, 1)


def test_a_changed_row_changes_and_an_empty_field_stays():
    marketplace()
    bring("buyers", [{"external_id": "b1", "name": "Bea", "email": "bea@example.com", "language": "de"}])
    assert bring("buyers", [{"external_id": "b1", "name": "Beatrix"}]).counts == (1, 0, 0)
    bea = Buyer.objects.get()
    assert (bea.name, bea.email, bea.language) == ("Beatrix", "bea@example.com", "de")


@pytest.mark.parametrize(("slugs", "wanted", "code"), [
    ([], None, "no_marketplace"),
    (["north", "south"], None, "which_marketplace"),
    (["north"], "south", "unknown_marketplace"),
])  # fmt: skip
def test_a_file_without_a_clear_marketplace_is_not_read(slugs, wanted, code):
    for slug in slugs:
        marketplace(slug=slug)
    with pytest.raises(Refused) as caught:
        bring("buyers", [{"external_id": "b1", "name": "Bea"}], market=wanted)
    assert caught.value.code == code
    assert (Buyer.objects.count(), ImportRun.objects.count()) == (0, 0)
