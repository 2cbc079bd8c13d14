import threading

import pytest
from django.db import IntegrityError, connection

from comity.accounts.models import SpentToken
from comity.common import idempotency
from comity.common.errors import Refused
from comity.common.idempotency import KeyRefused, KeyReused, Stored, idempotent
from comity.common.models import IdempotencyKey
from tests.common.conftest import NOW


def effect(digest="d"):
    SpentToken.objects.create(digest=digest, spent_at=NOW, expires_at=NOW)
    return Stored(201, {"message": digest})


def send(service=effect, *, actor="usr_1", route="reply", key="k", text="Hello"):
    return idempotent(service, actor=actor, route=route, key=key, request={"text": text}, now=NOW)


def effects():
    return SpentToken.objects.count(), IdempotencyKey.objects.count()


@pytest.mark.django_db
def test_a_repeat_gets_the_first_answer_and_has_no_effect():
    assert send() == Stored(201, {"message": "d"}, repeated=False)
    assert send() == Stored(201, {"message": "d"}, repeated=True)
    assert effects() == (1, 1)


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused():
    send()
    with pytest.raises(KeyReused) as refused:
        send(text="Goodbye")
    assert (refused.value.code, refused.value.field) == ("key_reused", "key")
    assert effects() == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"actor": "usr_2"}, {"route": "contact"}, {"key": "K"}])
def test_a_key_belongs_to_its_actor_and_route(other):
    send()
    assert send(lambda: effect("e"), **other) == Stored(201, {"message": "e"})
    assert effects() == (2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "k" * 256, "k\0"])
def test_a_key_that_cannot_be_stored_is_refused_before_anything_happens(key):
    with pytest.raises(KeyRefused, match=f"The key has {len(key)} characters: allowed are 1 to 255"):
        send(key=key)
    assert effects() == (0, 0)


@pytest.mark.django_db
def test_the_longest_key_is_taken():
    assert send(key="ß" * 255).status == 201


@pytest.mark.django_db
def test_nothing_is_stored_when_the_service_refused_and_the_key_may_be_used_again():
    def refuse():
        effect()
        raise Refused("empty", "Write something.", "text")

    with pytest.raises(Refused, match="Write something"):
        send(refuse, text="")
    assert effects() == (0, 0)
    assert send(text="Hello").repeated is False


@pytest.mark.django_db
def test_a_constraint_that_the_service_broke_is_not_mistaken_for_a_repeat():
    effect("d")
    with pytest.raises(IntegrityError):
        send()
    assert effects() == (1, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_concurrent_requests_with_one_key_have_one_effect(round_):
    start, answers, names = threading.Barrier(6), [], iter("abcdef")

    def client(name):
        try:
            start.wait()
            answers.append(send(lambda: effect(name)))
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=[name]) for name in names]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert effects() == (1, 1)
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 5
    assert len({answer.body["message"] for answer in answers}) == 1


@pytest.mark.django_db
def test_who_finds_it_done_by_the_same_press_gets_its_answer_and_no_refusal(monkeypatch):
    send()
    asked, replay = [], idempotency.replay

    def done_meanwhile(**about):
        asked.append(about)
        return replay(**about) if len(asked) > 1 else None

    def refuse():
        raise Refused("asked", "You have asked already.")

    monkeypatch.setattr(idempotency, "replay", done_meanwhile)
    assert send(refuse) == Stored(201, {"message": "d"}, repeated=True)
    assert effects() == (1, 1)
