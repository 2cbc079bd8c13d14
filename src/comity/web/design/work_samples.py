"""Invented data for the pattern book: files, care, a team's work, search, recalls."""

from datetime import timedelta
from typing import Any

from django.templatetags.static import static

from comity.web.design.samples import DAY, NOW, RULEBOOK_ON, at

_HINT = "Up to 5 files, 10 MB in all: PDF, JPEG, PNG, GIF, WebP, Word (docx), Excel (xlsx) or OpenDocument (odt)."


def files() -> list[dict[str, Any]]:
    """A picture with its preview, a document, one that nobody could read, under a name without a space."""
    long = "return-form-and-photographs-of-the-carton-from-all-six-sides_final-final.docx"
    return [
        {"name": "label.jpg", "about": "JPEG, 1.2 MB", "href": "#files", "preview_href": static("mark.svg")},
        {"name": "الفاتورة.pdf", "about": "PDF, 2 pages, 120 kB", "href": "#files"},
        {"name": long, "about": "Word, 310 kB", "href": "#files", "unread": "its text could not be read"},
    ]


def attach(**changes: Any) -> dict[str, Any]:
    """The files of a form: how many more fit, what was taken in, what was refused."""
    few = {"kept": [], "errors": [], "hint": _HINT, "accept": ".pdf,.png", "room": 5}
    return {**few, "bytes": 10_000_000, "bytes_left": 10_000_000, **changes}


def composers() -> list[dict[str, Any]]:
    """With files and saved replies; with a refused file; overtaken by a colleague."""
    common = {"action": "", "limit": 4000, "key": "sample", "to": "Hanna Kessler"}
    kept = [
        {"token": "t1", "name": "label.jpg", "size": "1.2 MB"},
        {"token": "t2", "name": "form.pdf", "size": "90 kB"},
    ]
    refused = ["“film.mov” is a film. Send pictures, PDF or office files."]
    colleague = {"text": "Dear Hanna, the new cover left us this morning. Tomas"}
    overtaken = "Tomas Brandt answered while you were writing. Read his message; yours is still here."
    return [
        {**common, "id": "with-files", "attach": attach(kept=kept, room=3), "picker": picker(),
         "next": "Sent after 10 s."},
        {**common, "id": "refused", "text": "Here is the film.", "attach": attach(errors=refused)},
        {**common, "id": "overtaken", "text": "Dear Hanna, it leaves us tomorrow.", "errors": {"form": overtaken},
         "overtaken_by": colleague},
    ]  # fmt: skip


def picker() -> dict[str, Any]:
    """Saved replies: one in the language of the conversation, one only in another."""
    choices = [
        {"saved_reply": {"name": "not-yet-shipped", "public_id": "srp_1"}, "fallback": False,
         "text": {"language": "en", "text": "Hello {{buyer.name}}, your order leaves us by {{ship_by}}."}},
        {"saved_reply": {"name": "return", "public_id": "srp_2"}, "fallback": True,
         "text": {"language": "de", "text": "Guten Tag {{buyer.name}}, so schicken Sie es zurück."}},
    ]  # fmt: skip
    return {"insert_url": "#composers", "manage_url": "#composers", "language": "English", "choices": choices}


def messages() -> list[dict[str, Any]]:
    """With files; held with one; voted on; reported; written first; only for the team; to be taken back."""
    buyer = {"author": "Hanna Kessler", "author_note": "Buyer"}
    mine = {"author": "Ines Moreau", "author_note": "Alder & Loom", "mine": True}
    in_file = {"rule": "contact.phone", "start": 0, "end": 0, "outcome": "hold", "where": "label.jpg",
               "reason": "Phone number in a picture.", "advice": "Cover it, then send it again."}  # fmt: skip
    ask = {"vote_url": "#files", "report_href": "#messages"}
    report = {"reason": "Advertising or spam", "outcome": "Somebody reads it within a day."}
    return [
        {**buyer, "id": "msg_21", "at": at(23, 8, 1), "text": "These came out of the carton.", "files": files()},
        {**mine, "id": "msg_22", "at": at(23, 8, 30), "text": "The label is in the picture.", "state": "held",
         "held_at": at(23, 8, 30), "held_until": at(24, 8, 30), "rulebook_on": RULEBOOK_ON, "files": files()[:1],
         "findings": [in_file]},
        {"id": "msg_23", "at": at(23, 9, 0), "author": "Tomas Brandt", "author_note": "Alder & Loom",
         "text": "It is on its way back to us.", "state": "delivered", "care": ask},
        {"id": "msg_24", "at": at(23, 9, 5), "author": "Tomas Brandt", "author_note": "Alder & Loom",
         "text": "The new one is with the carrier.", "state": "delivered",
         "care": {**ask, "yes": True, "voted": "Thank you. You can change it."}},
        {"id": "msg_25", "at": at(23, 9, 30), "author": "Tomas Brandt", "author_note": "Alder & Loom",
         "text": "And have you seen our curtains?", "state": "delivered", "care": {"report": report}},
        {"id": "msg_26", "at": at(23, 10, 0), "author": "Ines Moreau", "author_note": "Alder & Loom",
         "text": "The lamp must not be used until you have read this.", "state": "delivered",
         "choice_href": "#messages",
         "declared": {"label": "Problem with the order", "critical": True, "important": "It reaches you in any case."}},
        {"id": "msg_27", "at": at(23, 10, 30), "author": "Tomas Brandt", "author_note": "Private note",
         "private": True, "text": "@Ines Moreau the depot looks for it by noon.", "remove_url": "#messages"},
        {"id": "msg_28", "at": at(23, 10, 40), "author": "Tomas Brandt", "author_note": "Private note",
         "private": True, "text": "", "removed_at": at(23, 10, 41)},
        {**mine, "id": "msg_29", "at": NOW, "text": "It leaves us today.", "state": "accepted",
         "undo_href": "#messages", "undo_until": NOW + timedelta(seconds=10)},
    ]  # fmt: skip


def items() -> list[dict[str, Any]]:
    """Inbox rows that a team works on: assigned, labelled, with names that are too long."""
    labels = [{"name": "Waiting for the carrier", "colour": "warn"}, {"name": "VIP", "colour": "accent"}]
    long = "Wolfeschlegelsteinhausenbergerdorff-Überschreibung Sr."
    row = {"href": "#team", "started": NOW - DAY, "about": "114-3029174-6651802"}
    return [
        {**row, "id": "cnv_1", "name": "Hanna Kessler", "due": NOW + timedelta(hours=3), "topic": "Wrong item",
         "snippet": "The number is 4471-B", "assignee": "Tomas Brandt", "labels": labels},
        {**row, "id": "cnv_2", "name": long, "unread": True, "due": NOW + timedelta(hours=20), "topic": "Return",
         "snippet": "I would like to send it back", "assignee": "You", "tags": ["German"]},
    ]  # fmt: skip


def hits() -> list[dict[str, Any]]:
    """What a search finds: a message with its words, an order by its number, a person."""
    pieces = [{"text": "The ", "hit": False}, {"text": "lamp", "hit": True}, {"text": " has a crack", "hit": False}]
    return [
        {"href": "#search", "title": "Daniel Osei", "at": at(22, 14, 20), "pieces": pieces, "state": "blocked",
         "meta": ["Arrived damaged", "114-3029174-6651802"]},
        {"href": "#search", "title": "114-3029174-6651802", "code": True, "detail": "Hanna Kessler",
         "at": at(14, 19, 22)},
        {"title": "يارا حداد", "detail": "Buyer", "meta": ["3 conversations"]},
    ]  # fmt: skip


def recalls() -> list[dict[str, Any]]:
    """A recall that was not read yet, and one that was."""
    recall = {"href": "#recalls", "title": "Ash table lamp", "remedy": "You get another one.", "action": ""}
    return [{**recall, "action": "#recalls"}, {**recall, "acknowledged_at": at(22, 9)}]


def everything() -> dict[str, Any]:
    """The context of these parts."""
    return {
        "work_messages": messages(), "work_items": items(), "work_composers": composers(), "hits": hits(),
        "recalls": recalls(), "answering": [{"name": "Tomas Brandt", "since": at(23, 11, 18)}],
        "terms": [{"label": "Shipping", "href": "#recalls", "valid_from": at(2, 9)},
                  {"label": "Returns", "href": "#recalls", "valid_from": at(2, 9)}],
        "label_colours": [("", "Grey"), ("accent", "Blue"), ("ok", "Green"), ("warn", "Amber"), ("alert", "Red")],
    }  # fmt: skip
