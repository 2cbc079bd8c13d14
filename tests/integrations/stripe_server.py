"""A small stateful stand-in for Stripe's server, for tests: intents, captures, cancellations, refunds, idempotency keys.

Intents that are made and confirmed off-session, too: of a customer with a payment method, which may decline. A decline
leaves an intent without a payment method, and is the answer of its key from then on.

It keeps what Stripe's reference says of them: a key that comes again is answered with the first answer and does nothing,
with other parameters it is refused; an intent gives no more than was authorised, and a refund no more than was taken.

The one such server among published packages, localstripe 1.15.10, was read: it knows no idempotency keys, captures an
intent once only, is published as source alone, and under a licence that the project's other dependencies do not have.
"""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qsl, urlsplit


class Failure(Exception):
    def __init__(self, status, code, kind="invalid_request_error", *, replayed=False):
        self.status, self.body = status, {"error": {"type": kind, "code": code, "message": code}}
        self.replayed = replayed


class FakeStripe:
    """State and the switches of a test.

    ``trouble``: statuses with which the next requests are answered; ``lost``: how many are done and not answered;
    ``broken``: how many keys are spent on an error 500, which is then their answer; ``garbled``: how many are done and
    answered with what is no JSON; ``refund_status``: what becomes of refunds; ``saved``: the payment methods of each
    customer, with the code by which each is declined, empty for one that pays.
    """

    def __init__(self):
        self.intents, self.refunds, self.answers, self.trouble = {}, {}, {}, []
        self.lost, self.broken, self.garbled, self.refund_status = 0, 0, 0, "succeeded"
        self.saved = {}
        self.requests, self._numbers, self.lock = [], count(1), threading.Lock()

    def authorise(self, amount, currency="eur"):
        """What a buyer agreed to pay; its id."""
        return self._intent(amount, currency)["id"]

    def _intent(self, amount, currency):
        key = f"pi_{next(self._numbers)}"
        self.intents[key] = {
            "id": key,
            "object": "payment_intent",
            "amount": amount,
            "currency": currency,
            "amount_capturable": amount,
            "amount_received": 0,
            "status": "requires_capture",
            "latest_charge": f"ch_{key}",
            "created": 1_900_000_000,
            "metadata": {},
        }
        return self.intents[key]

    def answer(self, method, path, params, key):
        with self.lock:
            self.requests.append((method, path, params, key))
            if self.trouble:
                raise Failure(self.trouble.pop(0), "trouble", "api_error")
            if key in self.answers:
                before, answer = self.answers[key]
                if before != (path, params):
                    raise Failure(400, "idempotency_key_in_use", "idempotency_error")
                if isinstance(answer, Failure):
                    raise answer
                if answer is None:
                    raise Failure(500, "broken", "api_error", replayed=True)
                return answer
            if key and self.broken:
                self.broken, self.answers[key] = self.broken - 1, ((path, params), None)
                raise Failure(500, "broken", "api_error")
            return self._first_answer(method, path, params, key)

    def _first_answer(self, method, path, params, key):
        try:
            answer = dict(self._do(method, path.split("/")[2:], params))
        except Failure as failure:
            if failure.status != 402:
                raise
            answer = failure  # a decline is an answer like any other
        if key:
            self.answers[key] = ((path, params), answer)
        if self.lost:
            self.lost -= 1
            raise Failure(504, "lost", "api_error")
        if isinstance(answer, Failure):
            raise answer
        return answer

    def _do(self, method, parts, params):
        if parts[0] == "refunds":
            return self._refund(params) if method == "POST" else self._list(params["payment_intent"])
        if parts == ["payment_intents"]:
            return self._make(params) if method == "POST" else self._made(params)
        if parts[1] not in self.intents:
            raise Failure(404, "resource_missing")
        intent = self.intents[parts[1]]
        deeds = {"capture": self._capture, "cancel": self._cancel}
        return deeds[parts[2]](intent, params) if len(parts) > 2 else intent

    def _make(self, params):
        methods = self.saved.get(params["customer"], {})
        if params["payment_method"] not in methods:
            raise Failure(400, "resource_missing")
        wanted = {"off_session": "true", "confirm": "true", "capture_method": "manual"}
        if {name: params.get(name) for name in wanted} != wanted:
            raise Failure(400, "parameter_missing")
        intent = self._intent(int(params["amount"]), params["currency"])
        intent["customer"], intent["metadata"] = params["customer"], _metadata(params)
        if code := methods[params["payment_method"]]:
            intent["status"], intent["amount_capturable"] = "requires_payment_method", 0
            if code == "requires_action":  # no error: the buyer would have to be there
                intent["status"] = code
                return intent
            raise Failure(402, code, "card_error")
        return intent

    def _made(self, params):
        rows = [one for one in self.intents.values() if one.get("customer") == params["customer"]]
        rows = [one for one in rows if one["created"] >= int(params["created[gte]"])]
        return {"object": "list", "url": "/v1/payment_intents", "has_more": False, "data": rows}

    def _capture(self, intent, params):
        amount = int(params.get("amount_to_capture", intent["amount_capturable"]))
        if intent["status"] != "requires_capture" or not 0 < amount <= intent["amount_capturable"]:
            raise Failure(400, "payment_intent_unexpected_state")
        final = params.get("final_capture", "true") == "true"
        left = 0 if final else intent["amount_capturable"] - amount
        intent["amount_received"] += amount
        intent["amount_capturable"] = left
        intent["status"] = "requires_capture" if left else "succeeded"
        return intent

    def _cancel(self, intent, _params):
        if intent["status"] not in ("requires_capture", "requires_payment_method", "requires_action"):
            raise Failure(400, "payment_intent_unexpected_state")
        intent["status"], intent["amount_capturable"] = "canceled", 0
        return intent

    def _refund(self, params):
        intent, amount = self.intents[params["payment_intent"]], int(params["amount"])
        if amount > intent["amount_received"] - self.given(intent["id"]):
            raise Failure(400, "charge_already_refunded")
        key = f"re_{next(self._numbers)}"
        about = {
            "id": key,
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "status": self.refund_status,
        }
        self.refunds[key] = {**about, "payment_intent": intent["id"], "metadata": _metadata(params)}
        return self.refunds[key]

    def _list(self, intent):
        rows = [one for one in self.refunds.values() if one["payment_intent"] == intent]
        return {"object": "list", "url": "/v1/refunds", "has_more": False, "data": rows}

    def given(self, intent):
        rows = (one for one in self.refunds.values() if one["payment_intent"] == intent)
        return sum(one["amount"] for one in rows if one["status"] == "succeeded")


def _metadata(params):
    return {name[9:-1]: value for name, value in params.items() if name.startswith("metadata[")}


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def _serve(self):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        params = dict(parse_qsl(parts.query)) | dict(parse_qsl(body))
        replayed = False
        try:
            key = self.headers.get("Idempotency-Key") if self.command == "POST" else None
            status, answer = 200, self.server.fake.answer(self.command, parts.path, params, key)
        except Failure as failure:
            status, answer, replayed = failure.status, failure.body, failure.replayed
        raw = json.dumps(answer).encode()
        if key and self.server.fake.garbled:
            self.server.fake.garbled -= 1
            raw = b"<html>Bad gateway"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if replayed:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = _serve  # noqa: N815 - named by http.server


@contextmanager
def stripe_server():
    """A running stand-in; its ``url``."""
    fake = FakeStripe()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads, server.fake = True, fake
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def signed(event, secret, at):
    """Body and ``Stripe-Signature`` of a webhook, as Stripe signs it: HMAC-SHA-256 over moment and body."""
    body = json.dumps(event).encode()
    stamp = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={digest}"
