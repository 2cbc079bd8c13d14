"""A shop's notices and recalls: written, looked at, confirmed; and the table of who sends what."""

import pytest

from comity.accounts.models import Buyer, Restriction
from comity.accounts.services.restrictions import restrict
from comity.messaging.models import Agreement, Block, Message, Notice, NoticeRecipient
from comity.messaging.services.agreements import Proposal, propose
from tests import factories
from tests.factories import NOW
from tests.messaging.owners import Owners, block, work
from tests.web.buyer.shop import field, words
from tests.web.desk.shop import reader_of, signed_in, with_role


@pytest.fixture
def owners(shop, clock_at):
    """Three buyers own the shop's product; the shop's owner is signed in."""
    clock_at(NOW)
    made = Owners(shop.owner, with_role(shop, "moderator"), factories.listing(shop.seller), [])
    for _ in range(3):
        made.another()
    return made


def form(owners, **fields):
    return {"kind": "service", "product": owners.offer.sku, "text": "New firmware is out.", "key": "one", **fields}


def recall_form(owners, **fields):
    words = {"hazard": "It may catch fire.", "remedy": "refund", "instructions": "Unplug it.", "lots": "A1\nA2\n"}
    return {"product": owners.offer.sku, "key": "one", **words, **fields}


@pytest.mark.requirement("S11")
def test_a_notice_is_written_looked_at_and_sent(shop, owners, client):
    answer = client.post(shop.at("notices/new/"), form(owners))
    page = words(client.get(answer.url))
    assert "Kept as a draft." in page
    assert "3 buyers, each one message" in page

    sent = client.post(answer.url.split("?")[0], {"action": "submit"})
    work()

    page = words(client.get(sent.url))
    assert "3 sent, 0 read." in page
    assert all(buyer.name in page for buyer in owners.people)
    assert Message.objects.filter(state="delivered").count() == 3


def set_apart(owners, buyer, why):
    """``buyer`` is left out for that reason and no other."""
    Block.objects.filter(buyer=buyer).delete()
    user = None if why == "no_account" else buyer.user
    declined = NOW if why == "opted_out" else None
    Buyer.objects.filter(pk=buyer.pk).update(user=user, unsolicited_declined_at=declined)
    if why == "blocked":
        block(owners, buyer)


def pages_of(shop, notice, client):
    """All that a shop can ask of a notice's page, in words."""
    place = shop.at(f"notices/{notice.public_id}/")
    return [words(client.get(place, {"only": only})) for only in ("", "unread", *NoticeRecipient.Outcome.values)]


REASONS = ("opted_out", "no_account", "blocked")


@pytest.mark.requirement("S11", "S87")
def test_a_draft_says_how_many_are_left_out_and_not_who_or_why(shop, owners, client):
    owners.another()
    apart = factories.buyer(shop.market, name="Zoe Set-Apart")
    owners.another(buyer=apart)
    notice, seen = owners.write().notice, []
    for why in REASONS:
        set_apart(owners, apart, why)
        seen.append(pages_of(shop, notice, client))

    assert seen[0] == seen[1] == seen[2]
    assert "4 buyers, each one message" in seen[0][0]
    assert "1 more is left out: it does not reach those who take no such messages" in seen[0][0]
    assert not any("Zoe" in page for pages in seen for page in pages)


@pytest.mark.requirement("S87")
@pytest.mark.parametrize("mutant", [False, True])
def test_a_draft_to_few_owners_does_not_show_that_one_of_them_cannot_be_reached(
    shop, owners, client, mutant, monkeypatch
):
    if mutant:
        monkeypatch.setattr("comity.web.desk.notice_view._ENOUGH", 0)
    notice = owners.write().notice
    before = pages_of(shop, notice, client)
    block(owners, owners.people[0])

    assert (pages_of(shop, notice, client) == before) is not mutant
    assert ("At most 3 buyers, each one message" in before[0]) is not mutant
    assert ("Perhaps not everybody can be reached" in before[0]) is not mutant


@pytest.mark.requirement("S87")
def test_of_few_owners_the_result_has_no_number_of_those_left_out(shop, owners, client):
    block(owners, owners.people[0])
    notice = owners.confirm(owners.write().notice)
    work()

    assert "2 sent, 0 read. Not everybody could be reached: it does not" in pages_of(shop, notice, client)[0]


@pytest.mark.requirement("S11", "S87")
@pytest.mark.parametrize("mutant", [False, True])
def test_the_result_is_the_same_whyever_somebody_was_left_out(shop, owners, client, mutant, monkeypatch):
    apart = factories.buyer(shop.market, name="Zoe Set-Apart")
    owners.another()
    owners.another(buyer=apart)
    set_apart(owners, apart, "blocked")
    notice = owners.confirm(owners.write().notice)
    work()
    if mutant:
        monkeypatch.setattr("comity.messaging.selectors.notices._UNREACHED", ("opted_out", "no_account"))
    seen = []
    for why in REASONS:
        NoticeRecipient.objects.filter(buyer=apart).update(outcome=why)
        seen.append(pages_of(shop, notice, client))

    assert (seen[0] == seen[1] == seen[2]) is not mutant
    assert "4 sent, 0 read. 1 left out" in seen[0][0]
    assert not any("Zoe" in page for pages in seen for page in pages)


def test_a_stopped_one_says_why_and_how_many_it_did_not_reach(shop, owners, client):
    notice = owners.confirm(owners.write().notice)
    restrict(seller=shop.seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, reason="Spam.", now=NOW)
    work()
    page = words(client.get(shop.at(f"notices/{notice.public_id}/")))

    assert "Stopped: The shop was restricted while it was being sent. Buyers it will not reach any more: 3." in page
    assert "0 sent, 0 read." in page
    assert not any(buyer.name in page for buyer in owners.people)


def test_what_the_rules_block_comes_back_marked_with_everything_typed(shop, owners, client):
    page = client.post(shop.at("notices/new/"), form(owners, text="Call 0161 496 0018 for the firmware."))

    assert page.status_code == 422
    assert "<mark>0161 496 0018" in page.content.decode()
    assert "contact.phone" in words(page)
    assert "Call 0161 496 0018 for the firmware.</textarea>" in page.content.decode()
    assert not Notice.objects.exists()


def test_what_was_typed_wrong_is_said_beside_its_field(shop, owners, client):
    page = client.post(shop.at("notices/new/"), form(owners, product="NO-SUCH"))

    assert page.status_code == 422
    assert 'id="id_product_error"' in page.content.decode()
    assert "You have no listing with this SKU." in words(page)
    assert "New firmware is out." in page.content.decode()


def test_the_same_form_with_other_words_is_a_conflict_that_keeps_them(shop, owners, client):
    client.post(shop.at("notices/new/"), form(owners))
    page = client.post(shop.at("notices/new/"), form(owners, text="Other words."))

    assert (page.status_code, Notice.objects.count()) == (409, 1)
    assert "Other words." in page.content.decode()
    assert field(page, "key") != "one"


@pytest.mark.requirement("S2")
def test_a_recall_is_submitted_and_waits(shop, owners, client):
    owners.another(status="unshipped")
    draft = client.post(shop.at("notices/recall/"), recall_form(owners)).url
    page = words(client.get(draft))
    assert "3 buyers with an order that it concerns" in page
    assert "1 order of this product has not left yet." in page
    assert "Those with lot number A1, A2." in page

    client.post(draft.split("?")[0], {"action": "submit"})

    page = words(client.get(draft))
    assert "Waits for approval" in page
    assert "Submit for approval" not in page
    assert Notice.objects.get().state == "awaiting"


def test_a_returned_one_shows_why_and_is_written_again(shop, owners, client):
    notice = owners.confirm(owners.recall())
    Notice.objects.filter(pk=notice.pk).update(
        state="returned", reason="Say which lots.", decided_by=owners.moderator.user
    )
    edit = shop.at(f"notices/{notice.public_id}/edit/")
    page = client.get(edit)
    assert "Say which lots." in words(page)
    assert "It may catch fire.</textarea>" in page.content.decode()

    answer = client.post(edit, recall_form(owners, key=field(page, "key"), lots="B7"))

    assert answer.status_code == 302
    assert Notice.objects.get().recall.lots == ["B7"]


def test_a_press_that_comes_too_late_says_so(shop, owners, client):
    notice = owners.confirm(owners.write().notice)
    page = client.post(shop.at(f"notices/{notice.public_id}/"), {"action": "discard"})

    assert page.status_code == 409
    assert "Somebody was quicker" in words(page)


@pytest.mark.parametrize("action", ["", "explode", "approve"])
def test_an_unknown_press_changes_nothing(shop, owners, client, action):
    notice = owners.write().notice
    page = client.post(shop.at(f"notices/{notice.public_id}/"), {"action": action})

    assert (page.status_code, Notice.objects.get().state) == (422, "draft")


def test_a_reader_sees_all_and_is_offered_nothing(shop, owners):
    notice = owners.write().notice
    reader = signed_in(reader_of(shop).user)

    assert "New notice" not in words(reader.get(shop.at("notices/")))
    assert "Send to" not in words(reader.get(shop.at(f"notices/{notice.public_id}/")))
    assert reader.get(shop.at("notices/new/")).status_code == 404


@pytest.mark.parametrize("only", ["", "unread", "blocked", "nonsense", "a\0b"])
def test_results_can_be_filtered(shop, owners, client, only):
    notice = owners.confirm(owners.write().notice)
    work()
    page = client.get(shop.at(f"notices/{notice.public_id}/"), {"only": only})

    assert page.status_code == 200
    assert owners.people[0].name in words(page)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, owners, client, rows, django_assert_num_queries):
    for _ in range(rows):
        owners.recall()
    with django_assert_num_queries(5):  # session, user, seat, number, rows
        client.get(shop.at("notices/"))


@pytest.mark.parametrize("people", [1, 3])
def test_the_result_takes_the_same_queries_however_many(shop, clock_at, client, people, django_assert_num_queries):
    clock_at(NOW)
    owners = Owners(shop.owner, None, factories.listing(shop.seller), [])
    for _ in range(people):
        owners.another()
    notice = owners.confirm(owners.write().notice)
    work()
    with django_assert_num_queries(7):  # session, user, seat, notice, counts, number, rows
        client.get(shop.at(f"notices/{notice.public_id}/"))


# who sends what


@pytest.mark.requirement("S10", "S11")
def test_the_table_says_who_sends_what_today(shop, owners, client):
    page = words(client.get(shop.at("agreements/")))

    assert f"Order confirmation {shop.market.name} always the marketplace’s terms" in page
    assert f"Content update {shop.seller.name} always" in page


@pytest.mark.requirement("S10", "S11")
def test_a_proposal_is_made_answered_and_stays_in_the_history(shop, owners, client):
    typed = {"kind": "service", "party": "marketplace", "valid_from": NOW.date().isoformat(), "note": "You know them."}
    made = client.post(shop.at("agreements/"), typed)
    assert "It counts once the other side has accepted it." in words(client.get(made.url))
    admin = signed_in(shop.admin.user)
    page = shop.operate(f"agreements/{shop.seller.public_id}/")
    assert "You know them." in words(admin.get(page))

    admin.post(f"{page}{Agreement.objects.get().public_id}/", {"action": "accept"})

    table = words(client.get(shop.at("agreements/")))
    assert f"Service notice {shop.market.name} today agreed" in table
    assert "Accepted Service notice: sent by" in table
    refused = client.post(shop.at("notices/new/"), form(owners))
    assert f"{shop.market.name} sends this kind of message for you, as agreed" in words(refused)


def test_a_wrong_proposal_comes_back_with_everything_typed(shop, owners, client):
    typed = {"kind": "service", "party": "marketplace", "valid_from": "2026-10-01", "note": "As ever."}
    page = client.post(shop.at("agreements/"), typed)

    assert page.status_code == 422
    assert "Choose today or a later day" in words(page)
    assert all(text in page.content.decode() for text in ('value="2026-10-01"', "As ever.</textarea>"))
    assert not Agreement.objects.exists()


def test_who_answers_second_is_told_so(shop, owners, client):
    proposal = Proposal("service", "marketplace", NOW.date())
    made = propose(seller=shop.seller, staff=shop.admin, proposal=proposal, now=NOW)
    place = shop.at(f"agreements/{made.public_id}/")
    client.post(place, {"action": "accept"})
    page = client.post(place, {"action": "decline"})

    assert page.status_code == 409
    assert "answered or withdrawn meanwhile" in words(page)
