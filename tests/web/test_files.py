"""Files in forms and on pages: nothing is lost, nothing is reached by others, and no browser runs what is fetched."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.common import clock
from comity.common.models import OutboxEvent
from comity.files.models import Blob
from comity.messaging.models import Attachment, Message
from comity.messaging.services import access
from comity.messaging.services.access import note_opening, note_preview
from comity.web.files.grants import grant_for
from tests import factories
from tests.factories import NOW
from tests.files import samples as s
from tests.files.looking import remembering
from tests.web.buyer.shop import Shop, deliver, typed, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    remembering(monkeypatch)
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


def test_more_kept_files_than_a_message_takes_are_not_sent_and_stay_in_the_form(shop):
    one_each = [shop.contact("", files=[sent(f"{n}.pdf", s.pdf(str(n)))]) for n in range(6)]
    tokens = [token for page in one_each for token in kept(page)]
    page = shop.contact("All of them.", kept=tokens)
    assert (page.status_code, typed(page), len(kept(page)), Message.objects.count()) == (422, "All of them.", 6, 0)
    assert "A message takes 5 files, 10 MB in all. Remove what is too much." in words(page)


def test_a_kept_file_that_is_posted_again_and_again_is_sent_once(shop):
    page = shop.contact("", files=[sent("good.pdf", s.pdf())])
    assert shop.contact("Here it is.", kept=kept(page) * 200).status_code == 302
    assert Attachment.objects.count() == 1


def test_an_answer_that_is_taken_back_keeps_its_files(shop, attachment):
    desk = signed_in(shop.staff.user)
    inbox = f"/{shop.market.slug}/sell/{shop.seller.public_id}/inbox/{shop.conversation.public_id}/"
    desk.post(f"{inbox}reply/", {"text": "See here.", "key": "k", "files": [sent("a.png", s.picture())]})
    first = Message.objects.get(side="seller")
    page = desk.get(desk.post(f"{inbox}undo/{first.public_id}/").url)
    again = {"text": typed(page), "key": "l", "replaces": first.public_id, "kept": kept(page)}
    assert desk.post(f"{inbox}reply/", again).status_code == 302
    second = Message.objects.get(replaces=first)
    assert (second.state, [one.name for one in second.attachments.all()]) == ("accepted", ["a.png"])


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


def grant(shop, attachment, minutes=0, user=None):
    at = clock.now() - timedelta(minutes=minutes)
    user = (user or shop.buyer.user).public_id
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


def handed_over(user, market):
    """The session of a person for whom this marketplace vouches."""
    client = signed_in(user)
    session = client.session
    session["handed_over"] = market.slug
    session.save()
    return client


def test_a_buyer_who_was_handed_over_has_their_files(shop, attachment):
    photo = shop.reply("A photograph.", files=[sent("a.jpg", s.photo((900, 600)))])
    assert photo.status_code == 302
    client = handed_over(shop.buyer.user, shop.market)
    assert status(fetch(client, shop, attachment)) == 200
    assert status(client.get(place(shop, Attachment.objects.get(name="a.jpg"), "preview/"))) == 200


def as_staff(shop):
    """A person who buys here and works at the shop, which had a file from another buyer."""
    factories.buyer(shop.market, user=shop.staff.user)
    return shop.staff.user


def opened(shop, attachment, client, user):
    word = grant(shop, attachment, user=user)
    addresses = [place(shop, attachment), place(shop, attachment, "preview/"), f"/download/{word}/"]
    return [status(client.get(address)) for address in addresses]


def test_a_handed_over_session_opens_no_file_of_another_seat(shop, attachment):
    user = as_staff(shop)
    assert opened(shop, attachment, handed_over(user, shop.market), user) == [404, 404, 404]
    assert opened(shop, attachment, signed_in(user), user) == [302, 404, 200]  # a PDF has no preview


def test_a_handed_over_session_that_acts_as_staff_opens_it(shop, attachment, monkeypatch):
    """The mutant: the views no longer ask who vouched."""
    monkeypatch.setattr("comity.web.files.views.handed_over_by", lambda request: "")
    user = as_staff(shop)
    assert opened(shop, attachment, handed_over(user, shop.market), user) == [302, 404, 200]


def test_a_handed_over_session_opens_no_file_of_another_marketplace(shop, attachment):
    user = shop.buyer.user
    assert opened(shop, attachment, handed_over(user, factories.marketplace()), user) == [302, 302, 404]


def openings(name="attachment.opened"):
    return list(OutboxEvent.objects.filter(name=name).values_list("actor", "stream", "data"))


@pytest.mark.requirement("S87")
def test_what_the_operators_people_open_is_on_the_audit_trail(shop, attachment):
    operator = factories.operator(shop.market).user
    assert status(fetch(signed_in(operator), shop, attachment)) == 200
    conversation = shop.conversation.public_id
    about = {
        "conversation": conversation,
        "message": shop.message.public_id,
        "attachment": attachment.public_id,
    }
    assert openings() == [(operator.public_id, conversation, about)]


def test_a_preview_that_the_operators_people_open_is_on_it_too(shop, attachment):
    shop.reply("A photograph.", files=[sent("a.jpg", s.photo((900, 600)))])
    photo = Attachment.objects.get(name="a.jpg")
    page = signed_in(factories.operator(shop.market).user).get(place(shop, photo, "preview/"))
    shown = [data["attachment"] for *_, data in openings("attachment.previewed")]
    assert (status(page), shown, openings()) == (200, [photo.public_id], [])


@pytest.fixture
def two_photos(shop, attachment):
    """Two pictures, and a way to look at one at a moment, counting from midnight of the marketplace."""
    files = [sent("a.jpg", s.photo((900, 600))), sent("b.jpg", s.photo((600, 900)))]
    shop.reply("Two photographs.", files=files)
    deliver()
    zone = ZoneInfo(shop.market.time_zone)
    day = datetime(2026, 11, 3, tzinfo=zone)

    def look(user, name="a.jpg", **after):
        note_preview(attachment=Attachment.objects.get(name=name), by=user, now=day + timedelta(**after))
        return [(actor, name_of[data["attachment"]]) for actor, _, data in openings("attachment.previewed")]

    name_of = dict(Attachment.objects.values_list("public_id", "name"))
    return look


@pytest.mark.requirement("S87")
def test_a_preview_is_told_once_for_each_person_file_and_day(shop, two_photos):
    one, other = (factories.operator(shop.market).user for _ in range(2))
    looks = [
        two_photos(one),
        two_photos(one, hours=23, minutes=59),
        two_photos(other, hours=1),
        two_photos(one, "b.jpg", hours=1),
        two_photos(one, days=1),
    ]
    assert looks[0] == looks[1] == [(one.public_id, "a.jpg")]
    assert looks[2][1:] == [(other.public_id, "a.jpg")]
    assert looks[3][2:] == [(one.public_id, "b.jpg")]
    assert looks[4][3:] == [(one.public_id, "a.jpg")]


@pytest.mark.requirement("S87")
def test_fetching_a_file_is_told_each_time_whatever_was_shown_before(shop, two_photos):
    operator = factories.operator(shop.market).user
    two_photos(operator)
    for _ in range(2):
        note_opening(attachment=Attachment.objects.get(name="a.jpg"), by=operator, now=NOW)
    assert len(openings()) == 2


@pytest.mark.parametrize("seat", ["buyer", "staff"])
def test_a_party_leaves_no_trace_of_looking(shop, two_photos, seat):
    assert two_photos(getattr(shop, seat).user) == []


def test_a_trail_that_forgets_the_file_would_be_noticed(shop, two_photos, monkeypatch):
    """The mutant: one event for each person and day, whatever they looked at."""
    real = access.OutboxEvent.objects.filter
    monkeypatch.setattr(access, "_is_told", lambda row, name, *_: real(stream=row.public_id, name=name).exists())
    with pytest.raises(AssertionError):
        test_a_preview_is_told_once_for_each_person_file_and_day(shop, two_photos)


def test_parties_leave_no_trace_nor_does_who_is_refused(shop, attachment):
    people = [shop.buyer.user, shop.staff.user, factories.operator().user]
    found = [status(fetch(signed_in(user), shop, attachment)) for user in people]
    assert (found, openings()) == ([200, 200, 404], [])
