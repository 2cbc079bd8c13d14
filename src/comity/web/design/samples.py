"""Invented data for the pattern book. Nobody and nothing here exists; ``now`` stands still."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator

from comity.web.design.forms import SampleForm

NOW = datetime(2026, 11, 23, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
RULEBOOK_ON = date(2026, 11, 1)

DRAFT = (
    "Dear Hanna, thank you for the number. The new cover leaves us today and should be with you by Thursday. "
    "If anything is still wrong, write to studio at alderloom dot example. "
    "And with code SORRY15 you get 15 % off your next order. We have matching curtains too."
)
_FOUND = [
    ("contact.phone", "oh-one-six-one, 496 double-oh 18", "block", "Phone number, also in words.",
     "Write what is needed here."),
    ("review.biased", "If you are happy, five stars help a small shop", "hold", "Asks for a good rating.",
     "Ask without naming stars or mood."),
    ("contact.email", "studio at alderloom dot example", "block", "E-mail address, spelled out.",
     "Messages stay here so that every promise is on record."),
    ("marketing.promotion", "code SORRY15 you get 15 % off your next order", "block", "Coupon for a later order.",
     "That is advertising, even as an apology. Money back on this order is allowed."),
    ("marketing.promotion", "We have matching curtains too", "warn", "Mentions another product.",
     "You may send it once you have read this."),
]  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the samples' month."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def found_in(text: str) -> list[dict[str, Any]]:
    """The findings of the sample's own words in ``text``, as a verdict has them."""
    return [
        {
            "rule": rule,
            "start": start,
            "end": start + len(words),
            "outcome": outcome,
            "reason": reason,
            "advice": advice,
        }
        for rule, words, outcome, reason, advice in _FOUND
        if (start := text.find(words)) >= 0
    ]


def check(text: str) -> dict[str, Any]:
    """The answer of a live check of ``text``: outcome and findings with UTF-16 offsets."""
    findings = found_in(text)
    for finding in findings:
        before = text[: finding.pop("start")]
        finding["start16"] = len(before.encode("utf-16-le")) // 2
        finding["end16"] = len(text[: finding.pop("end")].encode("utf-16-le")) // 2
    outcomes = {finding["outcome"] for finding in findings}
    outcome = next((one for one in ("block", "hold", "warn") if one in outcomes), "deliver")
    return {"outcome": outcome, "findings": findings, "input": "sample", "rulebook_on": "1 Nov 2026"}


def messages() -> list[dict[str, Any]]:
    """A message in every state."""
    blocked = "Hello Hanna, easiest is to ring the workshop: oh-one-six-one, 496 double-oh 18 \N{OK HAND SIGN}."
    held = "Glad it fits. If you are happy, five stars help a small shop. We have matching curtains too."
    return [
        {"id": "msg_1", "author": "Hanna Kessler", "author_note": "Buyer", "at": at(22, 14, 20), "lang": "de",
         "text": "Die Nummer ist 4471-B, auf beiden Etiketten.\n\nVielen Dank für die schnelle Antwort."},
        {"id": "msg_2", "author": "Ines Moreau", "author_note": "Alder & Loom", "at": at(22, 14, 52), "mine": True,
         "state": "delivered", "text": "Thank you. The exchange leaves us today.", "delivered_at": at(22, 14, 52),
         "answered_in": timedelta(minutes=32)},
        {"id": "msg_3", "author": "Wayfold", "at": at(22, 15, 20), "kind": "note",
         "text": "The answer clock started again: due Monday 14:20. If it passes, Hanna may ask us to step in."},
        {"id": "msg_4", "author": "Tomas Brandt", "author_note": "Alder & Loom", "at": at(23, 9, 12), "mine": True,
         "state": "blocked", "text": blocked, "rulebook_on": RULEBOOK_ON, "rewrite_href": "#write",
         "appeal_href": "#messages", "consequence": "The answer clock kept running.",
         "findings": found_in(blocked)},
        {"id": "msg_5", "author": "Ines Moreau", "author_note": "Alder & Loom", "at": at(23, 10, 2), "mine": True,
         "state": "held", "text": held, "held_at": at(23, 10, 2), "held_until": at(24, 10, 2),
         "rulebook_on": RULEBOOK_ON, "consequence": "The time to answer does not run while it waits.",
         "findings": found_in(held)},
        {"id": "msg_6", "author": "Ines Moreau", "author_note": "Alder & Loom", "at": at(23, 10, 40), "mine": True,
         "state": "withdrawn", "text": "It rides quietly, I hope?",
         "ruling": {"decision": "returned", "at": at(23, 10, 55), "reason": "please say it without the stars"}},
        {"id": "msg_7", "author": "يارا حداد", "author_note": "Buyer", "at": at(23, 11, 5),
         "text": "هل يمكن تغيير لون الغطاء إلى الرمادي قبل الإرسال؟ 114-3029174-6651802"},
        {"id": "msg_8", "author": "Ines Moreau", "author_note": "Alder & Loom", "at": at(23, 11, 19), "mine": True,
         "state": "accepted", "text": "It reads \u202ebackwards\u202c: that sign is shown, not obeyed."},
    ]  # fmt: skip


def items() -> list[dict[str, Any]]:
    """Inbox rows: over, nearly due, plenty of time, another script, no deadline."""
    about = "114-3029174-6651802"
    return [
        {"href": "#list", "name": "Daniel Osei", "unread": True, "due": NOW - timedelta(minutes=40),
         "started": NOW - DAY, "topic": "Arrived damaged", "about": about,
         "snippet": "The shade of the lamp has a crack from top to bottom", "tail": "Tomas Brandt", "tags": ["photo"]},
        {"href": "#list", "name": "Hanna Kessler", "current": True, "due": at(23, 14, 20), "started": at(22, 14, 20),
         "topic": "Wrong item", "about": about, "snippet": "The number under the barcode is 4471-B, on both labels",
         "tail": "Ines Moreau", "tags": ["exchange", "German"]},
        {"href": "#list", "name": "Maribel Ortega", "unread": True, "due": NOW + timedelta(hours=5, minutes=25),
         "started": NOW - timedelta(hours=18, minutes=35), "topic": "Return", "about": about,
         "snippet": "May I return one of the two curtains, or only the pair?", "tail": "Nobody yet"},
        {"href": "#list", "name": "يارا حداد", "due": NOW + timedelta(hours=20), "started": NOW - timedelta(hours=4),
         "topic": "Change an order", "about": about, "snippet": "هل يمكن تغيير لون الغطاء إلى الرمادي قبل الإرسال؟"},
        {"href": "#list", "name": "Peter Lindqvist", "aside": "since Sat", "topic": "Invoice", "about": about,
         "snippet": "The invoice with your company’s number is attached", "tags": ["claim open"]},
    ]  # fmt: skip


def composers() -> list[dict[str, Any]]:
    """Empty, with one finding, with a warning to confirm, too long, and with three findings in the desk."""
    common = {"action": "", "limit": 4000, "key": "sample", "check_url": "/design/check/", "to": "Hanna Kessler"}
    purposes = [("reply", "Answer to a question"), ("order_problem", "Problem with the order")]
    one = "If anything is still wrong, write to studio at alderloom dot example."
    warned = "The cover leaves us today. We have matching curtains too."
    return [
        {**common, "id": "empty", "purposes": purposes, "next": "Hanna is told by e-mail at once."},
        {**common, "id": "one", "text": one, "findings": found_in(one), "rulebook_on": RULEBOOK_ON},
        {**common, "id": "warned", "text": warned, "findings": found_in(warned), "outcome": "warn",
         "confirm": "sample", "errors": {"confirmed": "Tick the box, or change the text."}},
        {**common, "id": "long", "limit": 40, "text": "This is a little more than may be sent here.",
         "errors": {"text": "Your message has 44 characters; up to 40 can be sent. Shorten it by 4."}},
        {**common, "id": "docked", "in_desk": True, "purposes": purposes, "text": DRAFT, "saved_at": at(23, 11, 19),
         "findings": found_in(DRAFT), "rulebook_on": RULEBOOK_ON, "offer_href": "#composers"},
    ]  # fmt: skip


def order() -> dict[str, Any]:
    """An order with deadlines on top."""
    return {
        "number": "114-3029174-6651802", "href": "#order", "currency": "EUR", "placed_at": at(14, 19, 22),
        "fulfilled_by": "shipped by you", "shipping": 490, "total": 18290,
        "deadlines": [{"label": "Answer by", "at": at(23, 14, 20), "tone": "soon"},
                      {"label": "Buyer may escalate", "at": at(24, 14, 20)},
                      {"label": "Returns until", "at": date(2026, 12, 21)}],
        "lines": [{"title": "Linen duvet cover, oat", "detail": "200 × 220", "quantity": 1, "total": 12900},
                  {"title": "Linen pillowcase, oat", "detail": "50 × 75", "quantity": 2, "total": 4900}],
        "steps": [{"what": "Placed and paid", "at": at(14, 19, 22)},
                  {"what": "Shipped with DHL", "code": "0034 0434 1610 9404 2557", "at": at(17, 15, 10)},
                  {"what": "Message blocked", "at": at(23, 9, 12), "state": "bad"},
                  {"what": "Answer to Hanna", "at": at(23, 14, 20), "state": "now"},
                  {"what": "Return window ends", "at": date(2026, 12, 21), "state": "todo"}],
        "history": "7 orders since Jan 2024. One return, closed with €38.00 given back.",
        "chain": {"count": 9, "unbroken": True, "export_href": "#order"},
    }  # fmt: skip


def steps_in() -> list[dict[str, Any]]:
    """The buyer's next step, not yet open and open."""
    closed = {"marketplace": "Wayfold", "open": False, "opens_at": at(24, 14, 20)}
    text = "We read the messages on this page and decide within 5 days."
    opened = {**closed, "open": True, "opens_at": at(23, 10, 40), "href": "#next-step", "text": text}
    return [closed, {**opened, "until": date(2027, 2, 19)}]


def _bound_form() -> SampleForm:
    form = SampleForm({"email": "hanna@", "language": "de", "tell_me": "on"})
    form.is_valid()
    return form


def everything() -> dict[str, Any]:
    """The context of the pattern book."""
    return {
        "now": NOW, "desk": "Pattern book", "who": "Ines Moreau · Alder & Loom",
        "marketplace": {"name": "Wayfold"},
        "nav": [{"label": "Inbox", "href": "#list", "count": 6, "current": True}, {"label": "Orders", "href": "#order"},
                {"label": "Messages", "href": "#messages"}, {"label": "Composer", "href": "#composers"},
                {"label": "Team", "href": "#team"}, {"label": "Search", "href": "#search"}],
        "search_href": "/design/",
        "colours": [("paper", "the desk"), ("sheet", "what is read or filled in"), ("sunk", "hover, disabled"),
                    ("line", "quiet rules"), ("edge", "edge of inputs"), ("ink", "text"), ("ink-2", "labels"),
                    ("ink-3", "least"), ("accent", "act, here, yours"), ("accent-wash", "under accent"),
                    ("alert", "refused, over"), ("alert-wash", "under alert"), ("warn", "soon, careful"),
                    ("warn-wash", "under warn"), ("ok", "done, within")],
        "messages": messages(), "items": items(), "composers": composers(), "order": order(),
        "rings": [(NOW + timedelta(hours=20, minutes=55), NOW - timedelta(hours=3, minutes=5)),
                  (at(23, 14, 20), at(22, 14, 20)), (NOW - timedelta(minutes=40), NOW - DAY)],
        "states": ["delivered", "accepted", "held", "blocked", "withdrawn", "released", "returned", "intact", "broken"],
        "tabs": [{"label": "To answer", "href": "#tabs", "count": 6, "current": True},
                 {"label": "Waiting", "href": "#tabs", "count": 3}, {"label": "All", "href": "#tabs"}],
        "page": Paginator(range(340), 25).page(2),
        "chains": [{"count": 9, "unbroken": True, "export_href": "#chain"}, {"count": 1, "unbroken": True},
                   {"count": 9, "unbroken": False, "fault": "entry 4 was altered", "head": "9f3c00aa71ae"}],
        "steps_in": steps_in(),
        "topics": [("damaged", "It arrived damaged", "Broken, cracked, stained"), ("return", "I want to return it", ""),
                   ("missing", "Something is missing", "A part, or one of several")],
        "form": SampleForm(), "wrong_form": _bound_form(),
        "errors": [{"sentence": "Write your message before you send it.", "field_id": "empty-text"},
                   {"sentence": "Choose what it is about.", "field_id": "topic"}],
    }  # fmt: skip


def desk() -> dict[str, Any]:
    """The context of the three panes: a list, a conversation with a draft that has three findings, an order."""
    shown = messages()
    shown[-1]["newest"] = True
    return {**everything(), "messages": shown, "composer": {**composers()[-1], "id": "write"}, "open": "mid"}
