"""The operator approves what others wrote, recalls by itself, and settles with sellers who sends what."""

import pytest

from comity.messaging.models import Message, Notice
from comity.messaging.services.agreements import Proposal, propose
from comity.messaging.services.notices import stamp
from tests import factories
from tests.factories import NOW
from tests.messaging.owners import Owners, work
from tests.web.buyer.shop import words
from tests.web.desk.shop import signed_in, with_role


@pytest.fixture
def owners(shop, clock_at):
    clock_at(NOW)
    made = Owners(shop.owner, with_role(shop, "moderator"), factories.listing(shop.seller), [])
    for _ in range(2):
        made.another()
    return made


@pytest.fixture
def moderator(owners):
    return signed_in(owners.moderator.user)


def page_of(shop, notice, rest=""):
    return shop.operate(f"recalls/{notice.public_id}/{rest}")


def recall_form(owners, **fields):
    words = {"hazard": "It may catch fire.", "remedy": "refund", "instructions": "Unplug it."}
    return {"product": owners.offer.product.public_id, "key": "one", **words, **fields}


@pytest.mark.requirement("S2")
def test_a_recall_is_approved_by_somebody_else_and_sent(shop, owners, moderator):
    notice = owners.confirm(owners.recall())
    assert "Approve and send to 2 buyers" in words(moderator.get(page_of(shop, notice)))

    moderator.post(page_of(shop, notice), {"action": "approve", "seen": stamp(notice)})
    work()

    page = words(moderator.get(page_of(shop, notice)))
    assert "2 sent, 0 read, 0 acknowledged, 0 reminded." in page
    assert f"Approved {owners.moderator.user.name}" in page


@pytest.mark.parametrize("reason", ["", "Say which lots."])
def test_it_is_returned_with_a_reason_only(shop, owners, moderator, reason):
    notice = owners.confirm(owners.recall())
    typed = {"action": "return", "seen": stamp(notice), "reason": reason}
    answer = moderator.post(page_of(shop, notice), typed)

    assert answer.status_code == (302 if reason else 422)
    assert Notice.objects.get().state == ("returned" if reason else "awaiting")


def test_an_older_version_is_not_approved(shop, owners, moderator):
    notice = owners.confirm(owners.recall())
    page = moderator.post(page_of(shop, notice), {"action": "approve", "seen": "yesterday"})

    assert page.status_code == 409
    assert "changed and submitted again" in words(page)
    assert Notice.objects.get().state == "awaiting"


def test_who_wrote_it_is_offered_no_decision(shop, owners, moderator):
    made = moderator.post(shop.operate("recalls/new/"), recall_form(owners)).url.split("?")[0]
    moderator.post(made, {"action": "submit"})
    notice = Notice.objects.get()

    assert "You had a part in this: somebody else decides." in words(moderator.get(made))
    page = moderator.post(made, {"action": "approve", "seen": stamp(notice)})
    assert (page.status_code, Notice.objects.get().state) == (422, "awaiting")
    assert Message.objects.count() == 0


def test_a_wrong_seller_is_named_beside_its_field(shop, owners, moderator):
    page = moderator.post(shop.operate("recalls/new/"), recall_form(owners, seller="sel_none"))

    assert page.status_code == 422
    assert 'id="id_seller_error"' in page.content.decode()
    assert not Notice.objects.exists()


def test_a_sellers_draft_is_nobodys_here(shop, owners, moderator):
    draft = owners.recall()

    assert moderator.get(page_of(shop, draft)).status_code == 404
    assert draft.product.title not in words(moderator.get(shop.operate("recalls/")))


@pytest.mark.requirement("S11")
def test_a_notice_that_the_rules_hold_waits_here_with_its_findings(shop, owners, moderator):
    notice = owners.write("You idiot, the firmware is out.").notice
    owners.confirm(notice)
    page = words(moderator.get(page_of(shop, notice)))

    assert notice.outcome == "hold"
    assert "conduct.abuse" in page
    assert "Approve and send to at most 2 buyers" in page


def test_sellers_with_a_proposal_to_answer_stand_on_top(shop, owners):
    other = factories.seller(shop.market, name="Aardvark")
    propose(seller=shop.seller, staff=shop.owner, proposal=Proposal("auto_renewal", "seller", NOW.date()), now=NOW)
    page = words(signed_in(shop.admin.user).get(shop.operate("agreements/")))

    assert page.index(shop.seller.name) < page.index(other.name)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_take_the_same_queries_however_long(shop, owners, rows, django_assert_num_queries):
    for _ in range(rows):
        owners.confirm(owners.recall())
        factories.seller(shop.market)
    admin = signed_in(shop.admin.user)
    for path in ("recalls/", "agreements/"):
        with django_assert_num_queries(6):  # session, user, seat, held, number, rows
            admin.get(shop.operate(path))
