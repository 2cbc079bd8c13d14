"""Saved replies: written once by a team, inserted where they fit.

What is saved names known variables only and has been checked like an answer to a buyer; where it is inserted, the
message is checked again with what the variables stand for. Every change is an event of the shop, or of the
marketplace for its service desk.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import slugify

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import SavedReply, SavedReplyText
from comity.messaging.models.saved_replies import NAME_CHARACTERS
from comity.messaging.selectors.saved_replies import replies_of
from comity.messaging.selectors.variables import VARIABLES, places, unfinished
from comity.messaging.services.text import clean
from comity.screening.services import screen
from comity_policy.model import Outcome, Verdict

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True)
class SavedText:
    """What the form sends. ``confirmed``: the input of the verdict that was read; ``seen``: see ``version_of``."""

    name: str
    language: str
    text: str
    confirmed: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it: ``saved``, or with nothing stored ``confirm`` (read the findings first) or ``blocked``."""

    kind: str
    saved_reply: SavedReply | None
    verdict: Verdict | None


class Stale(Refused):
    """Somebody else changed the text meanwhile (409); ``theirs`` is what it says now, None when it is gone."""

    def __init__(self, theirs: SavedReplyText | None) -> None:
        name = theirs.changed_by.name if theirs else "A colleague"
        what = "changed" if theirs else "deleted"
        super().__init__("stale", f"{name} {what} this text while you were writing. Save again to keep yours.", "form")
        self.theirs = theirs


def version_of(text: SavedReplyText | None) -> str:
    """What a form carries to say which text it began from; empty for a text that did not exist yet."""
    return f"{text.language}:{hashlib.sha256(text.text.encode()).hexdigest()[:16]}" if text else ""


def save_reply(
    *, staff: Staff | OperatorStaff, saved_reply: SavedReply | None, form: SavedText, now: datetime
) -> Saved:
    """Store a text of a saved reply, new (None) or known, and give the reply its name.

    Raises ``Refused`` (nothing stored): ``role``, a name, language or text that cannot be stored, an unknown
    variable (named, with those that are known), ``taken``, ``too_many``; and ``Stale``.
    """
    require_writer(staff, field="form")
    name, language = _name(form.name), _language(form.language)
    text = clean(form.text, limit=profile_in_force(_marketplace(staff), now).message_characters)
    require_known_variables(text)
    verdict = verdict_on_text(staff, text, language, now=now)
    if verdict and verdict.outcome == Outcome.BLOCK:
        return Saved("blocked", saved_reply, verdict)
    if verdict and verdict.outcome != Outcome.DELIVER and form.confirmed != verdict.input:
        return Saved("confirm", saved_reply, verdict)
    with write():
        owner = _lock(staff)
        _require_free(staff, saved_reply, name, now=now)
        stored = _named(staff, saved_reply, name, now=now)
        _require_seen(stored, language, form.seen)
        _store(stored, language, text, staff, now=now)
        _tell(owner, staff, "saved_reply.saved", {"saved_reply": stored.public_id, "language": language}, now=now)
    return Saved("saved", stored, verdict)


def delete_reply(*, staff: Staff | OperatorStaff, saved_reply: SavedReply, language: str = "", now: datetime) -> bool:
    """Delete the text in ``language``, or with none the whole reply, which goes with its last text too.

    Returns whether the whole reply is gone. A repeat changes nothing. Raises ``Refused``: ``role``, ``language``.
    """
    require_writer(staff, field="form")
    language = _language(language) if language else ""
    with write():
        owner = _lock(staff)
        doomed = saved_reply.texts.filter(language=language) if language else saved_reply.texts.all()
        gone, _ = doomed.delete()
        whole = not saved_reply.texts.exists()
        if whole:
            SavedReply.objects.filter(pk=saved_reply.pk).delete()
        if gone:
            data = {"saved_reply": saved_reply.public_id, "language": language}
            _tell(owner, staff, "saved_reply.deleted", data, now=now)
    return whole


def verdict_on_text(
    staff: Staff | OperatorStaff,
    text: str,
    language: str,
    *,
    known_ids: frozenset[str] = frozenset(),
    now: datetime,
    **facts: Any,
) -> Verdict | None:
    """What the rules say to ``text`` as an answer; None for the marketplace's own words, which no rule binds.

    Variables are read as a word of the same length, so that findings lie where they lie in ``text``. ``known_ids``
    are numbers never taken for contacts, ``facts`` others that rules may use: what is saved is about no order yet.
    """
    if isinstance(staff, OperatorStaff):
        return None
    return screen(
        text=_with_words_for_variables(text),
        role="seller",
        purpose="reply",
        language=language,
        marketplace=staff.seller.marketplace,
        known_ids=known_ids,
        now=now,
        **facts,
    )


def _with_words_for_variables(text: str) -> str:
    for place in places(text):
        text = f"{text[: place.start]}{'x' * (place.end - place.start)}{text[place.end :]}"
    return text


def require_known_variables(text: str) -> None:
    """Raise ``Refused`` for a variable that is not in the table, naming it and those that are."""
    known = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
    unknown = dict.fromkeys(place.name for place in places(text) if place.name not in VARIABLES)
    if unknown:
        named = ", ".join(f"“{name}”" for name in unknown)
        are = "is no variable" if len(unknown) == 1 else "are no variables"
        raise Refused("unknown_variable", f"{named} {are}. Known are {known}.", "text")
    if unfinished(text):
        sentence = f"Double braces stand around variables only, two before and two after. Known are {known}."
        raise Refused("braces", sentence, "text")


def _name(name: str) -> str:
    short = slugify(name, allow_unicode=True)
    if not short:
        raise Refused("name", "Give it a name of letters and digits, such as “where-is-it”.", "name")
    if len(short) > NAME_CHARACTERS:
        raise Refused("name", f"The name has {len(short)} characters; up to {NAME_CHARACTERS} fit.", "name")
    return short


def is_language(code: str) -> bool:
    """Whether it looks like the code of a language, whatever the case: ``de``, ``pt-BR``."""
    return _LANGUAGE.fullmatch(code.lower()) is not None


def _language(language: str) -> str:
    if not is_language(language):
        raise Refused("language", "Choose the language of the text.", "language")
    return language.lower()


def _marketplace(staff: Staff | OperatorStaff) -> Marketplace:
    return staff.seller.marketplace if isinstance(staff, Staff) else staff.marketplace


def _lock(staff: Staff | OperatorStaff) -> Seller | Marketplace:
    """The row on whose stream changes are told: one change at a time."""
    if isinstance(staff, Staff):
        return Seller.objects.select_for_update().get(pk=staff.seller_id)
    return Marketplace.objects.select_for_update().get(pk=staff.marketplace_id)


def _require_free(staff: Staff | OperatorStaff, saved_reply: SavedReply | None, name: str, *, now: datetime) -> None:
    others = replies_of(staff)
    if saved_reply:
        others = others.exclude(pk=saved_reply.pk)
    if others.filter(name=name).exists():
        raise Refused("taken", f"“{name}” exists already. Choose another name, or edit that one.", "name")
    most = profile_in_force(_marketplace(staff), now).saved_replies
    if saved_reply is None and others.count() >= most:
        raise Refused("too_many", f"There are {most} saved replies. Delete one that nobody uses.", "form")


def _named(staff: Staff | OperatorStaff, saved_reply: SavedReply | None, name: str, *, now: datetime) -> SavedReply:
    stored = replies_of(staff).filter(pk=saved_reply.pk).first() if saved_reply else None
    if saved_reply is not None and stored is None:
        raise Stale(None)
    if stored is None:
        seller = staff.seller if isinstance(staff, Staff) else None
        public_id = new_id("sav", now)
        return SavedReply.objects.create(marketplace=_marketplace(staff), seller=seller, public_id=public_id, name=name)
    if stored.name != name:
        stored.name = name
        stored.save(update_fields=["name"])
    return stored


def _require_seen(stored: SavedReply, language: str, seen: str) -> None:
    theirs = stored.texts.select_related("changed_by").filter(language=language).first()
    began_from = seen if seen.startswith(f"{language}:") else ""  # another language: a new text
    if version_of(theirs) != began_from:
        raise Stale(theirs)


def _store(stored: SavedReply, language: str, text: str, staff: Staff | OperatorStaff, *, now: datetime) -> None:
    said = {"text": text, "changed_by": staff.user, "changed_at": now}
    SavedReplyText.objects.update_or_create(saved_reply=stored, language=language, defaults=said)


def _tell(
    owner: Seller | Marketplace, staff: Staff | OperatorStaff, name: str, data: Mapping[str, str], *, now: datetime
) -> None:
    emit(
        owner,
        name=name,
        data=data,
        stream_id=owner.public_id,
        marketplace=_marketplace(staff).public_id,
        actor=staff.user.public_id,
        now=now,
    )
    owner.save(update_fields=["event_count"])
