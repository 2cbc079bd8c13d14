"""Changing the rules: what was typed, and what the page before proposing shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from comity.accounts.models import Marketplace
from comity.messaging.selectors.replay import Effect, effect_of
from comity.screening.selectors import Difference, RuleInForce, differences
from comity.screening.services import Book
from comity.screening.services.drafting import CHOICES, RuleChange
from comity.web.operator.rules_view import GROUPS, OUTCOMES

LAST = 200  # messages that are decided again to show an effect
_SHOWN = 25  # of those that change
_LINE = "line"
_PARTS = 3


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A change as it was typed; ``seen`` is the version of the page; ``errors`` a sentence for each field."""

    change: RuleChange
    why: str = ""
    seen: int = -1
    errors: Mapping[str, str] = field(default_factory=dict)


def present_form(rule: RuleInForce) -> RuleForm:
    """The form with everything as it is."""
    lines = {(one.form, role): getattr(one, role) for one in _editable(rule) for role in ("seller", "buyer")}
    return RuleForm(RuleChange(rule.id, rule.group, lines, ""))


def read_form(request: HttpRequest, rule: str, earliest: date) -> RuleForm:
    """What was posted; the service judges it. The first day is ``earliest`` until another one is typed."""
    posted = request.POST
    named = [(name.split("."), name) for name in posted if name.startswith(f"{_LINE}.")]
    lines = {(parts[1], parts[2]): posted[name] for parts, name in named if len(parts) == _PARTS}
    change = RuleChange(rule, posted.get("group", ""), lines, posted.get("day", earliest.isoformat()))
    return RuleForm(change, posted.get("why", ""), read_seen(request))


def read_seen(request: HttpRequest) -> int:
    """The version that the page was made for; none that exists for nonsense."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else -1  # noqa: PLR2004 - fits an integer


def form_fields(rule: RuleInForce, form: RuleForm) -> dict[str, Any]:
    """The fields of the form with what was typed: the group, and a choice for each line and role."""
    groups = [(key, f"{GROUPS[key][0]}: {GROUPS[key][1]}") for key in CHOICES]
    lines = [
        {
            "told": one.told,
            "cells": [
                {
                    "name": f"{_LINE}.{one.form}.{role}",
                    "label": role,
                    "value": form.change.outcomes.get((one.form, role), getattr(one, role)),
                }
                for role in ("seller", "buyer")
            ],
        }
        for one in _editable(rule)
    ]
    return {
        "form": form,
        "choices": groups,
        "outcomes": list(OUTCOMES.items()),
        "fields": lines,
        **error_list(form.errors),
    }


def error_list(errors: Mapping[str, str]) -> dict[str, Any]:
    """The sentences above a form that came back, each with its field."""
    return {
        "errors": [
            {"sentence": sentence, "field_id": "" if name == "form" else name} for name, sentence in errors.items()
        ]
    }


def hidden_fields(form: RuleForm) -> list[tuple[str, str]]:
    """Everything typed on the rule's page, for the page before proposing."""
    lines = [(f"{_LINE}.{name}.{role}", outcome) for (name, role), outcome in form.change.outcomes.items()]
    return [("group", form.change.group), *lines]


def meaning(marketplace: Marketplace, before: Book, after: Book, *, effect: bool = True) -> dict[str, Any]:
    """What another rulebook says differently, and what it would have done to the last messages. Three queries."""
    found = differences(before, after)
    context: dict[str, Any] = {"differences": [_difference(one) for one in found], "extends": after.extends}
    if not effect:
        return context
    effects = effect_of(before, after, marketplace, last=LAST)
    ways = Counter((one.before, one.after) for one in effects.changed)
    rules = {one.rule for one in found}
    return context | {
        "asked": effects.asked,
        "changes": len(effects.changed),
        "ways": [(OUTCOMES[was], OUTCOMES[would], count) for (was, would), count in ways.most_common()],
        "changed": [_changed(marketplace, one) for one in effects.changed[:_SHOWN]],
        "more": max(0, len(effects.changed) - _SHOWN),
        "tried": [(rule, count) for rule, count in sorted(effects.tried.items()) if rule in rules],
    }


def _editable(rule: RuleInForce) -> list[Any]:
    return [one for one in rule.consequences if not one.purpose]


def _difference(one: Difference) -> dict[str, str]:
    words = OUTCOMES if one.who else {"off": "off", **{key: label.lower() for key, (label, _) in GROUPS.items()}}
    purpose = f" ({one.purpose.replace('_', ' ')})" if one.purpose else ""
    what = f"{one.told}{purpose}" if one.who else "What it does at most"
    who = f"{one.who}s" if one.who else "both"
    return {"title": one.title, "what": what, "who": who, "before": words[one.before], "after": words[one.after]}


def _changed(marketplace: Marketplace, one: Effect) -> dict[str, Any]:
    place = [marketplace.slug, one.message.conversation.public_id]
    return {
        "href": reverse("operator-record", args=place),
        "text": one.message.text,
        "sent_at": one.message.sent_at,
        "side": one.message.side,
        "before": OUTCOMES[one.before],
        "after": OUTCOMES[one.after],
    }
