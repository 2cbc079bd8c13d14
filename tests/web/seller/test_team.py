"""A shop's team at its desk: notes, labels, filters, views, choosing many; nothing of it for buyers."""

import re

import pytest

from comity.messaging.models import Conversation, Label, Note, SavedView
from comity.messaging.services.notes import write_note
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import form, signed_in

SECRET = "The depot lost it, say nothing yet."


@pytest.fixture
def conversation(shop, desk):
    return shop.at(f"inbox/{desk.conversation.public_id}/")


def noted(desk, text=SECRET):
    return write_note(seat=desk.seller_seat(), text=text, now=NOW)[0]


@pytest.mark.requirement("S34")
def test_a_note_stands_in_the_conversation_in_order_of_time(client, desk, conversation):
    answer = client.post(f"{conversation}notes/", {"note": SECRET})
    desk.later(1).answer("On its way.")
    shown = client.get(conversation).content.decode()

    assert answer.status_code == 302
    assert shown.index("Where is it?") < shown.index(SECRET) < shown.index("On its way.")
    assert "Only your team sees this" in shown


@pytest.mark.requirement("S34")
def test_no_page_of_buyer_or_operator_shows_a_note(shop, desk):
    noted(desk)
    cnv = desk.conversation.public_id
    buyer = signed_in(desk.buyer.user)
    pages = [buyer.get(f"/{shop.market.slug}/messages/{cnv}/{path}") for path in ("", "new/?after=0")]
    for role in ("admin", "investigator", "moderator", "service_agent"):
        operator = signed_in(factories.operator(shop.market, role=role).user)
        pages += [operator.get(shop.operate(f"conversations/{cnv}/{path}")) for path in ("", "export/")]
        pages += [operator.get(shop.operate(f"service/{cnv}/")), operator.get(shop.operate("audit/"))]

    bodies = [b"".join(page.streaming_content) if page.streaming else page.content for page in pages]
    assert not any(SECRET.encode() in body for body in bodies)


def test_a_note_that_cannot_be_kept_comes_back_beside_its_field(client, conversation):
    answer = client.post(f"{conversation}notes/", {"note": "x" * 4001})

    assert (answer.status_code, Note.objects.count()) == (422, 0)
    assert "Your note has 4,001 characters" in answer.content.decode()
    assert "x" * 4001 in answer.content.decode()


def test_the_words_of_a_note_are_shown_as_words(client, desk, conversation):
    noted(desk, "<script>alert(1)</script>")

    assert "<script>alert" not in client.get(conversation).content.decode()


def test_its_author_removes_a_note_and_the_place_stays(client, desk, conversation):
    note = noted(desk)
    client.post(f"{conversation}notes/{note.public_id}/remove/")
    shown = client.get(conversation).content.decode()

    assert SECRET not in shown
    assert "Note removed" in shown


@pytest.mark.requirement("S34")
def test_a_conversation_is_taken_labelled_and_found_by_both(shop, client, desk, conversation):
    client.post(shop.at("team/labels/"), {"name": "Urgent", "colour": "alert"})
    label = Label.objects.get().public_id
    client.post(f"{conversation}assign/", {"assignee": "me"})
    client.post(f"{conversation}labels/", {"put": label})
    shop.another().ask("Another")
    shop.desks[-1].deliver()

    for query in ("assignee=me", f"label={label}", "topic=order_status&unread=1"):
        found = client.get(shop.at(f"inbox/?{query}")).content.decode()
        assert found.count('class="item') == (1 if "unread" not in query else 2), query
    assert "Assigned to: Me" in client.get(shop.at("inbox/?assignee=me")).content.decode()


def test_filters_stay_in_the_address_of_every_link(shop, client, desk):
    shown = client.get(shop.at("inbox/?view=all&assignee=none")).content.decode()

    assert re.search(rf"inbox/{desk.conversation.public_id}/\?view=all&amp;assignee=none#newest", shown)
    assert 'inbox/?view=waiting&amp;assignee=none"' in shown


@pytest.mark.requirement("S34")
def test_filters_are_saved_under_a_name_with_their_count(shop, client, desk):
    saved = client.post(shop.at("team/views/?view=all&assignee=none"), {"name": "Free", "shared": "1"})
    shown = client.get(shop.at("inbox/")).content.decode()

    assert saved["Location"] == shop.at("inbox/?view=all&assignee=none")
    assert re.search(r'assignee=none"><span><bdi>Free</bdi> <span class="tag">Team</span></span><span[^>]*>1<', shown)
    client.post(shop.at(f"team/views/{SavedView.objects.get().public_id}/delete/"))
    assert not SavedView.objects.exists()


@pytest.mark.requirement("S34")
def test_many_are_looked_at_first_and_then_changed(shop, client, desk, clock_at):
    shop.another().ask("Another")
    shop.desks[-1].deliver()
    choosing = client.get(shop.at("inbox/?select=1")).content.decode()
    looked = client.get(shop.at("team/change/?all=1&do=no_response")).content.decode()

    assert choosing.count('name="pick"') == 2
    assert "No response needed: 2 conversations" in looked
    assert Conversation.objects.filter(reply_due_at=None).count() == 0
    ids = re.findall(r'name="pick" value="(cnv_\w+)"', looked)
    done = client.post(shop.at("team/change/"), {"do": "no_response", "pick": ids})
    assert (done.status_code, Conversation.objects.filter(reply_due_at=None).count()) == (302, 2)


def test_what_changed_meanwhile_is_reported_by_row(shop, client, desk):
    cnv = desk.conversation.public_id
    desk.answer()
    done = client.post(shop.at("team/change/"), {"do": "no_response", "pick": [cnv, "cnv_gone"]})

    assert done.status_code == 409
    assert "No answer is due here" in done.content.decode()
    assert "1 is no longer there" in done.content.decode()


def test_conversations_of_others_are_not_changed(shop, client, desk):
    stranger = factories.staff(factories.seller(shop.market))
    away = f"/{shop.market.slug}/sell/{stranger.seller.public_id}/team/change/"
    asked = {"do": "no_response", "pick": [desk.conversation.public_id]}

    assert signed_in(stranger.user).post(away, asked).status_code == 409
    assert Conversation.objects.get().reply_due_at is not None


@pytest.mark.requirement("S34")
def test_send_and_next_goes_on_down_the_list(shop, client, desk, conversation):
    following = shop.another().later(2)
    following.ask("And mine?")
    following.deliver()
    sent = client.post(f"{conversation}reply/", form(then="next"))

    assert sent["Location"] == shop.at(f"inbox/{following.conversation.public_id}/?done=accepted_next#newest")
