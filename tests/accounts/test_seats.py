from typing import get_args

import pytest
from django.contrib.auth.models import AnonymousUser

from comity.accounts.models import OperatorStaff, Staff
from comity.accounts.selectors.roles import OPERATOR_MAY, SELLER_MAY, Action, may
from comity.accounts.selectors.seats import buyer_seat, operator_seat, seats_of, seller_seat
from comity.common.errors import NotFound
from tests.factories import buyer, marketplace, operator, seller, staff, user

pytestmark = pytest.mark.django_db


def test_each_door_opens_with_one_query(django_assert_num_queries):
    seat, desk, bench = buyer(), staff(), operator()
    with django_assert_num_queries(3):
        assert buyer_seat(seat.user, seat.marketplace.slug).marketplace == seat.marketplace
        assert seller_seat(desk.user, desk.seller.marketplace.slug, desk.seller.public_id).seller.marketplace
        assert operator_seat(bench.user, bench.marketplace.slug).marketplace == bench.marketplace


def test_a_seat_on_one_marketplace_is_none_on_another():
    here, there = marketplace(), marketplace()
    person = user()
    buyer(here, user=person)
    operator(here, user=person)
    shop = staff(seller(here), user=person).seller
    for knock in (
        lambda: buyer_seat(person, there.slug),
        lambda: operator_seat(person, there.slug),
        lambda: seller_seat(person, there.slug, shop.public_id),
    ):
        with pytest.raises(NotFound):
            knock()


def test_a_colleague_of_another_seller_has_no_seat_here():
    here = marketplace()
    mine, theirs = staff(seller(here)), seller(here)
    with pytest.raises(NotFound):
        seller_seat(mine.user, here.slug, theirs.public_id)


def test_nobody_does_not_take_the_seat_of_a_buyer_who_never_signed_in():
    silent = buyer(user=None)
    with pytest.raises(NotFound):
        buyer_seat(AnonymousUser(), silent.marketplace.slug)


def test_all_seats_of_a_person_take_three_queries(django_assert_num_queries):
    person, here = user(), marketplace()
    mine = [buyer(here, user=person), staff(seller(here), user=person), operator(here, user=person)]
    buyer(here), staff(seller(here)), operator(here)
    with django_assert_num_queries(3):
        seats = seats_of(person)
        assert [*seats.buyer, *seats.seller, *seats.operator] == mine
        assert seats.seller[0].seller.marketplace == here


@pytest.mark.parametrize(
    ("seat", "actions"),
    [
        (Staff(role="owner"), {"read", "reply", "announce", "manage"}),
        (Staff(role="agent"), {"read", "reply", "announce"}),
        (Staff(role="read_only"), {"read"}),
        (Staff(role="unheard-of"), set()),
        (OperatorStaff(role="moderator"), {"read", "announce", "rule"}),
        (OperatorStaff(role="service_agent"), {"read", "reply", "serve"}),
        (OperatorStaff(role="adjudicator"), {"read", "verify"}),
        (OperatorStaff(role="investigator"), {"read", "verify", "audit"}),
        (
            OperatorStaff(role="admin"),
            {"read", "reply", "announce", "rule", "serve", "verify", "repair", "connect", "manage", "audit"},
        ),
    ],
)
def test_what_a_role_may_do(seat, actions):
    assert {action for action in get_args(Action) if may(seat, action)} == actions


def test_every_role_has_a_row():
    assert set(SELLER_MAY) == set(Staff.Role.values)
    assert set(OPERATOR_MAY) == set(OperatorStaff.Role.values)
