import pytest

from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.services.staff import seat_operator, seat_staff, unseat_operator, unseat_staff
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from tests.factories import NOW, marketplace, operator, seller, staff, user

pytestmark = pytest.mark.django_db


def roles(shop):
    return dict(Staff.objects.filter(seller=shop).values_list("user__name", "role"))


def test_a_seat_is_given_changed_and_taken_away():
    shop, helper = seller(), user(name="Help")
    staff(shop, user=user(name="Boss"))
    seat_staff(seller=shop, user=helper, role="agent", now=NOW)
    assert roles(shop) == {"Boss": "owner", "Help": "agent"}
    seat_staff(seller=shop, user=helper, role="read_only", now=NOW)
    assert roles(shop) == {"Boss": "owner", "Help": "read_only"}
    unseat_staff(seller=shop, user=helper, now=NOW)
    assert roles(shop) == {"Boss": "owner"}


@pytest.mark.parametrize(
    "leave",
    [
        lambda shop, boss: unseat_staff(seller=shop, user=boss, now=NOW),
        lambda shop, boss: seat_staff(seller=shop, user=boss, role="agent", now=NOW),
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
    unseat_staff(seller=boss.seller, user=boss.user, now=NOW)
    assert list(Staff.objects.all()) == [other]


def test_a_seller_begins_without_an_owner():
    assert seat_staff(seller=seller(), user=user(), role="agent", now=NOW).role == "agent"


def test_an_operators_seat_is_one_per_marketplace():
    here, there, person = marketplace(), marketplace(), user()
    seat_operator(marketplace=here, user=person, role="moderator", now=NOW)
    seat_operator(marketplace=there, user=person, role="investigator", now=NOW)
    seat_operator(marketplace=here, user=person, role="admin", now=NOW)
    seats = OperatorStaff.objects.order_by("marketplace_id").values_list("marketplace", "role")
    assert list(seats) == [(here.pk, "admin"), (there.pk, "investigator")]


@pytest.mark.parametrize(
    "give",
    [
        lambda: seat_staff(seller=seller(), user=user(), role="admin", now=NOW),
        lambda: seat_operator(marketplace=marketplace(), user=user(), role="owner", now=NOW),
    ],
)
def test_an_unknown_role_is_refused(give):
    with pytest.raises(Refused) as refusal:
        give()
    assert refusal.value.code == "role_unknown"
    assert (Staff.objects.count(), OperatorStaff.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "leave",
    [
        lambda market, boss: unseat_operator(marketplace=market, user=boss, now=NOW),
        lambda market, boss: seat_operator(marketplace=market, user=boss, role="moderator", now=NOW),
    ],
)
def test_the_last_admin_stays_until_there_is_another(leave):
    boss = operator()
    operator(boss.marketplace, role=OperatorStaff.Role.MODERATOR)
    with pytest.raises(Refused) as refusal:
        leave(boss.marketplace, boss.user)
    assert (refusal.value.code, trail()) == ("last_admin", [])

    operator(boss.marketplace)
    leave(boss.marketplace, boss.user)
    assert not OperatorStaff.objects.filter(user=boss.user, role="admin").exists()


def test_every_change_of_a_seat_is_on_the_trail_with_who_made_it():
    shop, boss, helper = seller(), user(), user()
    staff(shop, user=boss)
    seat_staff(seller=shop, user=helper, role="agent", by=boss, now=NOW)
    seat_staff(seller=shop, user=helper, role="read_only", by=boss, now=NOW)
    unseat_staff(seller=shop, user=helper, by=boss, now=NOW)
    unseat_staff(seller=shop, user=helper, by=boss, now=NOW)
    seat_operator(marketplace=shop.marketplace, user=helper, role="admin", now=NOW)

    assert trail() == [
        ("staff.seated", shop.public_id, boss.public_id, {"user": helper.public_id, "role": "agent"}),
        ("staff.role_changed", shop.public_id, boss.public_id, {"user": helper.public_id, "role": "read_only"}),
        ("staff.unseated", shop.public_id, boss.public_id, {"user": helper.public_id}),
        ("operator_staff.seated", shop.marketplace.public_id, "", {"user": helper.public_id, "role": "admin"}),
    ]


def trail():
    return list(OutboxEvent.objects.order_by("id").values_list("name", "stream", "actor", "data"))
