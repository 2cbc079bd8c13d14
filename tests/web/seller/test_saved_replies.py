"""The pages on which a team keeps its saved replies."""

import pytest

from comity.messaging.models import SavedReply, SavedReplyText
from comity.messaging.services import saved_replies as service
from comity.web.desk.saved_pages import LANGUAGES
from tests import factories
from tests.messaging.desk import verdict_by_first_word
from tests.web.desk.shop import reader_of, signed_in
from tests.web.pages import errors_of


@pytest.fixture(autouse=True)
def rules(shop, monkeypatch):
    monkeypatch.setattr(service, "screen", verdict_by_first_word)


def html(response):
    return response.content.decode()


def typed(text="It leaves {{ship_by}}.", **fields):
    return {"name": "leaves", "language": "en", "text": text, "seen": "", **fields}


def add(client, shop, **fields):
    client.post(shop.at("saved-replies/new/"), typed(**fields))
    return SavedReply.objects.get(name=fields.get("name", "leaves"))


@pytest.mark.requirement("S34")
def test_a_text_is_saved_listed_and_changed(shop, client):
    saved = client.post(shop.at("saved-replies/new/"), typed())
    assert saved.url == shop.at("saved-replies/?done=saved")
    listed = html(client.get(saved.url))
    assert "/leaves" in listed
    assert "It leaves {{ship_by}}." in listed

    reply = SavedReply.objects.get()
    page = client.get(shop.at(f"saved-replies/{reply.public_id}/"))
    seen = page.context["form"].typed.seen
    client.post(shop.at(f"saved-replies/{reply.public_id}/"), typed("It left.", name="left", seen=seen))

    assert SavedReplyText.objects.get().text == "It left."
    assert SavedReply.objects.get().name == "left"


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"text": "Hello {{buyer.nme}}"}, "“buyer.nme” is no variable. Known are", "text"),
        ({"name": "?"}, "Give it a name of letters and digits", "name"),
        ({"language": ""}, "Choose the language of the text.", "language"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_a_sentence_beside_its_field(shop, client, fields, sentence, field):
    refused = client.post(shop.at("saved-replies/new/"), typed(**fields))

    assert refused.status_code == 422
    assert sentence in errors_of(html(refused), field)
    assert not SavedReply.objects.exists()


@pytest.mark.parametrize(("word", "status", "said"), [("BLOCK", 422, "buyers may not be sent this"), ("WARN", 200, "please read the notes")])  # fmt: skip
def test_what_the_rules_find_is_marked_and_not_saved(shop, client, word, status, said):
    page = client.post(shop.at("saved-replies/new/"), typed(f"{word} this"))

    assert page.status_code == status
    assert said in html(page)
    assert "<mark" in html(page)
    assert not SavedReply.objects.exists()


def test_a_warning_is_confirmed_once(shop, client):
    asked = client.post(shop.at("saved-replies/new/"), typed("WARN this"))
    assert 'name="confirmed" value="input of WARN this"' in html(asked)

    client.post(shop.at("saved-replies/new/"), typed("WARN this", confirmed="input of WARN this"))

    assert SavedReply.objects.count() == 1


def test_the_preview_fills_with_invented_values_and_with_a_real_order(shop, client):
    order = shop.another().order
    text = "{{order.number}} {{tracking.number}}"
    for number, shown in (("", "305-0004821-9004821 JVGL0611223344"), (order.number, f"{order.number} ")):
        part = html(
            client.post(shop.at("saved-replies/preview/"), typed(text, order=number), headers={"HX-Request": "true"})
        )
        assert shown in part
        assert ("A gap: the tracking number" in part) == bool(number)
        assert "<html" not in part


def test_without_script_the_preview_is_the_page_again_with_everything_typed(shop, client):
    saved = add(client, shop)

    page = client.post(
        shop.at("saved-replies/preview/"), typed("Hello {{buyer.name}}", saved=saved.public_id, order="1")
    )

    assert page.status_code == 200
    assert errors_of(html(page), "order").startswith("There is no such order here")
    assert "Hello {{buyer.name}}</textarea>" in html(page)
    assert f'action="{shop.at(f"saved-replies/{saved.public_id}/")}"' in html(page)


def test_the_preview_shows_no_order_of_another_shop(shop, client):
    other = factories.order(factories.buyer(shop.market))
    part = client.post(shop.at("saved-replies/preview/"), typed("{{buyer.name}}", order=other.number))
    assert "There is no such order here" in html(part)
    assert other.buyer.name not in html(part)


def test_a_colleagues_change_is_shown_beside_ones_own(shop, client):
    saved = add(client, shop)
    SavedReplyText.objects.update(text="It left.")

    stale = client.post(shop.at(f"saved-replies/{saved.public_id}/"), typed("It leaves soon."))

    assert stale.status_code == 409
    assert "changed this text while you were writing" in html(stale)
    assert "It left." in html(stale)
    seen = stale.context["form"].typed.seen
    client.post(shop.at(f"saved-replies/{saved.public_id}/"), typed("It leaves soon.", seen=seen))
    assert SavedReplyText.objects.get().text == "It leaves soon."


def test_texts_go_one_by_one_and_with_the_last_the_reply(shop, client):
    saved = add(client, shop)
    client.post(shop.at(f"saved-replies/{saved.public_id}/"), typed("Geht heute.", language="de"))
    delete = shop.at(f"saved-replies/{saved.public_id}/delete/")

    one = client.post(delete, {"language": "de"})
    both = client.post(delete, {"language": "en"})

    assert one.url == shop.at(f"saved-replies/{saved.public_id}/?done=deleted")
    assert both.url == shop.at("saved-replies/?done=deleted")
    assert client.get(one.url).status_code == 404


def test_a_reader_sees_and_changes_nothing(shop, client):
    saved = add(client, shop)
    reader = signed_in(reader_of(shop).user)
    address = shop.at(f"saved-replies/{saved.public_id}/")

    shown = html(reader.get(address))
    assert "It leaves {{ship_by}}." in shown
    assert 'name="text"' not in shown
    assert reader.post(address, typed("Changed.")).status_code == 422
    assert reader.post(f"{address}delete/").status_code == 422
    assert SavedReplyText.objects.get().text == "It leaves {{ship_by}}."


def test_strangers_find_nothing(shop, client):
    saved = add(client, shop)
    stranger = signed_in(factories.staff(factories.seller(shop.market)).user)
    assert stranger.get(shop.at("saved-replies/")).status_code == 404
    theirs = stranger.get(f"/{shop.market.slug}/sell/{shop.seller.public_id}/saved-replies/{saved.public_id}/")
    assert theirs.status_code == 404
    assert client.get(shop.at("saved-replies/nothing/")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, client, rows, django_assert_num_queries):
    for number in range(rows):
        add(client, shop, name=f"one-{number}")
    # session, user, seat, the counts of pages and rows, rows, texts, who changed them
    with django_assert_num_queries(7):
        client.get(shop.at("saved-replies/"))


def test_languages_can_be_stored():
    assert all(len(code) <= 12 for code, _ in LANGUAGES)
    assert dict(LANGUAGES)["de"] == "German"


@pytest.mark.parametrize("language", ["\0", "en\0", "x", "../en"])
def test_what_is_no_language_opens_the_shops_own_and_deletes_nothing(shop, client, language):
    reply = add(client, shop)
    page = client.get(shop.at(f"saved-replies/{reply.public_id}/"), {"language": language})
    refused = client.post(shop.at(f"saved-replies/{reply.public_id}/delete/"), {"language": language})

    assert (page.status_code, page.context["form"].typed.language) == (200, "en")
    assert (refused.status_code, SavedReplyText.objects.count()) == (422, 1)
    assert "Choose the language of the text." in html(refused)
    assert client.post(shop.at("saved-replies/new/"), typed(language=language)).status_code == 422
