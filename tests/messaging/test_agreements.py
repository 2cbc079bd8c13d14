"""Who sends which kind of message: the profile's word, unless one side proposed otherwise and the other accepted."""

from datetime import date, timedelta

import pytest

from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.messaging.models import AGREEMENT_TRANSITIONS, Agreement
from comity.messaging.selectors.agreements import history_of, message_kinds, proposals_of, table_of, who_sends
from comity.messaging.services.agreements import Proposal, accept, decline, propose, withdraw
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
ANSWERS = {"accepted": accept, "declined": decline, "withdrawn": withdraw}


@pytest.fixture
def owner():
    return factories.staff()


@pytest.fixture
def admin(owner):
    return factories.operator(owner.seller.marketplace)


def proposed(staff, seller, kind="service", party="marketplace", on=TODAY, now=NOW, note=""):
    return propose(seller=seller, staff=staff, proposal=Proposal(kind, party, on, note), now=now)


def answered(answer, agreement, staff, now=NOW):
    return answer(seller=agreement.seller, staff=staff, agreement_id=agreement.public_id, now=now)


def told():
    return list(OutboxEvent.objects.order_by("id").values_list("name", "actor", "stream"))


@pytest.mark.requirement("S10", "S11")
def test_without_an_agreement_the_profile_says_who_sends(owner):
    table = {sender.kind.key: sender.party for sender in table_of(owner.seller, NOW)}

    assert table == {
        "order_confirmation": "marketplace", "cancellation_confirmation": "marketplace",
        "shipment_confirmation": "marketplace", "order_unavailable": "marketplace",
        "return_confirmation": "marketplace", "refund_confirmation": "marketplace", "auto_renewal": "marketplace",
        "service": "seller", "content_update": "seller", "recall": "seller",
    }  # fmt: skip


def test_only_a_recall_is_critical(owner):
    kinds = message_kinds(owner.seller.marketplace, NOW).values()

    assert [kind.key for kind in kinds if kind.critical] == ["recall"]


@pytest.mark.requirement("S10", "S11")
def test_a_proposal_counts_once_the_other_side_has_accepted_it(owner, admin):
    made = proposed(admin, owner.seller)
    assert who_sends(owner.seller, "service", NOW).party == "seller"

    answered(accept, made, owner)

    sender = who_sends(owner.seller, "service", NOW)
    assert (sender.party, sender.agreement) == ("marketplace", made)
    assert told() == [
        ("agreement.proposed", admin.user.public_id, owner.seller.public_id),
        ("agreement.accepted", owner.user.public_id, owner.seller.public_id),
    ]


def test_the_seller_proposes_too_and_the_operator_accepts(owner, admin):
    made = proposed(owner, owner.seller, kind="auto_renewal", party="seller")

    assert answered(accept, made, admin).answered_by == admin.user
    assert who_sends(owner.seller, "auto_renewal", NOW).party == "seller"


def test_an_agreement_counts_from_its_day_and_the_latest_day_counts(owner, admin):
    answered(accept, proposed(admin, owner.seller, on=TODAY + timedelta(days=10)), owner)
    back = proposed(owner, owner.seller, party="seller", on=TODAY + timedelta(days=20))
    answered(accept, back, admin)
    on = [NOW + timedelta(days=days) for days in (0, 9, 10, 19, 20, 400)]

    parties = [who_sends(owner.seller, "service", day).party for day in on]
    assert parties == ["seller", "seller", "marketplace", "marketplace", "seller", "seller"]


def test_of_two_agreements_from_one_day_the_one_accepted_last_counts(owner, admin):
    answered(accept, proposed(admin, owner.seller), owner)
    later = NOW + timedelta(hours=1)
    answered(accept, proposed(owner, owner.seller, party="seller", now=later), admin, now=later)

    assert who_sends(owner.seller, "service", later).party == "seller"


def test_accepted_late_it_counts_from_that_day_and_changes_nothing_before(owner, admin):
    made = proposed(admin, owner.seller)
    late = NOW + timedelta(days=3)
    answered(accept, made, owner, now=late)

    assert who_sends(owner.seller, "service", NOW + timedelta(days=2)).party == "seller"
    assert who_sends(owner.seller, "service", late).party == "marketplace"
    assert made.valid_from == TODAY


@pytest.mark.parametrize("answer", ["declined", "withdrawn"])
def test_what_is_declined_or_withdrawn_changes_nothing(owner, admin, answer):
    made = proposed(admin, owner.seller)

    answered(ANSWERS[answer], made, admin if answer == "withdrawn" else owner)

    assert who_sends(owner.seller, "service", NOW).party == "seller"
    assert [one.state for one in history_of(owner.seller)] == [answer]


@pytest.mark.parametrize(("answer", "side"), [(accept, "admin"), (decline, "admin"), (withdraw, "owner")])
def test_each_side_has_its_own_answers(owner, admin, answer, side):
    made = proposed(admin, owner.seller)
    staff = {"owner": owner, "admin": admin}[side]

    with pytest.raises(Refused) as refused:
        answered(answer, made, staff)

    assert refused.value.code == ("not_own" if answer is withdraw else "own")
    assert [one.pk for one in proposals_of(owner.seller)] == [made.pk]


@pytest.mark.parametrize("state", list(Agreement.State.values))
@pytest.mark.parametrize("answer", list(ANSWERS))
def test_states_move_along_the_table_only(owner, admin, state, answer):
    made = proposed(admin, owner.seller)
    if state != "proposed":
        answered(ANSWERS[state], made, admin if state == "withdrawn" else owner)
    allowed = answer in AGREEMENT_TRANSITIONS[state]
    staff = admin if answer == "withdrawn" else owner

    if allowed:
        assert answered(ANSWERS[answer], made, staff).state == answer
    else:
        with pytest.raises(Refused, match="answered or withdrawn meanwhile"):
            answered(ANSWERS[answer], made, staff)
        assert Agreement.objects.get().state == state


REFUSALS = {
    "role": {"staff": "agent"},
    "kind": {"kind": "newsletter"},
    "party": {"party": "buyer"},
    "past": {"on": TODAY - timedelta(days=1)},
    "note": {"note": "x" * 1001},
    "same": {"party": "seller"},
}


@pytest.mark.parametrize("code", REFUSALS)
def test_nonsense_is_refused_and_nothing_is_stored(owner, code):
    fields = dict(REFUSALS[code])
    staff = factories.staff(owner.seller, role=fields.pop("staff")) if "staff" in fields else owner

    with pytest.raises(Refused) as refused:
        proposed(staff, owner.seller, **fields)

    assert refused.value.code == code
    assert (Agreement.objects.count(), OutboxEvent.objects.count()) == (0, 0)


def test_one_proposal_of_a_kind_waits_at_a_time(owner, admin):
    proposed(admin, owner.seller)

    with pytest.raises(Refused, match="waits for an answer"):
        proposed(owner, owner.seller)


def test_who_reads_only_does_not_answer(owner, admin):
    made = proposed(admin, owner.seller)

    with pytest.raises(Refused, match="your role reads it"):
        answered(accept, made, factories.staff(owner.seller, role="agent"))


@pytest.mark.parametrize("name", ["agr_none", "a\0b"])
def test_an_agreement_of_another_shop_looks_like_none(owner, admin, name):
    elsewhere = factories.staff()
    made = proposed(elsewhere, elsewhere.seller, party="marketplace")

    for wanted in (name, made.public_id):
        with pytest.raises(NotFound):
            accept(seller=owner.seller, staff=owner, agreement_id=wanted, now=NOW)


def test_the_table_takes_one_query_however_much_was_agreed(owner, admin, django_assert_num_queries):
    for _ in range(2):
        answered(accept, proposed(admin, owner.seller, on=date(2027, 1, 1)), owner)
        answered(accept, proposed(admin, owner.seller, party="seller", on=date(2027, 1, 2)), owner)
        with django_assert_num_queries(1):
            table_of(owner.seller, NOW)
        Agreement.objects.all().delete()
