import pytest

from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.services.staff import seat_operator, seat_staff, unseat_staff
from comity.common.errors import Refused
from tests.factories import marketplace, seller, staff, user

pytestmark = pytest.mark.django_db


def roles(shop):
    return dict(Staff.objects.filter(seller=shop).values_list("user__name", "role"))


def test_a_seat_is_given_changed_and_taken_away():
    shop, helper = seller(), user(name="Help")
    staff(shop, user=user(name="Boss"))
    seat_staff(seller=shop, user=helper, role="agent")
    assert roles(shop) == {"Boss": "owner", "Help": "agent"}
    seat_staff(seller=shop, user=helper, role="read_only")
    assert roles(shop) == {"Boss": "owner", "Help": "read_only"}
    unseat_staff(seller=shop, user=helper)
    assert roles(shop) == {"Boss": "owner"}


@pytest.mark.parametrize(
    "leave",
    [
        lambda shop, boss: unseat_staff(seller=shop, user=boss),
        lambda shop, boss: seat_staff(seller=shop, user=boss, role="agent"),
    ],
)
def test_the_last_owner_stays(leave):
    boss = staff()
    staff(boss.seller, role="agent")
    with pytest.raises(Refused) as refusal:
        leave(boss.seller, boss.user)
    assert refusal.value.code == "last_owner"
    assert Staff.objects.get(pk=boss.pk).role == "owner"


def test_an_owner_may_leave_when_another_stays():
    boss = staff()
    other = staff(boss.seller)
    unseat_staff(seller=boss.seller, user=boss.user)
    assert list(Staff.objects.all()) == [other]


def test_a_seller_begins_without_an_owner():
    assert seat_staff(seller=seller(), user=user(), role="agent").role == "agent"


def test_an_operators_seat_is_one_per_marketplace():
    here, there, person = marketplace(), marketplace(), user()
    seat_operator(marketplace=here, user=person, role="moderator")
    seat_operator(marketplace=there, user=person, role="investigator")
    seat_operator(marketplace=here, user=person, role="admin")
    seats = OperatorStaff.objects.order_by("marketplace_id").values_list("marketplace", "role")
    assert list(seats) == [(here.pk, "admin"), (there.pk, "investigator")]


@pytest.mark.parametrize(
    "give",
    [
        lambda: seat_staff(seller=seller(), user=user(), role="admin"),
        lambda: seat_operator(marketplace=marketplace(), user=user(), role="owner"),
    ],
)
def test_an_unknown_role_is_refused(give):
    with pytest.raises(Refused) as refusal:
        give()
    assert refusal.value.code == "role_unknown"
    assert (Staff.objects.count(), OperatorStaff.objects.count()) == (0, 0)
