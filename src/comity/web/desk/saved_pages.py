"""The pages on which a team keeps its saved replies, put together from selectors."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf.locale import LANG_INFO
from django.http import HttpRequest

from comity.common.errors import NotFound, Refused
from comity.messaging.models import SavedReply, SavedReplyText
from comity.messaging.selectors.saved_replies import home_language, order_to_try, replies_page, text_for
from comity.messaging.selectors.variables import SAMPLE, VARIABLES, case_of_order, filled, values_of
from comity.messaging.services.gaps import gaps_in
from comity.messaging.services.posting import known_of
from comity.messaging.services.saved_replies import (
    SavedText,
    Stale,
    require_known_variables,
    verdict_on_text,
    version_of,
)
from comity.orders.selectors.orders import order_facts
from comity.web.desk.desks import Desk
from comity_policy.model import Verdict

LANGUAGES: tuple[tuple[str, str], ...] = tuple(
    sorted(((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info), key=lambda one: one[1])
)
_NAMES = dict(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Page:
    """The form as it is shown: what is typed, what was wrong with it, and what the rules found in it."""

    typed: SavedText
    order: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None
    theirs: SavedReplyText | None = None

    def refused(self, refusal: Refused) -> "Page":
        """The same form with a sentence beside the field; over a colleague's change the next saving goes."""
        place = refusal.field if refusal.field in ("name", "language", "text", "order") else "form"
        page = replace(self, errors={place: refusal.sentence})
        if not isinstance(refusal, Stale):
            return page
        return replace(page, theirs=refusal.theirs, typed=replace(self.typed, seen=version_of(refusal.theirs)))


def language_name(code: str) -> str:
    """“German” for ``de``; the code itself for a language that no table knows."""
    return _NAMES.get(code) or _NAMES.get(code.partition("-")[0], code)


def list_page(desk: Desk, request: HttpRequest) -> dict[str, Any]:
    """All saved replies by name, with their languages and what readers of others get."""
    page = replies_page(staff=desk.staff, page=request.GET.get("page"))
    home = home_language(desk.staff)
    rows = [(saved, sorted(saved.texts.all(), key=lambda text: text.language)) for saved in page]
    return {
        **_frame(desk),
        "page": page,
        "rows": [
            {
                "name": saved.name,
                "texts": [{"language": language_name(one.language), "href": _href(desk, saved, one)} for one in texts],
                "shown": text_for(texts, home, home=home),
                "changed": max(texts, key=lambda text: text.changed_at),
            }
            for saved, texts in rows
            if texts
        ],
    }


def edit_page(desk: Desk, saved: SavedReply | None, page: Page, *, now: datetime) -> dict[str, Any]:
    """One text of a saved reply: the form, its preview, its other languages, the variables."""
    texts = list(saved.texts.order_by("language")) if saved else []
    typed = page.typed
    return {
        **_frame(desk),
        "saved": saved,
        "form": page,
        "title": saved.name if saved else "New saved reply",
        "texts": [(language_name(one.language), _href(desk, saved, one), one.language) for one in texts],
        "exists": any(one.language == typed.language for one in texts),
        "languages": _offered(typed.language),
        "fallback": _fallback(desk, texts),
        "variables": VARIABLES.values(),
        "preview": preview(desk, page, now=now) if typed.text.strip() else None,
        "findings": page.verdict.findings if page.verdict else (),
        "confirm": page.verdict.input if page.verdict and page.verdict.outcome != "block" else "",
        "save_url": desk.url("saved-reply", saved=saved.public_id) if saved else desk.url("saved-new"),
        "delete_url": desk.url("saved-delete", saved=saved.public_id) if saved else "",
        "preview_url": desk.url("saved-preview"),
        "writes": desk.writes,
    }


def opened(saved: SavedReply | None, language: str, home: str) -> Page:
    """The form as a link opens it: the text in ``language``, or an empty one to write."""
    text = saved.texts.filter(language=language).first() if saved else None
    typed = SavedText(saved.name if saved else "", language or home, text.text if text else "", seen=version_of(text))
    return Page(typed)


def preview(desk: Desk, page: Page, *, now: datetime) -> dict[str, Any]:
    """What a buyer would read, with invented values or those of a real order; gaps and findings are marked."""
    typed, known = page.typed, frozenset[str](SAMPLE.values())
    facts: dict[str, Any] = {}
    try:
        require_known_variables(typed.text)
        values: Any = SAMPLE
        if page.order.strip():
            order = order_to_try(staff=desk.staff, number=page.order.strip())
            values = values_of(case_of_order(order, writer=desk.user, language=typed.language))
            known, facts = order_facts(order), known_of(order, now)
    except NotFound:
        return {
            "refusal": "There is no such order here: type its whole number, or nothing for invented values.",
            "field": "order",
        }
    except Refused as refusal:
        return {"refusal": refusal.sentence, "field": "text"}
    text = filled(typed.text, values)
    verdict = verdict_on_text(desk.staff, text, typed.language, known_ids=known, now=now, **facts)
    found = (*gaps_in(text), *(verdict.findings if verdict else ()))
    return {"text": text, "language": typed.language, "findings": found, "order": page.order.strip()}


def _fallback(desk: Desk, texts: list[SavedReplyText]) -> str:
    """What readers of all other languages get, in a sentence; empty while there is no text."""
    text = text_for(texts, "", home=home_language(desk.staff))
    return f"Buyers with none of its languages get the {language_name(text.language)} text." if text else ""


def _offered(language: str) -> tuple[tuple[str, str], ...]:
    """The languages to choose from: one that no table knows is among them, and for a ``new`` text none is chosen."""
    if language in _NAMES:
        return LANGUAGES
    return (("", "Choose") if language == "new" else (language, language), *LANGUAGES)


def _href(desk: Desk, saved: SavedReply | None, text: SavedReplyText) -> str:
    return f"{desk.url('saved-reply', saved=saved.public_id)}?language={text.language}" if saved else ""


def _frame(desk: Desk) -> dict[str, Any]:
    frame, here = desk.frame(), desk.url("saved-replies")
    return {
        **frame,
        "nav": [link | {"current": link["href"] == here} for link in frame["nav"]],
        "list_url": here,
        "new_url": desk.url("saved-new") if desk.writes else "",
    }
