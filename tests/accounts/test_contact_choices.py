"""The buyer's own choice: whether sellers may write unasked."""

import pytest

from comity.accounts.services.contact_choices import choose_unsolicited
from comity.common.models import OutboxEvent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def choose(person, wanted, now=NOW):
    return choose_unsolicited(buyer=person, user=person.user, wanted=wanted, now=now)


def events():
    return list(OutboxEvent.objects.order_by("id").values_list("name", "stream", "sequence", "actor"))


def test_declining_and_taking_again_are_told_with_who_did_it():
    person = factories.buyer()

    assert choose(person, wanted=False).unsolicited_declined_at == NOW
    assert choose(person, wanted=True).unsolicited_declined_at is None

    who = person.public_id, person.user.public_id
    assert events() == [
        ("buyer.unsolicited_declined", who[0], 1, who[1]),
        ("buyer.unsolicited_accepted", who[0], 2, who[1]),
    ]


def test_choosing_what_is_chosen_keeps_the_first_moment_and_tells_nothing():
    person = factories.buyer()
    choose(person, wanted=True)
    assert events() == []

    choose(person, wanted=False)
    again = choose(person, wanted=False, now=NOW.replace(year=2027))

    assert (again.unsolicited_declined_at, len(events())) == (NOW, 1)
