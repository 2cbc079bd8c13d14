"""A seller's files wait in a number and size that the profile allows; one more is told when to come again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comity.common.errors import Refused
from comity.config.cli import main
from comity.files.models import Blob
from comity.orders.models import Feed
from comity.orders.services.feeds import submitting
from tests.factories import NOW, seller
from tests.orders.feeds import ADJUSTMENT, send, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]
RECORD = b'{"order": "305-0", "ship_date": "2026-11-02"}\n'


@pytest.fixture
def limited(monkeypatch):
    """Two files may wait, of 200 bytes in all."""
    in_force = submitting.profile_in_force

    def with_limits(marketplace, now):
        profile = in_force(marketplace, now)
        return replace(profile, feeds=replace(profile.feeds, waiting=2, waiting_bytes=200_000))

    monkeypatch.setattr(submitting, "profile_in_force", with_limits)


def refusal(shop, content, kind="shipping_confirmation"):
    stored = Blob.objects.count(), Feed.objects.count()
    with pytest.raises(Refused) as refused:
        take_in(shop, content, kind)
    assert (Blob.objects.count(), Feed.objects.count()) == stored
    return refused.value


@pytest.mark.usefixtures("limited")
def test_one_more_than_may_wait_is_told_how_many_do_and_when_to_come_again():
    shop = seller()
    for n in (1, 2):
        take_in(shop, RECORD * n)
    refused = refusal(shop, RECORD * 3)
    assert (refused.code, refused.field) == ("waiting", "file")
    assert refused.sentence == (
        "2 files of yours wait to be done, 1 KB; up to 2 of 200 KB in all may. Send this one again in 10 minutes."
    )


@pytest.mark.usefixtures("limited")
def test_one_that_was_taken_in_at_the_same_moment_counts(monkeypatch):
    shop, store = seller(), submitting.store
    take_in(shop, RECORD)

    def overtaken(*args, **kwargs):
        monkeypatch.setattr(submitting, "store", store)
        take_in(shop, RECORD * 2)
        return store(*args, **kwargs)

    monkeypatch.setattr(submitting, "store", overtaken)
    with pytest.raises(Refused, match="2 files of yours wait"):
        take_in(shop, RECORD * 3)
    assert Feed.objects.count() == 2


@pytest.mark.usefixtures("limited")
def test_the_bytes_that_wait_count_and_one_large_file_alone_is_taken():
    shop = seller()
    take_in(shop, RECORD * 4_500)
    assert refusal(shop, RECORD * 100).sentence.startswith(
        "1 file of yours waits to be done, 207 KB; up to 2 of 200 KB"
    )


@pytest.mark.usefixtures("limited")
def test_the_same_file_again_is_known_however_many_wait():
    shop = seller()
    first = take_in(shop, RECORD)
    take_in(shop, RECORD * 2)
    assert take_in(shop, RECORD, now=NOW + timedelta(hours=1)) == replace(first, repeated=True)
    assert refusal(shop, RECORD, ADJUSTMENT).code == "waiting"  # as another kind it is another feed


@pytest.mark.usefixtures("limited")
def test_what_is_done_does_not_wait_and_other_shops_have_their_own():
    shop = seller()
    for n in (1, 2):
        send(shop, RECORD * n)
    for n in (3, 4):
        take_in(shop, RECORD * n)
    assert not take_in(seller(shop.marketplace), RECORD * 5).repeated


@pytest.mark.usefixtures("limited")
def test_the_command_says_it_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("comity.config.server.undurable", list)
    shop = seller()
    for n in (1, 2):
        take_in(shop, RECORD * n)
    file = tmp_path / "shipped.jsonl"
    file.write_bytes(RECORD * 3)
    assert main(["feed", "shipping_confirmation", str(file), "--seller", shop.public_id]) == 2
    assert "comity feed: 2 files of yours wait to be done" in capsys.readouterr().err
