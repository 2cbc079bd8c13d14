"""The people of sellers and of the operator from files: who may then sign in, and as what."""

import pytest

from comity.accounts.models import OperatorStaff, Staff, User
from tests.factories import marketplace, user
from tests.orders.importing import bring

pytestmark = pytest.mark.django_db

ANNA = {"email": "anna@example.com", "name": "Anna", "role": "agent", "seller": "s1"}
OLE = {"email": "ole@example.com", "name": "Ole", "role": "moderator"}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north", language="sv")
    bring("sellers", [{"external_id": "s1", "name": "Shop", "owner_email": "owner@example.com"}])


def seats():
    shops = Staff.objects.values_list("user__name", "seller__external_id", "role")
    return {*shops, *OperatorStaff.objects.values_list("user__name", "marketplace__slug", "role")}


OWNER = ("owner", "s1", "owner")


def test_people_get_their_seats_and_sign_in_by_link():
    assert bring("staff", [ANNA, OLE]).counts == (2, 0, 0)
    assert seats() == {OWNER, ("Anna", "s1", "agent"), ("Ole", "north", "moderator")}
    anna = User.objects.get(name="Anna")
    assert (anna.email, anna.language, anna.has_usable_password()) == ("anna@example.com", "sv", False)


def test_the_same_file_again_changes_nothing_and_another_role_does():
    bring("staff", [ANNA, OLE])
    assert bring("staff", [ANNA, OLE]).counts == (0, 2, 0)
    assert bring("staff", [{**ANNA, "role": "owner"}, {**OLE, "role": "admin"}]).counts == (2, 0, 0)
    assert seats() == {OWNER, ("Anna", "s1", "owner"), ("Ole", "north", "admin")}


def test_a_person_who_is_known_keeps_name_and_address():
    known = user(email="Anna@Example.com", name="Anna B")
    bring("staff", [ANNA])
    assert Staff.objects.get(role="agent").user == known
    known.refresh_from_db()
    assert (known.email, known.name) == ("Anna@Example.com", "Anna B")


def test_one_person_may_work_for_a_seller_and_for_the_operator_once_each():
    rows = [ANNA, {**OLE, "email": "anna@example.com"}, {**ANNA, "email": "ANNA@example.com", "role": "owner"}]
    result = bring("staff", rows)
    assert (result.counts, result.refusals) == ((2, 0, 1), [(3, "email", "duplicate")])
    assert {role for _, _, role in seats()} == {"owner", "agent", "moderator"}


@pytest.mark.parametrize(("row", "field", "code"), [
    ({**ANNA, "seller": "s9"}, "seller", "unknown_reference"),
    ({**ANNA, "role": "admin"}, "role", "unknown_choice"),
    ({**OLE, "role": "owner"}, "role", "unknown_choice"),
    ({**OLE, "role": "king"}, "role", "unknown_choice"),
    ({**OLE, "email": "ole"}, "email", "bad_email"),
    ({**ANNA, "email": "owner@example.com"}, "role", "last_owner"),
])  # fmt: skip
def test_a_seat_that_cannot_be_is_refused_and_the_next_row_applied(row, field, code):
    after = {**OLE, "email": "eva@example.com", "name": "Eva"}
    result = bring("staff", [row, after])
    assert (result.counts, result.refusals) == ((1, 0, 1), [(1, field, code)])
    assert seats() == {OWNER, ("Eva", "north", "moderator")}
    assert User.objects.count() == 2
