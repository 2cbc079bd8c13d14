"""What roles may do, and who works where: asked in one place each."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import comity
from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.selectors.roles import OPERATOR_MAY, READS_ONLY, SELLER_MAY, require_writer
from comity.accounts.selectors.seats import people_of, works_at
from comity.common.errors import Refused
from tests import factories

SOURCES = Path(comity.__file__).parent


def test_every_role_is_in_its_table():
    assert (set(SELLER_MAY), set(OPERATOR_MAY)) == (set(Staff.Role), set(OperatorStaff.Role))


@pytest.mark.parametrize(
    ("seat", "action"),
    [
        (None, "reply"),
        (Staff(role="read_only"), "reply"),
        (Staff(role="read_only"), "announce"),
        (Staff(role="of tomorrow"), "reply"),
        (OperatorStaff(role="moderator"), "reply"),
        (OperatorStaff(role="service_agent"), "announce"),
    ],
)
def test_a_role_that_reads_is_told_whom_to_ask(seat, action):
    with pytest.raises(Refused) as refused:
        require_writer(seat, action=action, field="form")

    assert (refused.value.code, refused.value.sentence, refused.value.field) == ("role", READS_ONLY, "form")


@pytest.mark.parametrize(
    ("seat", "action"),
    [
        (Staff(role="agent"), "reply"),
        (Staff(role="agent"), "announce"),
        (OperatorStaff(role="service_agent"), "reply"),
        (OperatorStaff(role="moderator"), "announce"),
    ],
)
def test_a_role_that_writes_goes_on(seat, action):
    require_writer(seat, action=action)


def test_the_sentence_stands_in_one_place_for_services_and_in_one_for_pages():
    files = [path for path in SOURCES.rglob("*.*") if path.suffix in {".py", ".html"}]
    telling = {path.name for path in files if "Your role reads here" in path.read_text()}

    assert telling == {"roles.py", "reads_only.html"}
    shown = (SOURCES / "web/templates/parts/reads_only.html").read_text()
    assert all(f"{half.strip()}." in shown for half in READS_ONLY.rstrip(".").split("."))


@pytest.mark.django_db
def test_works_at_is_a_seat_of_any_role_with_that_shop_and_one_query():
    seat = factories.staff(role="read_only")
    other = factories.seller(seat.seller.marketplace)

    with CaptureQueriesContext(connection) as queries:
        assert works_at(seat.seller_id, seat.user) is True
    assert len(queries) == 1
    assert (works_at(other.pk, seat.user), works_at(None, seat.user)) == (False, False)


@pytest.mark.django_db
def test_people_of_a_party_are_active_and_have_a_role_for_it():
    boss, reader = factories.staff(), factories.staff(role="read_only")
    reader.seller = boss.seller
    reader.save()
    gone = factories.staff(boss.seller, role="agent").user
    gone.is_active = False
    gone.save()
    market = boss.seller.marketplace
    moderator = factories.operator(market, role="moderator").user
    factories.operator(role="moderator")

    assert list(people_of(boss.seller, "reply")) == [boss.user]
    assert set(people_of(boss.seller, "read")) == {boss.user, reader.user}
    assert (list(people_of(market, "rule")), list(people_of(market, "serve"))) == ([moderator], [])
