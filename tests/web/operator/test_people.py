"""Admins open shops, invite first owners, and manage the people of shops and of the operator."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Invitation, OperatorStaff, Organisation, Seller, Staff
from comity.common.models import OutboxEvent
from tests import factories
from tests.web.desk.shop import signed_in, with_role

NEW = {
    "name": "Lampenhaus",
    "external_id": "S-77",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "email": "o@example.com",
}


@pytest.fixture(autouse=True)
def _mails_at_once(monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for module in ("desk.people", "operator.views.people"):
        monkeypatch.setattr(f"comity.web.{module}.send_later", lambda message: message.send())


@pytest.fixture
def admin(shop):
    return signed_in(shop.admin.user)


def html(response):
    return response.content.decode()


def link():
    return re.search(r"http\S+(/invitation/\S+)", mail.outbox[-1].body)[1]


def test_a_shop_is_opened_and_its_first_owner_comes_by_invitation(shop, admin):
    answer = admin.post(shop.operate("sellers/"), NEW)

    made = Seller.objects.get(external_id="S-77")
    assert answer.url == shop.operate(f"sellers/{made.public_id}/?done=invited")
    assert (made.name, made.language, made.time_zone, made.organisation.name) == (
        "Lampenhaus",
        "de",
        "Europe/Berlin",
        "Lampenhaus",
    )
    owner = signed_in(factories.user())
    assert owner.post(link(), {"name": "Otto Lamp"}).status_code == 302
    assert Staff.objects.get(seller=made).role == "owner"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "A shop has a name"),
        ({"email": "otto"}, "write it like name@example.com"),
        ({"time_zone": "Berlin"}, "expected is a name such as Europe/Berlin"),
        ({"language": "german language"}, "expected is a language tag such as en"),
        ({"external_id": "taken"}, "is taken by another shop"),
    ],
)
def test_what_is_refused_opens_no_shop_and_keeps_what_was_typed(shop, admin, wrong, sentence):
    factories.seller(shop.market, external_id="taken")
    before = (Seller.objects.count(), Organisation.objects.count())

    refused = admin.post(shop.operate("sellers/"), {**NEW, **wrong})

    assert refused.status_code == 422
    assert sentence in html(refused)
    assert all(f'value="{value}"' in html(refused) for value in ({**NEW, **wrong}).values())
    assert (Seller.objects.count(), Organisation.objects.count()) == before
    assert not Invitation.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_shops_are_found_by_name_and_number(shop, admin):
    factories.seller(shop.market, name="Lampenhaus", external_id="S-1")
    factories.seller(name="Lampenhaus elsewhere")
    for query, found in (("lampen", ["Lampenhaus"]), ("S-1", ["Lampenhaus"]), ("nothing", [])):
        shown = html(admin.get(shop.operate(f"sellers/?q={query}")))
        assert re.findall(r'sellers/sel_\w+/"><bdi>(.*?)</bdi>', shown) == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, admin, number):
    for _ in range(number):
        factories.staff(factories.seller(shop.market))

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("sellers/"))

    # session, user, seat, held messages in the navigation, count of the pages, shops
    assert len(queries) == 6, [query["sql"][:90] for query in queries]


def test_an_admin_manages_the_people_of_a_shop(shop, admin):
    page = shop.operate(f"sellers/{shop.seller.public_id}/")
    helper = factories.staff(shop.seller)

    admin.post(f"{page}people/{shop.owner.user.public_id}/", {"action": "remove"})
    assert list(Staff.objects.filter(seller=shop.seller)) == [helper]
    admin.post(page, {"email": "new@example.com", "role": "agent"})
    again = admin.post(f"{page}invitations/{Invitation.objects.get().public_id}/", {"action": "revoke"})
    assert again.url == f"{page}?done=revoked"


def test_a_shop_of_another_marketplace_is_missing(shop, admin):
    elsewhere = factories.staff()
    page = shop.operate(f"sellers/{elsewhere.seller.public_id}/")
    assert admin.get(page).status_code == 404
    assert admin.post(f"{page}people/{elsewhere.user.public_id}/", {"action": "remove"}).status_code == 404
    assert Staff.objects.filter(pk=elsewhere.pk).exists()


def test_an_admin_invites_colleagues_and_changes_their_roles(shop, admin):
    admin.post(shop.operate("people/"), {"email": "mod@example.com", "role": "moderator"})
    stranger = signed_in(factories.user())
    assert stranger.post(link(), {"name": "Mo"}).url == shop.operate()
    seat = OperatorStaff.objects.get(user__name="Mo")

    admin.post(shop.operate(f"people/{seat.user.public_id}/"), {"role": "investigator", "action": "role"})
    assert OperatorStaff.objects.get(pk=seat.pk).role == "investigator"
    admin.post(shop.operate(f"people/{seat.user.public_id}/"), {"action": "remove"})
    assert not OperatorStaff.objects.filter(pk=seat.pk).exists()


def test_the_last_admin_stays_and_is_told_why(shop, admin):
    refused = admin.post(shop.operate(f"people/{shop.admin.user.public_id}/"), {"action": "remove"})
    assert refused.status_code == 422
    assert "make somebody else admin first" in html(refused)


@pytest.mark.parametrize("role", ["moderator", "service_agent", "adjudicator", "investigator"])
def test_only_admins_manage(shop, role):
    client = signed_in(with_role(shop, role).user)
    answers = [client.get(shop.operate(page)).status_code for page in ("sellers/", "people/", "settings/")]
    assert answers == [404, 404, 404]
