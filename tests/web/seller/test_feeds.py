"""Feeds on the page: a file is taken in, and every record that was not applied is shown with its reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from comity.accounts.models import Staff
from comity.orders.models import Feed
from comity.orders.services.feeds import processing
from tests.factories import NOW, staff
from tests.orders.feeds import ADJUSTMENT, SHIPPING, lines, send, shipped, shop_with, take_in
from tests.web.world import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    found, orders = shop_with(3)
    return found, orders, signed_in(staff(found).user)


def address(shop, *rest):
    return "/".join(["", shop.marketplace.slug, "sell", shop.public_id, "feeds", *rest, ""])


def upload(client, shop, content, kind=SHIPPING):
    file = SimpleUploadedFile("shipped today.jsonl", content)
    return client.post(address(shop), {"kind": kind, "file": file})


def test_a_file_is_taken_in_and_shown(shop):
    seller, (one, *_), client = shop
    answer = upload(client, seller, lines(shipped(one)).encode())
    feed = Feed.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address(seller, feed.public_id))
    assert (feed.name, feed.state, feed.form) == ("shipped today.jsonl", "received", "jsonl")
    assert "Waiting" in client.get(answer["Location"]).content.decode()


def test_the_same_file_again_says_so(shop):
    seller, (one, *_), client = shop
    content = lines(shipped(one)).encode()
    processing.process(take_in(seller, content).feed, now=NOW)
    answer = upload(client, seller, content)
    assert "This very file came before" in client.get(answer["Location"]).content.decode()
    assert Feed.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("", b"x", "Choose what the file is."),
        ("everything", b"x", "Choose one from the list."),
        (SHIPPING, b"", "The file is empty. Choose it again."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(shop, kind, content, sentence):
    seller, _, client = shop
    answer = upload(client, seller, content, kind)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Feed.objects.exists()


def test_who_only_reads_sends_nothing(shop):
    seller, (one, *_), _ = shop
    client = signed_in(staff(seller, role=Staff.Role.READ_ONLY).user)
    answer = upload(client, seller, lines(shipped(one)).encode())
    assert (answer.status_code, "Your role reads here" in answer.content.decode()) == (422, True)
    assert not Feed.objects.exists()


def test_every_record_that_was_not_applied_is_shown(shop):
    seller, (one, two, _), client = shop
    feed = send(seller, lines(shipped(one), {**shipped(two), "ship_date": "31.02."}))
    page = client.get(address(seller, feed.public_id)).content.decode()
    assert "Done, in part" in page
    assert "write it as 2026-02-28" in page
    assert two.number in page
    assert one.number not in page


def test_the_result_is_downloaded_in_three_forms(shop):
    seller, (one, *_), client = shop
    feed = send(seller, lines(shipped(one)))
    for form, suffix in (("xml", "xml"), ("text", "txt"), ("jsonl", "jsonl")):
        answer = client.get(address(seller, feed.public_id, "result", form))
        assert answer["Content-Disposition"] == f'attachment; filename="{feed.public_id}.{suffix}"'
        assert answer.getvalue() or form == "jsonl"
    assert client.get(address(seller, feed.public_id, "result", "exe")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(shop, count, django_assert_num_queries):
    seller, orders, client = shop
    for number in range(count):
        take_in(seller, lines(shipped(orders[number])).encode(), ADJUSTMENT)
    client.get(address(seller))
    with django_assert_num_queries(5):
        client.get(address(seller))


def test_more_than_the_page_takes_in_is_refused_with_what_to_do(shop, monkeypatch):
    seller, _, client = shop
    monkeypatch.setattr("comity.web.seller.forms.KEPT", 10)
    answer = upload(client, seller, b'{"order": "A"}')
    assert (answer.status_code, "Pack it with gzip." in answer.content.decode()) == (422, True)
    assert not Feed.objects.exists()
