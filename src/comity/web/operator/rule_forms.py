"""Changing the rules: what was typed about each of them, and the fields that show it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest

from comity.screening.selectors import Consequence, RuleInForce
from comity.screening.services.drafting import CHOICES, RuleChange, field_name
from comity.web.operator.rules_view import GROUPS, OUTCOMES, purpose_words
from comity_policy.model import PURPOSES, ROLES

_MOST = 30  # rules in one change: more fields are not read
_FOR_ROLE, _FOR_PURPOSE = 2, 3  # parts of a name: form and role, and a purpose


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """A change of ``rules`` as typed; ``seen`` is the version of the page, ``errors`` a sentence for each field."""

    rules: tuple[RuleInForce, ...]
    changes: tuple[RuleChange, ...]
    day: str
    why: str = ""
    seen: int = -1
    errors: Mapping[str, str] = field(default_factory=dict)


def opened(rules: tuple[RuleInForce, ...], day: date) -> ChangeForm:
    """The form with everything as it is."""
    return ChangeForm(rules, tuple(RuleChange(rule.id, rule.group, {}) for rule in rules), day.isoformat())


def read_form(request: HttpRequest, known: Mapping[str, RuleInForce], earliest: date) -> ChangeForm:
    """What was posted; the service judges it. The first day is ``earliest`` until another one is typed.

    The rule chosen in ``more`` is taken in, that of ``leave`` left out; that of ``widen`` gets lines for one purpose.
    """
    posted = request.POST
    named = [*posted.getlist("rule"), posted.get("more", "")]
    rules = [known[rule] for rule in dict.fromkeys(named) if rule in known and rule != posted.get("leave")]
    changes = (_read_change(request, rule) for rule in rules[:_MOST])
    day = posted.get("day", earliest.isoformat())
    return ChangeForm(tuple(rules[:_MOST]), tuple(changes), day, posted.get("why", ""), read_seen(request))


def read_seen(request: HttpRequest) -> int:
    """The version that the page was made for; none that exists for nonsense."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else -1  # noqa: PLR2004 - fits an integer


def _read_change(request: HttpRequest, rule: RuleInForce) -> RuleChange:
    posted = request.POST
    outcomes: dict[tuple[str, str, str], str] = {}
    for name in posted:
        parts = name.removeprefix(f"{rule.id}:").split(":") if name.startswith(f"{rule.id}:") else []
        if len(parts) in (_FOR_ROLE, _FOR_PURPOSE):
            outcomes[parts[0], parts[1], parts[2] if parts[2:] else ""] = posted[name]
    if posted.get("widen") == rule.id and (purpose := posted.get(field_name(rule.id, "for"), "")) in PURPOSES:
        for one in _of(rule, ""):
            outcomes |= {(one.form, role, purpose): "" for role in ROLES if (one.form, role, purpose) not in outcomes}
    return RuleChange(rule.id, posted.get(field_name(rule.id, "group"), rule.group), outcomes)


def form_fields(form: ChangeForm, known: Mapping[str, RuleInForce]) -> dict[str, Any]:
    """Each rule with its fields and what was typed there, and the rules that may be added."""
    chosen = {rule.id for rule in form.rules}
    others = sorted((rule for rule in known.values() if rule.id not in chosen), key=lambda rule: rule.title)
    return {
        "form": form,
        "groups": [(key, f"{GROUPS[key][0]}: {GROUPS[key][1]}") for key in CHOICES],
        "blocks": [_block(rule, change, form.errors) for rule, change in zip(form.rules, form.changes, strict=True)],
        "others": [("", "Choose a rule"), *((rule.id, f"{rule.title} ({rule.id})") for rule in others)],
        **error_list(form.errors),
    }


def hidden_fields(form: ChangeForm) -> list[tuple[str, str]]:
    """Everything typed about the rules, for the page before proposing."""
    fields: list[tuple[str, str]] = []
    for change in form.changes:
        fields += [("rule", change.rule), (field_name(change.rule, "group"), change.group)]
        fields += [(field_name(change.rule, *key), outcome) for key, outcome in change.outcomes.items()]
    return fields


def error_list(errors: Mapping[str, str]) -> dict[str, Any]:
    """The sentences above a form that came back, each with its field."""
    return {
        "errors": [
            {"sentence": sentence, "field_id": "" if name == "form" else name} for name, sentence in errors.items()
        ]
    }


def _block(rule: RuleInForce, change: RuleChange, errors: Mapping[str, str]) -> dict[str, Any]:
    """The fields of one rule: its group, and a table of lines for any purpose and for each that has its own."""
    special = {one.purpose for one in rule.consequences} | {purpose for _, _, purpose in change.outcomes}
    purposes = [purpose for purpose in PURPOSES if purpose in special]
    name = field_name(rule.id, "group")
    return {
        "rule": rule,
        "group": {"name": name, "value": change.group, "error": errors.get(name, "")},
        "tables": [
            {"purpose": purpose_words(purpose), "lines": list(_lines(rule, change, purpose, errors))}
            for purpose in ("", *purposes)
        ],
        "widen": field_name(rule.id, "for"),
        "purposes": [(one, purpose_words(one)) for one in PURPOSES if one not in purposes],
    }


def _lines(rule: RuleInForce, change: RuleChange, purpose: str, errors: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    said = {one.form: one for one in _of(rule, purpose)}
    for one in _of(rule, ""):
        cells = []
        for role in ROLES:
            name = field_name(rule.id, one.form, role, purpose)
            present = getattr(said[one.form], role) if one.form in said else ""
            value = change.outcomes.get((one.form, role, purpose), present)
            cells.append({"name": name, "role": role, "options": _options(purpose, value), "error": errors.get(name)})
        yield {"told": one.told, "cells": cells}


def _options(purpose: str, value: str) -> list[tuple[str, str, bool]]:
    choices = {"": "as above", **OUTCOMES} if purpose else OUTCOMES
    return [(key, label, key == value) for key, label in choices.items()]


def _of(rule: RuleInForce, purpose: str) -> list[Consequence]:
    return [one for one in rule.consequences if one.purpose == purpose]
