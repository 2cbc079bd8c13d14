"""Whatever the provider tells in whatever order, and however often: the same is booked in the end."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.integrations.payment import Notice
from comity.ledger.models import Dispute, Entry, Journal, Payable
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services.books import Move, book
from comity.ledger.services.notices import take_notice
from comity.ledger.services.payables import Owed, open_payables
from tests.factories import NOW, seller

pytestmark = pytest.mark.django_db
PAID = 5_000


def paid():
    """The order of a buyer who was charged all of it."""
    shop = seller()
    made = open_payables([Owed(shop.marketplace_id, shop.pk, "ord_1", "EUR", PAID, authorisation="pi_1")], now=NOW)[0]
    book([Move(made, Journal.Kind.CAPTURE, PAID, "shp_1")], now=NOW)


def tell(kind, cause="dp_1", amount=1_200):
    return take_notice(Notice(kind, "pi_1", amount, cause), now=NOW)


def outcome():
    journals = Journal.objects.exclude(kind="capture").order_by("cause", "kind")
    entries = Entry.objects.filter(account="seller").values_list("amount_minor", flat=True)
    return (
        Payable.objects.get().refunded_minor,
        list(journals.values_list("cause", "kind", "amount_minor")),
        sum(entries),
    )


def test_what_a_bank_gives_again_before_its_withdrawal_is_told_is_the_sellers():
    paid()
    assert [tell("reversal"), Journal.objects.count()] == [False, 1]
    assert [tell("chargeback"), tell("chargeback"), tell("reversal")] == [True, False, False]
    assert outcome() == (0, [("dp_1", "chargeback", 1_200), ("dp_1", "reversal", 1_200)], -PAID)


def test_a_chargeback_that_had_no_room_is_booked_once_another_is_given_back():
    paid()
    assert [tell("chargeback", "dp_1", PAID), tell("chargeback", "dp_2", PAID)] == [True, False]
    assert tell("reversal", "dp_1", PAID)
    assert outcome()[0] == PAID
    assert Journal.objects.filter(cause="dp_2").count() == 1


@st.composite
def stories(draw):
    """What the bank does in its order, and the same in the order in which it is told, some of it twice."""
    amounts = draw(st.lists(st.integers(1, PAID // 3), min_size=1, max_size=3))
    events = []
    for number, amount in enumerate(amounts):
        events.append(("chargeback", f"dp_{number}", amount))
        if draw(st.booleans()):
            events.append(("reversal", f"dp_{number}", amount))
    twice = draw(st.lists(st.sampled_from(events), max_size=2))
    return events, draw(st.permutations([*events, *twice]))


@settings(max_examples=25, deadline=None)
@given(story=stories())
def test_the_order_of_arrival_changes_nothing(story):
    found = []
    for events in story:
        with transaction.atomic():
            paid()
            for kind, cause, amount in events:
                tell(kind, cause, amount)
            found.append(outcome())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_of_what_was_booked_before_disputes_were_kept_the_bank_may_give_again():
    paid()
    book([Move(Payable.objects.get(), Journal.Kind.CHARGEBACK, 1_200, "dp_1")], now=NOW)
    import_module("comity.ledger.migrations.0002_disputes").note_what_was_booked(apps, None)
    assert Dispute.objects.values_list("cause", "withdrawn_minor", "reinstated_minor").get() == ("dp_1", 1_200, None)
    assert tell("reversal")
    assert Payable.objects.get().refunded_minor == 0
    assert list(differences(NOW)) == []
