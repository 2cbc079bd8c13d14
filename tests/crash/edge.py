"""The smallest HTTP edge: one JSON request is one message, by the product's own doors and services."""

import json

from django.db import connection

from comity.accounts.models import Buyer, Staff, User
from comity.common import clock
from comity.common.buggify import crash_point
from comity.common.errors import NotFound, Refused
from comity.common.idempotency import KeyReused
from comity.messaging.selectors.doors import get_seat_of_buyer, get_seat_of_staff
from comity.messaging.services.messages import Reply, reply


def application(environ, start_response):
    """201 with the message's id, 409 for a key that came with other words, 422 for what is refused."""
    asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    try:
        status, body = answer(asked)
    finally:
        connection.close()
    crash_point("after_commit_before_answer")
    start_response(f"{status} -", [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]


def answer(asked):
    """Send what was asked; (status, body)."""
    try:
        sent = reply(seat=seat_of(asked), reply=Reply(asked["text"], asked["key"]), now=clock.now())
    except KeyReused as refused:
        return 409, {"code": refused.code}
    except (NotFound, Refused) as refused:
        return 422, {"code": getattr(refused, "code", "not_found")}
    return 201, {"message": sent.message.public_id, "kind": sent.kind}


def seat_of(asked):
    """The door of the user's side."""
    user = User.objects.get(public_id=asked["user"])
    where = {"user": user, "conversation_id": asked["conversation"]}
    if buyer := Buyer.objects.filter(user=user).first():
        return get_seat_of_buyer(buyer=buyer, **where)
    return get_seat_of_staff(staff=Staff.objects.get(user=user), **where)
