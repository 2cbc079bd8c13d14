"""Files in forms and on pages: nothing is lost, nothing is reached by others, and no browser runs what is fetched."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.common import clock
from comity.files.models import Blob
from comity.messaging.models import Attachment, Message
from comity.web.files.grants import grant_for
from tests import factories
from tests.files import samples as s
from tests.web.buyer.shop import Shop, deliver, typed, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("comity.files.services.inspection.picture_reader", lambda: "")
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def shop(client):
    return Shop(client)


def sent(name, content):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def kept(response):
    return re.findall(r'name="kept" value="([^"]+)"', response.content.decode())


@pytest.fixture
def attachment(shop):
    """A PDF that the buyer sent and the seller has."""
    assert shop.contact(files=[sent("invoice.pdf", s.pdf("Thank you"))]).status_code == 302
    deliver()
    return Attachment.objects.get()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def place(shop, attachment, rest=""):
    return f"/{shop.market.slug}/files/{attachment.public_id}/{rest}"


def test_limits_stand_beside_the_field(shop):
    page = shop.get("contact/", listing=shop.listing.public_id)
    assert "Up to 5 files, 10 MB in all: PDF, JPEG, PNG, GIF, WebP, Word (docx), Excel (xlsx)" in words(page)
    assert 'enctype="multipart/form-data"' in page.content.decode()


def test_a_file_goes_with_the_message_and_stands_on_its_page(shop, attachment):
    page = shop.get(f"messages/{shop.conversation.public_id}/")
    assert "invoice.pdf PDF, 1 page" in words(page)
    assert place(shop, attachment) in page.content.decode()


def test_the_seller_answers_with_a_file(shop, attachment):
    desk = signed_in(shop.staff.user)
    inbox = f"/{shop.market.slug}/sell/{shop.seller.public_id}/inbox/{shop.conversation.public_id}/"
    answer = desk.post(f"{inbox}reply/", {"text": "Thank you.", "key": "k", "files": [sent("a.png", s.picture())]})
    assert answer.status_code == 302
    assert "invoice.pdf" in words(desk.get(inbox))
    assert "a.png PNG" in words(desk.get(inbox))


def test_a_refused_form_keeps_what_was_taken_and_names_what_was_not(shop):
    files = [sent("good.pdf", s.pdf()), sent("bad.exe", b"MZ" + s.zeros(99))]
    page = shop.contact("Here they are.", files=files)
    assert (page.status_code, typed(page), len(kept(page))) == (422, "Here they are.", 1)
    assert "bad.exe: This is a programme, which cannot be sent. Allowed: PDF" in words(page)
    assert not Message.objects.exists()


def test_a_kept_file_is_sent_with_the_next_try_and_not_uploaded_again(shop):
    page = shop.contact("", files=[sent("good.pdf", s.pdf())])
    assert (page.status_code, len(kept(page))) == (422, 1)
    assert shop.contact("Here it is.", kept=kept(page)).status_code == 302
    assert (Attachment.objects.get().name, Blob.objects.count()) == ("good.pdf", 1)


def test_remove_takes_a_file_out_and_sends_nothing(shop):
    page = shop.contact("", files=[sent("a.pdf", s.pdf("a")), sent("b.pdf", s.pdf("b"))])
    first, second = kept(page)
    page = shop.contact("Still here.", kept=[first, second], remove=first)
    assert (page.status_code, typed(page), len(kept(page)), Message.objects.count()) == (200, "Still here.", 1, 0)
    assert "b.pdf" in words(page)
    assert "a.pdf" not in words(page)


def test_a_token_of_somebody_else_brings_nothing(shop):
    page = shop.contact("", files=[sent("a.pdf", s.pdf("a"))])
    shop.client.force_login(factories.buyer(shop.market).user)
    page = shop.contact("Mine now.", kept=kept(page))
    assert (page.status_code, kept(page), Message.objects.count()) == (422, [], 0)
    assert "A file was uploaded too long ago to be sent now. Choose it again." in words(page)


def test_words_in_a_file_stop_the_message_and_point_to_the_page(shop):
    page = shop.contact("See the file.", files=[sent("card.pdf", s.pdf("Hello", "Call me on 0161 496 0018"))])
    assert (page.status_code, typed(page), len(kept(page))) == (422, "See the file.", 1)
    assert "card.pdf, page 2" in words(page)
    assert "0161 496 0018" in words(page)
    assert Message.objects.get().state == "blocked"


def test_the_check_while_typing_knows_the_files_that_are_kept(shop):
    page = shop.contact("See the file.", files=[sent("card.pdf", s.pdf("Call me on 0161 496 0018"))])
    about = f"contact/check/?listing={shop.listing.public_id}"
    found = shop.post(about, text="See the file.", topic="product", kept=kept(page)).json()["findings"]
    assert [(one["where"], one["start16"], one["end16"]) for one in found] == [("card.pdf, page 1", 0, 0)]


def test_a_file_that_is_too_large_is_told_its_size(shop):
    page = shop.contact("Here.", files=[sent("film.pdf", b"%PDF-1.7" + s.zeros(12_000_000))])
    assert "film.pdf: The file has 12 MB; up to 10 MB can be sent." in words(page)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u202egnp.exe", "x" * 300, "<script>.pdf"])
def test_hostile_names_are_harmless(shop, name):
    shop.contact(files=[sent(name, s.pdf())])
    cleaned = Attachment.objects.get().name
    assert cleaned.endswith(".pdf")
    assert not set(cleaned) & set("/\\<>\u202e")


def fetch(client, shop, attachment):
    return client.get(place(shop, attachment), follow=True)


def status(response):
    """The status, with the file read to its end, so that it is closed."""
    if response.streaming:
        assert b"".join(response.streaming_content)
    return response.status_code


def test_a_file_is_fetched_as_a_download_that_runs_nothing(shop, attachment):
    response = fetch(shop.client, shop, attachment)
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response.headers["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response.headers["Cache-Control"]


def test_nobody_else_fetches_it(shop, attachment):
    """Threat 15: neither by the page's address nor by the one that it led somebody else to."""
    address = shop.client.get(place(shop, attachment))["Location"]
    for user in (factories.buyer(shop.market).user, factories.staff(factories.seller(shop.market)).user):
        stranger = signed_in(user)
        assert [stranger.get(path).status_code for path in (place(shop, attachment), address)] == [404, 404]
    assert [Client().get(path).status_code for path in (place(shop, attachment), address)] == [302, 302]


def test_a_door_that_asks_nobody_lets_strangers_in(shop, attachment, monkeypatch):
    """The mutant: the selector no longer asks whose it is."""
    monkeypatch.setattr("comity.messaging.selectors.attachments._is_seen_by", lambda user, message: True)
    assert status(fetch(signed_in(factories.buyer(shop.market).user), shop, attachment)) == 200


@pytest.mark.parametrize("state", ["held", "blocked"])
def test_the_other_side_has_no_file_of_a_message_that_did_not_arrive(shop, attachment, state):
    Message.objects.update(state=state, held_until=clock.now())
    assert status(fetch(signed_in(shop.staff.user), shop, attachment)) == 404
    assert status(fetch(shop.client, shop, attachment)) == 200


def grant(shop, attachment, minutes=0):
    at = clock.now() - timedelta(minutes=minutes)
    user = shop.buyer.user.public_id
    return grant_for(marketplace=shop.market.slug, attachment=attachment.public_id, user=user, now=at)


def test_an_address_works_for_five_minutes(shop, attachment):
    assert status(shop.client.get(f"/download/{grant(shop, attachment, 4)}/")) == 200
    late = shop.client.get(f"/download/{grant(shop, attachment, 5)}/")
    assert (late.status_code, "Open the conversation again" in words(late)) == (410, True)


def test_an_altered_address_is_none(shop, attachment):
    word = grant(shop, attachment)
    assert [shop.client.get(f"/download/{bad}/").status_code for bad in (word[:-2], "x", f"{word}x")] == [404] * 3


def test_files_may_be_handed_out_from_another_origin(shop, attachment, settings):
    settings.FILES_URL = "https://files.example"
    settings.ALLOWED_HOSTS = ["testserver", "files.example"]
    address = shop.client.get(place(shop, attachment))["Location"]
    assert address.startswith("https://files.example/download/")
    path = address.removeprefix("https://files.example")
    assert status(Client().get(path, headers={"host": "files.example"})) == 200
    assert shop.client.get(path).status_code == 404


def test_pictures_have_a_preview_that_we_drew_and_documents_have_none(shop, attachment):
    shop.reply("A photograph.", files=[sent("a.jpg", s.photo((900, 600)))])
    photo = Attachment.objects.get(name="a.jpg")
    page = shop.client.get(place(shop, photo, "preview/"))
    assert (page.status_code, page["Content-Type"]) == (200, "image/jpeg")
    assert b"Secret Camera" not in b"".join(page.streaming_content)
    assert shop.client.get(place(shop, attachment, "preview/")).status_code == 404
    assert signed_in(shop.staff.user).get(place(shop, photo, "preview/")).status_code == 404
