"""The tags of every template (built in, no ``load``). ``now`` is always the page's, never the machine's."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comity.common import locales
from comity.common.counting import count_words
from comity.integrations.carriers import tracking_href
from comity.web.account.gate import left_over
from comity.web.templatetags import times
from comity.web.templatetags.marking import marked_html, value
from comity.web.wording import told_to_reader
from comity_policy.wording import Told

register = template.Library()

_ROUND = 31.42  # the ring's length: 2π times its radius of 5
_STATES = {  # state -> (icon, tone, word)
    "accepted": ("check", "quiet", "Sent, on its way"),
    "delivered": ("check", "ok", "Delivered"),
    "held": ("hold", "warn", "Held before delivery"),
    "blocked": ("stop", "alert", "Blocked, never delivered"),
    "withdrawn": ("x", "quiet", "Withdrawn"),
    "released": ("check", "ok", "Released"),
    "returned": ("back", "warn", "Returned to its author"),
    "shipped": ("box", "", "Shipped"),
    "intact": ("seal", "ok", "Record intact"),
    "broken": ("warn", "alert", "Record broken"),
}
_EFFECTS = {  # as in marks.js
    "deliver": "does not stop the message",
    "warn": "asks you to read the note first",
    "hold": "holds the message until a person has read it",
    "block": "blocks the message",
}
_TONES = {"info": ("", "info"), "ok": ("o", "check"), "warn": ("w", "warn"), "alert": ("a", "stop")}


@register.simple_tag
@cache
def icon(name: str, extra: str = "") -> SafeString:
    """The picture ``name`` of icons.svg, for the eye only: words beside it must say the same."""
    classes = f"i {extra}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | date | None, style: str = "") -> SafeString | str:
    """``at`` in words inside ``<time>``, whose attribute holds the exact instant; nothing when unknown."""
    if not at:
        return ""
    words = times.moment_words(at, context["now"], style)
    exact = timezone.localtime(at).isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()
    tongue = "" if times.is_english(words) else locales.readers().tag
    lang = format_html(' lang="{}"', tongue) if tongue and not tongue.startswith("en") else ""
    return format_html('<time datetime="{}"{}>{}</time>', exact, lang, words)


@register.simple_tag
def time_zone() -> str:
    """In which zone the page tells its moments, as a sentence: said once, not beside each."""
    return f"Times are in {locales.zone_words(timezone.get_current_timezone_name())}."


@register.simple_tag(takes_context=True)
def kept_words(context: Context) -> list[str]:
    """What was typed on this page before its reader signed in, and no form of it has taken over; told once."""
    request = context.get("request")
    return left_over(request) if request else []


@register.simple_tag
def locale_tag() -> str:
    """How the reader's numbers are written, as a language tag for scripts; with Western figures, as here."""
    return f"{locales.readers().tag}-u-nu-latn"


@register.simple_tag(takes_context=True)
def ring(context: Context, due: datetime | None, started: datetime | None = None, lead: str = "") -> SafeString | str:
    """A deadline as a ring with words: “3 h left”, “40 min over”.

    ``started`` gives the ring its arc. ``lead`` (“answer by”) writes the exact moment out as well.
    """
    if not due:
        return ""
    now = context["now"]
    state = times.state_of(due, started, now)
    return format_html(
        '<span class="due {}" data-due="{}" data-started="{}">{}'
        '<time datetime="{}">{}<span class="togo">{}</span></time></span>',
        state,
        int(due.timestamp()),
        int(started.timestamp()) if started else "",
        icon("warn") if state == "late" else _arc(times.share_left(due, started or now, now)),
        timezone.localtime(due).isoformat(timespec="minutes"),
        f"{lead} {times.moment_words(due, now)} · " if lead else "",
        times.left_words(due, now),
    )


def _arc(share: float) -> SafeString:
    return format_html(
        '<svg class="ring" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5"/>'
        '<circle cx="7" cy="7" r="5" stroke-dasharray="{} 32"/></svg>',
        f"{share * _ROUND:.1f}",
    )


@register.simple_tag
def money(minor: int, currency: str, *, bare: bool = False) -> str:
    """``minor`` units of ``currency`` as the reader writes it: “€129.00”, “129,00 €”; ``bare``: the figures only."""
    return locales.money(minor, currency, bare=bare)


@register.simple_tag
def tracked(shipment: Any) -> SafeString:
    """The parcel's number, leading to where its carrier shows it, if the table of carriers knows where that is."""
    number, href = shipment.tracking_number, tracking_href(shipment.carrier, shipment.tracking_number)
    if href:
        return format_html('<a class="code" href="{}" rel="noopener noreferrer">{}</a>', href, number)
    return format_html('<span class="code">{}</span>', number) if number else SafeString()


@register.simple_tag
def marked(text: str, findings: Iterable[Any] | None = None, prefix: str = "") -> SafeString:
    """People's text, escaped, with findings marked and numbered (see ``marking.marked_html``)."""
    return marked_html(text, findings or (), prefix)


@register.simple_tag(takes_context=True)
def rule_page(context: Context, rule: str) -> str:
    """Where the page about ``rule`` stands; nothing on a page of no marketplace."""
    match = getattr(context.get("request"), "resolver_match", None)
    slug = match.kwargs.get("marketplace") if match else None
    return reverse("buyer-rule", args=[slug, rule]) if slug else ""


@register.simple_tag
def told(finding: Any) -> Told:
    """What ``finding`` says to the reader: ``reason``, ``advice`` and the ``language`` of both."""
    return told_to_reader(finding)


@register.simple_tag
def quote_of(text: str, finding: Any) -> str:
    """The words of ``text`` that ``finding`` is about."""
    return value(finding, "quote") or text[value(finding, "start") : value(finding, "end")]


@register.filter
def span(length: timedelta | float) -> str:
    """A timedelta or seconds in words: “1 h 7 min”."""
    return times.span_words(length)


@register.filter
def must_mend(findings: Iterable[Any] | None) -> int:
    """How many of ``findings`` stand in the way of sending."""
    return sum(str(value(finding, "outcome")) == "block" for finding in findings or ())


@register.filter
def effect(outcome: str) -> str:
    """What a finding's ``outcome`` does to the message."""
    return _EFFECTS[str(outcome)]


@register.filter
def counted(count: int) -> str:
    """A capped count as people read it: “500+”."""
    return count_words(count)


@register.filter
def thousands(number: int) -> str:
    """``number`` with its thousands apart, as the page's script writes it."""
    return locales.number(number)


@register.filter
def on(at: date | None, style: str = "long") -> str:
    """The day of ``at`` as the reader writes it: long, dated (short with the year), short or month."""
    return locales.day(at, style)


@register.filter
def look(state: str, part: str) -> str:
    """Icon, tone or word of a message's or record's ``state``; an unknown one is its own word."""
    picture, tone, word = _STATES.get(str(state), ("info", "quiet", str(state).replace("_", " ").capitalize()))
    return {"icon": picture, "tone": tone, "word": word}[part]


@register.filter
def tone(name: str, part: str) -> str:
    """Class or icon of a banner's tone: info, ok, warn or alert."""
    return _TONES[name or "info"][part == "icon"]
