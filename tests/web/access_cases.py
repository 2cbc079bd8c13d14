"""Who may ask each route, and what is answered: the table of the access matrix.

Everybody whom a case does not let in gets a sign-in page when nobody is signed in, and the page for missing things
otherwise: see test_access_matrix.py, which also fails for a route without a case. Roles and ids: tests/web/world.py.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from comity.common import clock
from tests.factories import NOW
from tests.web.world import ROLES

EVERYBODY = "everybody"
NOBODY = ()
SIGNED = ("carrier-events", "payment-notices")  # machines post there: they sign instead of carrying our token
BUYERS = ("buyer", "other_buyer")
DESK = ("owner", "agent", "read_only", "restricted")
NOTING = ("owner", "agent", "restricted")
RULING = ("moderator", "admin")
SERVING = ("service_agent", "admin")
VERIFYING = ("adjudicator", "investigator", "admin")
OWNING = ("owner", "restricted")
INVITE = {"email": "new@example.com", "role": "agent"}
AUDITING = ("investigator", "admin")
WITH_FILE = ("buyer", *DESK, "moderator", "adjudicator", "investigator", "admin")
OPERATING = ("moderator", "service_agent", "adjudicator", "investigator", "admin")


@dataclass(frozen=True)
class Case:
    """``get`` and ``post`` are the status for who is let in; 405 where the method does not exist.

    ``but`` are roles that are let in and answered otherwise, as (get, post). ``ids`` renames what stands in the
    address: {"conversation": "service"} puts the id of the marketplace's own conversation there.
    """

    route: str
    who: tuple | str
    get: int = 405
    post: int = 405
    but: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    query: dict = field(default_factory=dict)
    body: dict = field(default_factory=dict)

    def __str__(self):
        return "-".join([self.route, *self.query, *self.ids.values()])

    @property
    def methods(self):
        return [method for method in ("get", "post") if getattr(self, method) != 405]

    def status(self, who, method):
        """What ``who`` is answered; None: is not let in."""
        if self.who != EVERYBODY and who not in self.who:
            return None
        return self.but[who][method == "post"] if who in self.but else getattr(self, method)


WRITE = {"text": "It is blue."}
ASK = {"text": "Is it blue?", "topic": "product"}
SERVICE = {"conversation": "service"}
SAVED = {"name": "another", "language": "de", "text": "Es ist blau, {{buyer.name}}.", "seen": ""}
ON_ITS_WAY = {"conversation": "answered", "message": "on its way"}
ACCEPT = {"action": "authorise", "address": "Hafenstr. 4, 20457 Hamburg"}
RULE = {"does": "accept", "address": "Hafenstr. 4, 20457 Hamburg"}
TO_SERVICE = {"returned": "returned to service"}
SERVED_ON_ITS_WAY = {"conversation": "served", "message": "served on its way"}
LATE = {"order": "late order"}
LATER = {"key": "k", "ship_on": (clock.now() + timedelta(days=9)).date().isoformat(), "reason": "The kiln cooled down."}
YES = {"key": "k", "asked": "ask_here", "choice": "accept"}
NEW_LABEL = {"name": "Later", "colour": "ok"}
EXCUSE = {"do": "no_response"}
TOLD = {"conversation": "told", "message": "answer"}
GIVE_BACK = {"price-1": "1.00", "reason": "GeneralAdjustment"}
OFFER = {"version": "1", "quantity": "3", "handling_days": "1", "offered": "on"}
PARCEL = {"carrier": "UPS", "tracking": "1Z999AA10123456784", "shipped_on": str(NOW.date())}
CASES = [
    Case("home", EVERYBODY, get=200),
    Case("sign-in", EVERYBODY, get=200, post=422, body={"email": "", "password": ""}),
    Case("sign-in-link", EVERYBODY, get=200, post=302),
    Case("account", (*ROLES, *(f"foreign {role}" for role in ROLES)), get=200, post=302, body={"part": "sessions"}),
    Case("sign-out", EVERYBODY, post=302),
    Case("hand-over", EVERYBODY, get=403),
    Case("mailbox", EVERYBODY, get=404),  # the demo's page; see below for the demo
    Case("payment-notices", EVERYBODY, post=404),  # only with a provider that writes; see test_payments.py
    Case("carrier-events", EVERYBODY, post=404),  # only with a secret; see test_carriers.py
    Case("healthz", EVERYBODY, get=200),
    Case("readyz", EVERYBODY, get=200),
    Case("design", EVERYBODY, get=200),
    Case("design-desk", EVERYBODY, get=200),
    Case("design-talk", EVERYBODY, get=200),
    Case("design-check", EVERYBODY, post=200),
    Case("theme", EVERYBODY, post=302),
    Case("keyboard", EVERYBODY, get=200, post=302),
    Case("buyer-rules", EVERYBODY, get=200),
    Case("buyer-rule", EVERYBODY, get=200),
    Case("buyer-home", EVERYBODY, get=200),
    Case("buyer-product", EVERYBODY, get=200),
    Case("buyer-seller", EVERYBODY, get=200),
    Case("buyer-orders", BUYERS, get=200),
    Case("buyer-order", ("buyer",), get=200),
    Case("buyer-order-address", ("buyer",), get=200, post=302, body={"key": "k", "address": "2 Mill Lane"}),
    Case("buyer-order-cancel", ("buyer",), get=200, post=302, body={"key": "k"}),
    Case("buyer-subscriptions", BUYERS, get=200),
    Case("buyer-subscription", ("buyer",), get=200),
    Case("buyer-subscription-cancel", ("buyer",), get=200, post=302, body={"key": "k"}),
    Case("seller-subscriptions", DESK, get=200),
    Case("buyer-order-delay", ("buyer",), get=302, post=302, ids=LATE, body={"key": "k", "choice": "keep", "notice": "dly_here"}),
    Case("buyer-contact", BUYERS, get=200, post=302, body={**ASK, "topic": "payment"}),
    Case("buyer-contact", BUYERS, get=200, post=302, body=ASK, query={"listing": "listing"}),
    Case("buyer-contact", BUYERS, get=200, post=302, body=ASK, query={"seller": "seller"}),
    Case("buyer-contact", ("buyer",), get=200, post=302, body=ASK, query={"order": "order"}),
    Case("buyer-contact-check", ("buyer",), post=200, body=ASK, query={"order": "order"}),
    Case("buyer-contact-draft", ("buyer",), post=204, body=ASK, query={"order": "order"}),
    Case("buyer-contact-sent", ("buyer",), get=200, ids={"message": "sent"}),
    Case("buyer-messages", BUYERS, get=200),
    Case("buyer-conversation", ("buyer",), get=200),
    Case("buyer-reply", ("buyer",), post=302, body=WRITE),
    Case("buyer-new", ("buyer",), get=200),
    Case("buyer-check", ("buyer",), post=200, body=WRITE),
    Case("buyer-draft", ("buyer",), post=204, body=WRITE),
    Case("buyer-policy", EVERYBODY, get=200),
    Case("buyer-report", ("buyer",), get=200, post=302, ids=TOLD, body={"reason": "spam"}),
    Case("buyer-vote", ("buyer",), post=302, ids=TOLD, body={"solved": "yes"}),
    Case("buyer-block", ("buyer",), get=200, post=409, body={"block": "yes"}),  # an order is open
    Case("seller-report", DESK, get=200, post=302, ids={"message": "sent"}, body={"reason": "spam"}, but={"read_only": (200, 422)}),
    Case("seller-block", DESK, get=200, post=409, body={"block": "yes"}),
    Case("seller-policies", DESK, get=200),
    Case("seller-policy", ("owner", "restricted"), get=200, post=302, body={"text": "Within 60 days.", "number": "1"}),
    Case("seller-listings", DESK, get=200),
    Case("seller-listing", DESK, get=200, post=302, body=OFFER, but={"agent": (200, 422), "read_only": (200, 422)}),
    Case("operator-payout-account", ("admin",), get=200),
    Case("operator-seller-payouts", ("admin",), get=200, post=302, body={"reason": "We look into it.", "key": "form_1"}),
    Case("operator-orders", VERIFYING, get=200),
    Case("operator-order", VERIFYING, get=200, post=422, body={"payment": "pmt_1"}),
    Case("operator-reports", RULING, get=200),
    Case("operator-report", RULING, get=200, post=302, body={"state": "upheld", "reason": "It is spam."}),
    Case("operator-listings", ("admin",), get=200),
    Case("operator-listing", ("admin",), get=200, post=302, body={"handling_days": "5", "reason": "Late.", "version": "1"}),
    Case("seller-shops", (*DESK, "other_seller"), get=302),
    Case("seller-home", DESK, get=302),
    Case("seller-inbox", DESK, get=200),
    Case("seller-order", DESK, get=200),
    Case("seller-order-delay", DESK, get=200, post=302, body=LATER, but={"read_only": (200, 422)}),
    Case("seller-order-cancel", DESK, get=200, post=302, body={"key": "k", "reason": "PricingError"}, but={"read_only": (200, 422)}),
    Case("seller-cancel-request", DESK, get=200, post=302, ids={"order": "asked order"}, body=YES, but={"read_only": (200, 422)}),
    Case("seller-payouts", DESK, get=200),
    Case("seller-payout-account", DESK, get=200),
    Case("seller-refund", DESK, get=200, post=302, body=GIVE_BACK, but={"read_only": (200, 422)}),
    Case("seller-ship", DESK, get=200, post=302, body={**PARCEL, "pieces_0": "1"}, but={"read_only": (200, 422)}),
    Case("seller-shipment", DESK, get=200, post=302, body=PARCEL, ids={"order": "shipped order"}, but={"read_only": (200, 422)}),
    Case("seller-slip", DESK, get=200),
    Case("seller-slip-pdf", DESK, get=200),
    Case("seller-slips", DESK, get=302, post=422),
    Case("seller-insert-check", OWNING, post=200, body=WRITE),
    Case("seller-insert-text", OWNING, get=200, post=302, body={"text": "Thank you for your order."}),
    Case("seller-ship-many", DESK, get=200, post=422),
    Case("seller-conversation", DESK, get=200),
    Case("seller-reply", DESK, post=302, body=WRITE, but={"read_only": (405, 422), "restricted": (405, 422)}),
    Case("seller-new", DESK, get=200),
    Case("seller-check", DESK, post=200, body=WRITE),
    Case("seller-draft", DESK, post=204, body=WRITE),
    Case("seller-undo", DESK, post=302, ids=ON_ITS_WAY, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("seller-insert", DESK, post=200, body=WRITE),
    Case("seller-resolve", DESK, get=200, post=302, body={"do": "escalate", "reason": "Help."}, but={"read_only": (200, 422)}),
    Case("buyer-offer", ("buyer",), post=302, body={"choice": "decline"}, ids={"conversation": "offered"}),
    Case("operator-escalation", SERVING, get=200, post=302, body={"answer": "We look."}),
    Case("seller-saved-replies", DESK, get=200),
    Case("seller-saved-new", DESK, get=200, post=302, body=SAVED, but={"read_only": (200, 422)}),
    Case("seller-saved-preview", DESK, post=200, body=SAVED),
    Case("seller-saved-reply", DESK, get=200, post=302, body=SAVED, but={"read_only": (200, 422)}),
    Case("seller-saved-delete", DESK, post=302, but={"read_only": (405, 422)}),
    Case("seller-no-response", DESK, post=302, but={"read_only": (405, 409)}),
    Case("seller-contact", DESK, get=200),
    Case("seller-contact-purpose", DESK, get=200, post=302, body=WRITE, but={"read_only": (200, 422), "restricted": (200, 422)}),
    Case("seller-contact-check", DESK, post=200, body=WRITE),
    Case("seller-contact-draft", DESK, post=204, body=WRITE),
    Case("seller-review-request", DESK, post=409),  # not shipped yet
    Case("buyer-contact-choices", BUYERS, get=200, post=302, body={"unsolicited": "no"}),
    Case("buyer-order-box", ("buyer",), get=200, post=302, body={"kind": "advertising", "text": "A flyer."}, ids={"order": "boxed order"}),
    Case("buyer-order-box-photo", ("buyer",), get=200, ids={"order": "boxed order"}),
    Case("operator-boxes", RULING, get=200),
    Case("operator-box", RULING, get=200, post=302, body={"upheld": "yes", "reason": "It is one."}),
    Case("operator-box-photo", RULING, get=200),
    Case("buyer-return-ask", ("buyer",), get=200, post=422, body={"step": "look"}),
    Case("buyer-return", ("buyer",), get=200, post=302, body={"action": "close"}),
    Case("buyer-return-file", ("buyer",), get=200, ids={"file": "returned photo"}),
    Case("seller-returns", DESK, get=200),
    Case("seller-return", DESK, get=200, post=302, body=ACCEPT, but={"read_only": (200, 422)}),
    Case("seller-return-rules", DESK, get=200, post=302, body=RULE, but=dict.fromkeys(("agent", "read_only"), (200, 422))),
    Case("seller-return-file", DESK, get=200, ids={"file": "returned photo"}),
    Case("operator-service-returns", SERVING, get=200),
    Case("operator-service-return", SERVING, get=200, post=302, body=ACCEPT, ids=TO_SERVICE),
    Case("operator-service-return-file", SERVING, get=200, ids={**TO_SERVICE, "file": "returned to service photo"}),
    Case("buyer-return-file", NOBODY, get=200, ids={"file": "returned to service photo"}),
    Case("operator-home", OPERATING, get=302),
    Case("operator-service-inbox", SERVING, get=200),
    Case("operator-service-conversation", SERVING, get=200, ids=SERVICE),
    Case("operator-service-reply", SERVING, post=302, body=WRITE, ids=SERVICE),
    Case("operator-service-new", SERVING, get=200, ids=SERVICE),
    Case("operator-service-draft", SERVING, post=204, body=WRITE, ids=SERVICE),
    Case("operator-service-undo", SERVING, post=302, ids=SERVED_ON_ITS_WAY, but={"admin": (405, 409)}),
    Case("operator-service-insert", SERVING, post=200, body=WRITE, ids=SERVICE),
    Case("operator-service-saved-replies", SERVING, get=200),
    Case("operator-service-saved-new", SERVING, get=200, post=302, body=SAVED),
    Case("operator-service-saved-preview", SERVING, post=200, body=SAVED),
    Case("operator-service-saved-reply", SERVING, get=200, post=302, body=SAVED, ids={"saved": "service's saved"}),
    Case("operator-service-saved-delete", SERVING, post=302, ids={"saved": "service's saved"}),
    Case("operator-service-saved-reply", NOBODY, get=200, post=302, body=SAVED),
    Case("operator-service-no-response", SERVING, post=302, ids=SERVICE),
    Case("operator-held", RULING, get=200),
    Case("operator-ruling", RULING, get=200, post=302, ids={"message": "held"}, body={"decision": "release", "reason": "Fine."}),
    Case("operator-take", RULING, post=302, ids={"message": "held"}),
    Case("operator-records", VERIFYING, get=200),
    Case("operator-record", VERIFYING, get=200),
    Case("operator-export", VERIFYING, get=200),
    Case("live-changes", EVERYBODY, get=403),  # for holders of a ticket; see tests/web/live
    Case("buyer-search", BUYERS, get=200),
    Case("seller-search", DESK, get=200),
    Case("operator-search", SERVING, get=200),
    Case("operator-record-search", VERIFYING, get=200),
    Case("operator-dead-letters", ("admin",), get=200),
    Case("operator-hand-over", ("admin",), get=200, post=200),
    Case("operator-carriers", ("admin",), get=200, post=200, body={"carrier": "UPS", "key": "k1"}),
    Case("operator-dead-letter", ("admin",), post=302, body={"action": "retry"}),
    Case("seller-staff", OWNING, get=200, post=302, body=INVITE),
    Case("seller-staff-invitation", OWNING, post=302, body={"action": "revoke"}),
    Case("seller-staff-colleague", OWNING, post=302, body={"action": "role", "role": "read_only"}),
    Case("seller-trail", OWNING, get=200),
    Case("seller-trail-export", OWNING, get=400),
    Case("operator-sellers", ("admin",), get=200, post=422),
    Case("operator-seller", ("admin",), get=200, post=302, body=INVITE),
    Case("operator-seller-invitation", ("admin",), post=302, body={"action": "revoke"}),
    Case("operator-seller-colleague", ("admin",), post=302, body={"action": "role", "role": "read_only"}),
    Case("operator-staff", ("admin",), get=200, post=302, body={**INVITE, "role": "moderator"}),
    Case("operator-staff-invitation", ("admin",), post=302, ids={"invitation": "colleague"}, body={"action": "revoke"}),
    Case("operator-staff-colleague", ("admin",), post=302, ids={"user": "moderator"}, body={"action": "role", "role": "investigator"}),
    Case("operator-restrictions", ("admin",), get=200, post=422, body={"who": "nobody", "kind": "messaging"}),
    Case("operator-restriction", ("admin",), post=302),
    Case("invitation", EVERYBODY, get=200, post=302, ids={"token": "invited"}, body={"name": "Ines"}),
    Case("operator-audit", AUDITING, get=200),
    Case("operator-audit-export", AUDITING, get=400),
    Case("operator-rules", ("admin",), get=200),
    Case("operator-rules-change", ("admin",), get=200, post=422, body={"step": "look"}),
    Case("operator-rule", ("admin",), get=200),
    Case("operator-rulebook", ("admin",), get=200, post=302, body={"do": "withdrawn"}),
    Case("operator-rulebook-again", ("admin",), get=422, post=422, ids={"version": "version in force"}),
    Case("operator-settings", ("admin",), get=200, post=422, body={"reply_hours": "24h"}),
    Case("buyer-recall", ("buyer",), get=200, post=302, ids={"notice": "recall"}),
    Case("buyer-product-recall", EVERYBODY, get=200, ids={"notice": "public recall"}),
    Case("seller-notices", DESK, get=200),
    Case("seller-notice-new", NOTING, get=200, post=422),
    Case("seller-recall-new", NOTING, get=200, post=422),
    Case("seller-notice", DESK, get=200, post=302, body={"action": "submit"}, ids={"notice": "draft"}, but={"read_only": (200, 422)}),
    Case("seller-notice-edit", NOTING, get=200, post=422, ids={"notice": "draft"}),
    Case("seller-agreements", DESK, get=200, post=422),
    Case("seller-agreement", DESK, post=302, body={"action": "accept"}, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("operator-recalls", RULING, get=200),
    Case("operator-recall-new", RULING, get=200, post=422),
    Case("operator-recall", RULING, get=200, post=302, body={"action": "approve", "seen": NOW.isoformat()}, ids={"notice": "waiting"}),
    Case("operator-recall-edit", RULING, get=200, post=422, ids={"notice": "operator's draft"}),
    Case("operator-agreements", ("admin",), get=200),
    Case("operator-seller-agreements", ("admin",), get=200, post=422),
    Case("operator-agreement", ("admin",), post=302, body={"action": "accept"}, ids={"agreement": "seller's agreement"}),
    Case("seller-today", DESK, get=200),
    Case("seller-orders", DESK, get=200),
    Case("seller-quality", DESK, get=200),
    Case("seller-reports", DESK, get=200, post=422),
    Case("seller-report-file", DESK, get=200, ids={"report": "shop's report"}),
    Case("seller-report-schedule-end", DESK, post=302, but={"read_only": (405, 422)}),
    Case("seller-feeds", DESK, get=200, post=422),
    Case("seller-feed", DESK, get=200),
    Case("seller-feed-result", DESK, get=200),
    Case("seller-labels", DESK, get=200, post=302, body=NEW_LABEL, but={"read_only": (200, 422)}),
    Case("seller-label", DESK, get=200, post=302, body=NEW_LABEL, but={"read_only": (200, 422)}),
    Case("seller-views", DESK, get=200, post=302, body={"name": "All"}, but={"read_only": (200, 422)}),
    Case("seller-view-delete", DESK, post=302, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("seller-bulk", DESK, get=422, post=422, body=EXCUSE),
    Case("seller-assign", DESK, post=302, body={"assignee": "me"}, but={"read_only": (405, 409)}),
    Case("seller-put-label", DESK, post=404, body={"put": "lab_unknown"}, but={"read_only": (405, 409)}),
    Case("seller-notes", DESK, post=302, body={"note": "Ask the depot."}, but={"read_only": (405, 422)}),
    Case("seller-note-remove", DESK, post=302, but={"agent": (405, 409), "read_only": (405, 409)}),
    Case("operator-service-labels", SERVING, get=200, post=302, body=NEW_LABEL),
    Case("operator-service-label", SERVING, get=200, post=302, body=NEW_LABEL, ids={"label": "service label"}),
    Case("operator-service-views", SERVING, get=200, post=302, body={"name": "All"}),
    Case("operator-service-view-delete", SERVING, post=302, ids={"saved_view": "service saved_view"}, but={"service_agent": (405, 409)}),
    Case("operator-service-bulk", SERVING, get=422, post=422, body=EXCUSE),
    Case("operator-service-assign", SERVING, post=302, body={"assignee": "me"}, ids=SERVICE),
    Case("operator-service-put-label", SERVING, post=404, body={"put": "lab_unknown"}, ids=SERVICE),
    Case("operator-service-notes", SERVING, post=302, body={"note": "Ask the depot."}, ids=SERVICE),
    Case("operator-service-note-remove", SERVING, post=302, ids={**SERVICE, "note": "service note"}, but={"service_agent": (405, 409)}),
    Case("file", WITH_FILE, get=302),
    Case("file-preview", WITH_FILE, get=200),
    Case("download", ("buyer",), get=200),
    # Right person, wrong thing.
    Case("seller-label", NOBODY, get=200, post=302, body=NEW_LABEL, ids={"label": "service label"}),
    Case("seller-note-remove", NOBODY, post=302, ids={"note": "service note"}),
    Case("operator-service-label", NOBODY, get=200, post=302, body=NEW_LABEL),
    Case("operator-service-notes", NOBODY, post=302, body={"note": "Ask the depot."}),
    Case("operator-recall", NOBODY, get=200, post=302, body={"action": "submit"}, ids={"notice": "draft"}),
    Case("buyer-recall", NOBODY, get=200, post=302, ids={"notice": "waiting"}),
    Case("buyer-contact-sent", NOBODY, get=200, ids={"message": "held"}),
    Case("buyer-report", NOBODY, get=200, post=302, ids={"message": "sent"}, body={"reason": "spam"}),
    Case("buyer-vote", NOBODY, post=302, ids={"message": "sent"}, body={"solved": "yes"}),
    Case("seller-report", NOBODY, get=200, post=302, ids={**TOLD, "conversation": "conversation"}, body={"reason": "spam"}),
    Case("seller-block", NOBODY, get=200, post=409, ids=SERVICE),
    Case("seller-conversation", NOBODY, get=200, ids=SERVICE),
    Case("seller-reply", NOBODY, post=302, body=WRITE, ids=SERVICE),
    Case("operator-service-conversation", NOBODY, get=200),
    Case("operator-service-reply", NOBODY, post=302, body=WRITE),
]  # fmt: skip
