"""Several people at one desk: who else answers, nothing over another's head, undo in the page, inserted replies."""

import re
from datetime import timedelta

import pytest

from comity.common.models import OutboxEvent
from comity.messaging.models import Draft, Message, SavedReply
from comity.messaging.services import saved_replies as service
from comity.messaging.services.drafts import save_draft
from comity.messaging.services.saved_replies import SavedText, save_reply
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import verdict_by_first_word
from tests.web.desk.shop import form, signed_in


@pytest.fixture
def ines(shop):
    return factories.staff(shop.seller, role="agent", user=factories.user(name="Ines"))


@pytest.fixture
def saved(shop, monkeypatch):
    """“leaves” in English and German."""
    monkeypatch.setattr(service, "screen", verdict_by_first_word)
    return save(shop, "leaves", {"en": "It leaves {{ship_by}} with {{carrier}}.", "de": "Geht am {{ship_by}} raus."})


def save(shop, name, texts):
    known = None
    for language, text in texts.items():
        form = SavedText(name, language, text)
        known = save_reply(staff=shop.owner, saved_reply=known, form=form, now=NOW).saved_reply
    return known


def page_of(shop, desk, rest=""):
    return shop.at(f"inbox/{desk.conversation.public_id}/{rest}")


def html(response):
    return response.content.decode()


def seen_in(page):
    return re.search(r'name="seen" value="([^"]+)"', html(page))[1]


def typed_in(page):
    return re.search(r'<textarea class="draft"[^>]*>\n(.*?)</textarea>', html(page), re.DOTALL)[1]


def write(user, desk, now, text="Hello"):
    save_draft(user=user, place=f"seller/{desk.conversation.public_id}", text=text, limit=4000, now=now)


@pytest.mark.requirement("S34")
def test_a_colleague_who_writes_is_named_on_the_page_and_the_buyer_is_not_told(shop, desk, client, ines):
    write(ines.user, desk, desk.now)

    shown = html(client.get(page_of(shop, desk)))

    assert "<b><bdi>Ines</bdi></b> is answering (since <time" in shown
    assert ">13:00</time>)" in shown
    buyers = signed_in(desk.buyer.user).get(f"/{shop.market.slug}/messages/{desk.conversation.public_id}/")
    assert "answering" not in html(buyers)
    assert "is answering" not in html(signed_in(ines.user).get(page_of(shop, desk)))


def test_the_page_hears_of_it_once_and_once_more_when_it_ends(shop, desk, client, ines, clock_at):
    poll = re.search(r'hx-get="([^"]*new/[^"]*)"', html(client.get(page_of(shop, desk))))[1].replace("&amp;", "&")
    assert client.get(poll).status_code == 204
    write(ines.user, desk, desk.now)

    news = client.get(poll)
    assert "is answering" in html(news)
    assert 'hx-swap-oob="innerHTML:#answering"' in html(news)
    poll = re.search(r'hx-get="([^"]*)"', html(news))[1].replace("&amp;", "&")
    assert client.get(poll).status_code == 204
    clock_at(desk.now + timedelta(minutes=2))
    ended = client.get(poll)
    assert (ended.status_code, "is answering" in html(ended)) == (200, False)


@pytest.mark.requirement("S34")
def test_over_a_colleagues_head_the_page_shows_both_texts_and_sends_when_asked_again(shop, desk, client, ines):
    seen = seen_in(client.get(page_of(shop, desk)))
    signed_in(ines.user).post(page_of(shop, desk, "reply/"), form("It left today."))
    mine = form("It leaves tomorrow.", seen=seen)

    refused = client.post(page_of(shop, desk, "reply/"), mine)

    assert refused.status_code == 409
    assert "Ines answered while you were writing." in html(refused)
    assert html(refused).count("It left today.") == 2
    assert (typed_in(refused), "Send anyway" in html(refused)) == ("It leaves tomorrow.", True)
    assert Message.objects.filter(side="seller").count() == 1
    sent = client.post(page_of(shop, desk, "reply/"), {**mine, "seen": seen_in(refused)})
    assert (sent.status_code, Message.objects.filter(side="seller").count()) == (302, 2)


@pytest.mark.parametrize(("seen", "status", "answers"), [("nonsense", 409, 1), ("", 302, 2)])
def test_a_form_whose_count_cannot_be_read_does_not_go_over_a_colleagues_head(
    shop, desk, client, ines, seen, status, answers
):
    signed_in(ines.user).post(page_of(shop, desk, "reply/"), form("It left today."))
    answer = client.post(page_of(shop, desk, "reply/"), form("It leaves tomorrow.", seen=seen))

    assert (answer.status_code, Message.objects.filter(side="seller").count()) == (status, answers)
    assert ("Ines answered while you were writing." in html(answer)) is (status == 409)


def test_a_form_refused_for_its_words_still_knows_what_its_author_had_seen(shop, desk, client, ines):
    seen = seen_in(client.get(page_of(shop, desk)))
    signed_in(ines.user).post(page_of(shop, desk, "reply/"), form("It left today."))

    refused = client.post(page_of(shop, desk, "reply/"), form("", seen=seen))

    assert (refused.status_code, seen_in(refused)) == (422, seen)


@pytest.mark.requirement("S27")
def test_an_answer_says_undo_and_its_words_come_back_with_what_was_typed_since(shop, desk, client):
    client.post(page_of(shop, desk, "reply/"), form("It left today."))
    message = Message.objects.get(side="seller")
    undo = page_of(shop, desk, f"undo/{message.public_id}/")
    assert f'formaction="{undo}"' in html(client.get(page_of(shop, desk)))

    back = client.post(undo, {"text": "PS"})

    assert back.url == page_of(shop, desk, f"?replaces={message.public_id}&done=undone#write")
    page = client.get(back.url)
    assert typed_in(page) == "It left today.\n\nPS"
    assert f'name="replaces" value="{message.public_id}"' in html(page)
    assert "Taken back before it was delivered." in html(page)
    message.refresh_from_db()
    assert message.state == "withdrawn"


def test_too_late_the_page_says_so_and_keeps_what_is_typed(shop, desk, client):
    client.post(page_of(shop, desk, "reply/"), form("It left today."))
    desk.deliver()
    undo = page_of(shop, desk, f"undo/{Message.objects.get(side='seller').public_id}/")

    late = client.post(undo, {"text": "PS"})

    assert late.status_code == 409
    assert "Too late to take it back" in html(late)
    assert typed_in(late) == "PS"
    assert "formaction" not in html(client.get(page_of(shop, desk))).partition('id="write"')[0]


def test_a_colleagues_message_has_no_undo(shop, desk, client, ines):
    signed_in(ines.user).post(page_of(shop, desk, "reply/"), form("It left today."))
    message = Message.objects.get(side="seller")
    undo = page_of(shop, desk, f"undo/{message.public_id}/")

    assert undo not in html(client.get(page_of(shop, desk)))
    assert client.post(undo).status_code == 409
    assert OutboxEvent.objects.filter(name="message.withdrawn").count() == 0


@pytest.mark.requirement("S34")
def test_a_saved_reply_comes_after_what_is_typed_and_a_gap_is_not_sent(shop, desk, client, saved):
    picked = {**form("Hello."), "saved": saved.public_id}

    page = client.post(page_of(shop, desk, "insert/"), picked)

    words = "Hello.\n\nIt leaves 31 October 2026 with {{carrier}}."
    assert (page.status_code, typed_in(page)) == (200, words)
    refused = client.post(page_of(shop, desk, "reply/"), form(words))
    assert refused.status_code == 422
    assert "Fill the marked gap" in html(refused)
    assert "A gap: who carries the parcel." in html(refused)
    assert not Message.objects.filter(side="seller").exists()


def test_the_script_gets_the_text_alone_and_marks_its_gaps(shop, desk, client, saved):
    picked = {**form("Hello."), "saved": saved.public_id}
    answer = client.post(page_of(shop, desk, "insert/"), picked, headers={"Accept": "application/json"})
    text = answer.json()["text"]
    assert text == "It leaves 31 October 2026 with {{carrier}}."

    [gap] = client.post(page_of(shop, desk, "check/"), form(text)).json()["findings"]
    assert (gap["rule"], gap["quote"], gap["outcome"]) == ("saved_reply.gap", "{{carrier}}", "block")


def test_the_picker_shows_the_buyers_language_and_says_where_it_falls_back(shop, desk, client, saved):
    desk.buyer.language = "de"
    desk.buyer.save()
    save(shop, "thanks", {"en": "Thank you."})

    shown = html(client.get(page_of(shop, desk)))

    assert "Geht am {{ship_by}} raus." in shown
    assert "en, none in de" in shown
    page = client.get(page_of(shop, desk, f"?saved={saved.public_id}"))
    assert typed_in(page) == "Geht am 31. Oktober 2026 raus."


def test_an_unknown_or_foreign_saved_reply_changes_nothing_in_the_form(shop, desk, client, saved):
    SavedReply.objects.filter(pk=saved.pk).update(seller=factories.seller(shop.market))
    for wanted in (saved.public_id, "nothing", "a\0b"):
        page = client.post(page_of(shop, desk, "insert/"), {**form("Hello."), "saved": wanted})
        assert typed_in(page) == "Hello."


def test_a_draft_keeps_when_it_was_begun(shop, desk, client, clock_at):
    client.post(page_of(shop, desk, "draft/"), form("One"))
    clock_at(desk.now + timedelta(minutes=1))
    client.post(page_of(shop, desk, "draft/"), form("One two"))

    assert Draft.objects.get().started_at == desk.now
