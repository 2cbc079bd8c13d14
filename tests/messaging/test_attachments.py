"""Files of messages: judged by the rules, on record, seen by nobody else, and no burden to messages without."""

import io
import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comity.accounts.profiles import profile_files
from comity.common import locales
from comity.common.errors import NotFound
from comity.common.idempotency import KeyReused
from comity.common.models import OutboxEvent, RecordEntry
from comity.files.models import Blob
from comity.files.services import blobs
from comity.files.services.inspection import megabytes
from comity.messaging.models import Attachment, Finding, Message, TrialFinding
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.attachments import get_attachment
from comity.messaging.selectors.conversations import messages_seen_by
from comity.messaging.selectors.doors import get_seat_of_operator
from comity.messaging.selectors.rule_record import rule_records
from comity.messaging.services import attachments, posting
from comity.messaging.services.attachments import Arrived, take_files
from comity.messaging.services.checks import check_contact
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.text import MessageRefused
from comity_policy.model import Finding as EngineFinding
from comity_policy.model import Outcome, Verdict
from tests import factories
from tests.files import samples as s
from tests.files.looking import remembering
from tests.messaging.desk import nothing_stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    remembering(monkeypatch)
    settings.FILES_FOLDER = tmp_path / "files"


def take(desk, *files):
    arrived = [Arrived(name, len(content), io.BytesIO(content)) for name, content in files]
    market = desk.order.marketplace
    return take_files(user=desk.buyer.user, marketplace=market, files=arrived, kept=[], now=desk.now)


def ask(desk, *files, text="Here it is.", key="k", confirmed=""):
    uploads, refusals = take(desk, *files)
    assert refusals == []
    form = Contact("order_status", text, key, confirmed, files=tuple(uploads))
    return contact(
        buyer=desk.buyer, user=desk.buyer.user, subject=Subject(order=desk.order), contact=form, now=desk.now
    )


def facts(kind):
    return json.loads(RecordEntry.objects.get(kind=kind).facts)


def test_a_message_goes_with_its_files_in_their_order(desk):
    message = ask(desk, ("a.pdf", s.pdf("x", "y")), ("b.png", s.picture())).message
    files = list(message.attachments.values_list("position", "name", "content_type", "pages", "reading"))
    assert files == [(1, "a.pdf", "application/pdf", 2, "read"), (2, "b.png", "image/png", None, "picture")]
    assert (message.file_count, message.state) == (2, "accepted")


def test_the_record_names_each_file_by_its_digest_and_not_by_the_words_of_its_name(desk):
    ask(desk, ("Ann Author.pdf", s.pdf()))
    attachment = Attachment.objects.get()
    assert facts("posted")["files"] == [attachment.on_record]
    assert (attachment.on_record["digest"], "Ann" in str(facts("posted"))) == (Blob.objects.get().digest, False)


@pytest.mark.parametrize(
    "swap",
    [
        lambda one: Attachment.objects.filter(pk=one.pk).update(name="other.pdf"),
        lambda one: Attachment.objects.filter(pk=one.pk).delete(),
        lambda one: Attachment.objects.filter(pk=one.pk).update(
            blob=blobs.store(b"x", content_type="a/b", now=one.blob.stored_at)
        ),
    ],
)
def test_a_file_that_was_swapped_is_found(desk, swap):
    ask(desk, ("a.pdf", s.pdf()))
    assert list(disagreements()) == []
    swap(Attachment.objects.get())
    assert [found.what for found in disagreements()] == ["is shown with other files than its own"]


@pytest.mark.parametrize(("word", "state"), [("BLOCK", "blocked"), ("HOLD", "held")])
def test_words_in_a_file_count_like_words_in_the_message(desk, word, state):
    sent = ask(desk, ("a.pdf", s.pdf("Fine", f"{word} this")))
    finding = Finding.objects.get()
    assert (sent.kind, finding.where, finding.quote, finding.position) == (state, "a.pdf, page 2", word[:4], 1)
    assert facts("screened")["in_files"] == [[1, 2, "test.rule", 0, 4, word.lower()]]
    assert facts("screened")["outcome"] == word.lower()


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: ("a.docx", s.docx("BLOCK this")), "a.docx"),
        (lambda: ("a.xlsx", s.xlsx("BLOCK this")), "a.xlsx, page 1"),
        (lambda: ("a.png", s.code("BLOCK this")), "a.png"),
        (lambda: ("BLOCK this.pdf", s.pdf()), "BLOCK this.pdf"),
    ],
)
def test_every_kind_of_file_and_its_name_are_read(desk, make, where):
    assert ask(desk, make()).kind == "blocked"
    assert [finding.where for finding in Finding.objects.all()] == [where]


def on_trial(*, text, **_):
    """A rule on trial finds every “TRY”; nothing follows."""
    places = [place for place in range(len(text)) if text.startswith("TRY", place)]
    found = tuple(EngineFinding("test.trial", at, at + 3, Outcome.HOLD, "Because.", "Mend it.") for at in places)
    return Verdict(Outcome.DELIVER, (), "r" * 64, "1", f"input of {text}"[:64], trials=found)


def test_what_rules_on_trial_find_in_files_is_recorded_like_what_they_find_in_words(desk, monkeypatch):
    monkeypatch.setattr(posting, "screen", on_trial)
    sent = ask(desk, ("a.pdf", s.pdf("Fine", "and TRY this")), ("b.docx", s.docx("TRY")), text="TRY.")

    found = TrialFinding.objects.order_by("pk").values_list(
        "attachment__name", "page", "rule", "start", "end", "outcome"
    )
    assert list(found) == [
        (None, None, "test.trial", 0, 3, "hold"),
        ("a.pdf", 2, "test.trial", 4, 7, "hold"),
        ("b.docx", 0, "test.trial", 0, 3, "hold"),
    ]
    assert (sent.kind, Finding.objects.count()) == ("accepted", 0)
    assert rule_records(desk.order.marketplace, desk.now)["test.trial"].tried == 1


def test_the_worst_of_words_and_files_decides_and_words_come_first(desk):
    sent = ask(desk, ("a.pdf", s.pdf("BLOCK this")), text="HOLD this")
    assert (sent.kind, [one.where for one in Finding.objects.all()]) == ("blocked", ["", "a.pdf, page 1"])


def test_a_warning_about_a_file_is_confirmed_for_just_that_file(desk):
    asked = ask(desk, ("a.pdf", s.pdf("WARN me")))
    assert (asked.kind, nothing_stored()) == ("confirm", True)
    confirmed = asked.verdict.input
    assert ask(desk, ("a.pdf", s.pdf("WARN you")), confirmed=confirmed).kind == "confirm"
    assert ask(desk, ("a.pdf", s.pdf("WARN me")), confirmed=confirmed).kind == "accepted"


def test_a_file_that_was_read_in_part_waits_for_a_person(desk, monkeypatch):
    uploads, _ = take(desk, ("a.pdf", s.pdf()))
    uploads[0].reading.extent = "partly"
    form = Contact("order_status", "Here.", "k", files=tuple(uploads))
    sent = contact(
        buyer=desk.buyer, user=desk.buyer.user, subject=Subject(order=desk.order), contact=form, now=desk.now
    )
    assert (sent.kind, Finding.objects.get().rule) == ("held", "file.unread")


def test_a_file_cannot_be_read_at_all(desk):
    uploads, refusals = take(desk, ("secret.pdf", s.locked_pdf()))
    assert uploads == []
    assert refusals == [
        "secret.pdf: The document is locked by a password, so nobody can check it. Save it without one."
    ]


def test_one_refused_file_takes_no_other_with_it(desk):
    uploads, refusals = take(desk, ("a.pdf", s.pdf()), ("b.exe", b"MZ" + s.zeros(99)), ("c.png", s.picture()))
    assert ([one.name for one in uploads], len(refusals)) == (["a.pdf", "c.png"], 1)


def test_count_and_sum_are_limited(desk):
    uploads, refusals = take(desk, *[(f"{n}.png", s.picture(size=(n, 9))) for n in range(1, 7)])
    assert (len(uploads), refusals) == (5, ["6.png: A message takes 5 files. Send it with another message."])
    big = Arrived("big.pdf", 9_999_990, io.BytesIO(b""))
    _, refusals = take_files(
        user=desk.buyer.user, marketplace=desk.order.marketplace, files=[big], kept=uploads[:1], now=desk.now
    )
    assert refusals == ["big.pdf: All files together may have 10 MB. Send it with another message."]


def limited(monkeypatch, **limits):
    (shipped,) = profile_files()
    profile = replace(shipped, attachments=replace(shipped.attachments, **limits))
    monkeypatch.setattr(attachments, "profile_in_force", lambda *_: profile)


def test_so_many_files_an_hour_are_taken_of_a_user_and_refused_ones_count(desk, monkeypatch):
    limited(monkeypatch, files_an_hour=2)
    sent = [("a.png", s.picture()), ("b.exe", b"MZ" + s.zeros(99)), ("c.png", s.picture(size=(3, 3)))]
    uploads, refusals = take(desk, *sent)

    assert [upload.name for upload in uploads] == ["a.png"]
    assert refusals[1:] == ["c.png: You may upload 2 files an hour. Files are taken again from 13:00 (UTC)."]
    stored = Blob.objects.count()
    assert (take(desk, ("d.png", s.picture(size=(4, 4))))[0], Blob.objects.count()) == ([], stored)
    assert len(take(desk.later(1), ("c.png", s.picture(size=(3, 3))))[0]) == 1


def test_so_many_bytes_a_day_are_taken_of_a_user(desk, monkeypatch):
    small, large = s.picture(), s.pdf("x" * 50)
    day = len(large) + len(small)
    limited(monkeypatch, files_an_hour=3, bytes_a_day=day)
    _, refusals = take(desk, ("a.pdf", large), ("b.pdf", large))

    until = "This file is taken from 3 November 2026, 12:00 (UTC); a smaller one may fit."
    assert refusals == [f"b.pdf: You may upload {megabytes(day)} a day. {until}"]
    assert (Blob.objects.count(), take(desk, ("c.png", small))[1]) == (1, [])
    assert take(desk.later(24), ("b.pdf", large))[1] == []


@pytest.mark.parametrize(
    ("limit", "said"),
    [({"files_an_hour": 0}, "from 14:00 (Europe/Berlin)."), ({"bytes_a_day": 0}, "from 3. November 2026, 13:00 (Eur")],
)
def test_when_files_are_taken_again_is_written_as_its_reader_writes_it(desk, monkeypatch, limit, said):
    limited(monkeypatch, **limit)
    with timezone.override("Europe/Berlin"), locales.reading(lambda: "de"):
        _, [refusal] = take(desk, ("a.png", s.picture()))

    assert said in refusal


TOO_MUCH = "A message takes 5 files, 10 MB in all. Remove what is too much."


def too_many(desk):
    return [take(desk, (f"{n}.png", s.picture(size=(n, 9))))[0][0] for n in range(1, 7)]


def too_large(desk):
    uploads = too_many(desk)[:2]
    for upload in uploads:
        upload.blob.size = 6_000_000
    return uploads


@pytest.mark.parametrize("files", [too_many, too_large])
def test_files_beyond_count_or_sum_make_no_message(desk, files):
    uploads = files(desk)
    form = Contact("order_status", "Here.", "k", files=tuple(uploads))
    place = {"buyer": desk.buyer, "user": desk.buyer.user, "subject": Subject(order=desk.order)}
    with pytest.raises(MessageRefused) as refused:
        contact(**place, contact=form, now=desk.now)
    assert (refused.value.sentence, nothing_stored()) == (TOO_MUCH, True)
    assert check_contact(**place, topic="order_status", text="BLOCK", files=form.files, now=desk.now) is None
    market = desk.order.marketplace
    found = take_files(user=desk.buyer.user, marketplace=market, files=[], kept=uploads, now=desk.now)
    assert found == (uploads, [TOO_MUCH])


@pytest.mark.parametrize("files", [too_many, too_large])
def test_an_answer_of_the_marketplace_has_the_same_limits(desk, files):
    desk.ask()
    desk.deliver()
    seat = get_seat_of_operator(
        staff=desk.operator, user=desk.operator.user, conversation_id=desk.conversation.public_id
    )
    with pytest.raises(MessageRefused, match=TOO_MUCH):
        reply(seat=seat, reply=Reply(text="See here.", key="m", files=tuple(files(desk))), now=desk.now)
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 0)


def test_who_sends_something_infected_is_told_and_so_is_the_operator(desk, monkeypatch):
    monkeypatch.setattr("comity.integrations.scanners.NoScanner.scan", lambda self, content: "Eicar-Test")
    uploads, refusals = take(desk, ("a.pdf", s.pdf()))
    event = OutboxEvent.objects.get(name="upload.infected")
    assert (uploads, Blob.objects.count()) == ([], 0)
    assert "removed for safety" in refusals[0]
    assert (event.actor, event.stream) == (desk.buyer.user.public_id, desk.order.marketplace.public_id)


def test_the_same_form_with_another_file_is_another_request(desk):
    first = ask(desk, ("a.pdf", s.pdf("x")))
    assert ask(desk, ("a.pdf", s.pdf("x"))).message.pk == first.message.pk
    with pytest.raises(KeyReused):
        ask(desk, ("a.pdf", s.pdf("y")))
    assert Message.objects.count() == 1


def test_a_file_that_was_removed_meanwhile_is_asked_for_again(desk):
    uploads, _ = take(desk, ("a.pdf", s.pdf()))
    Blob.objects.all().delete()
    form = Contact("order_status", "Here.", "k", files=tuple(uploads))
    with pytest.raises(MessageRefused, match="Choose it again"):
        contact(buyer=desk.buyer, user=desk.buyer.user, subject=Subject(order=desk.order), contact=form, now=desk.now)
    assert nothing_stored()


def test_what_was_sent_is_never_removed(desk):
    ask(desk, ("a.jpg", s.photo()))
    desk.later(24 * 400)
    assert blobs.remove_unwanted(before=desk.now) == 0


def test_the_marketplaces_own_files_are_kept_and_not_judged(desk):
    desk.ask()
    desk.deliver()
    uploads, _ = take(desk, ("a.pdf", s.pdf("BLOCK this")))
    seat = get_seat_of_operator(
        staff=desk.operator, user=desk.operator.user, conversation_id=desk.conversation.public_id
    )
    sent = reply(seat=seat, reply=Reply(text="See here.", key="m", files=tuple(uploads)), now=desk.now)
    assert (sent.kind, sent.message.file_count) == ("accepted", 1)


def may_have(user, attachment, market):
    try:
        return get_attachment(user=user, marketplace=market.slug, attachment_id=attachment.public_id) == attachment
    except NotFound:
        return False


@pytest.mark.requirement("S24", "S87")
@pytest.mark.parametrize(
    ("state", "seller"), [("accepted", False), ("held", False), ("blocked", False), ("delivered", True)]
)
def test_a_file_is_reached_as_its_message_is(desk, state, seller):
    market = desk.order.marketplace
    message = ask(desk, ("a.pdf", s.pdf())).message
    Message.objects.filter(pk=message.pk).update(state=state, held_until=desk.now)
    attachment = message.attachments.get()
    people = {"buyer": desk.buyer.user, "seller": desk.staff.user, "admin": desk.operator.user}
    strangers = [
        factories.buyer(market).user,
        factories.staff(factories.seller(market)).user,
        factories.operator().user,
        factories.user(),
    ]
    assert {who: may_have(user, attachment, market) for who, user in people.items()} == {
        "buyer": True,
        "seller": seller,
        "admin": True,
    }
    assert [may_have(user, attachment, market) for user in strangers] == [False] * 4


@pytest.mark.parametrize(("role", "sees"), [("moderator", True), ("investigator", True), ("service_agent", False)])
def test_a_service_agent_has_the_files_of_its_own_conversations_only(desk, role, sees):
    message = ask(desk, ("a.pdf", s.pdf())).message
    person = factories.operator(desk.order.marketplace, role=role)
    assert may_have(person.user, message.attachments.get(), desk.order.marketplace) == sees


def test_a_file_is_not_reached_through_another_marketplace(desk):
    attachment = ask(desk, ("a.pdf", s.pdf())).message.attachments.get()
    assert not may_have(desk.buyer.user, attachment, factories.marketplace())


@pytest.mark.parametrize(("files", "queries"), [(0, 2), (1, 3), (3, 3)])
def test_reading_a_conversation_takes_one_query_more_where_there_are_files(desk, files, queries):
    ask(desk, *[(f"{n}.png", s.picture(size=(n + 1, 9))) for n in range(files)])
    seat = desk.buyer_seat()
    with CaptureQueriesContext(connection) as captured:
        found = messages_seen_by(seat)
        [one.blob.digest for message in found if message.file_count for one in message.attachments.all()]
    assert len(captured) == queries
