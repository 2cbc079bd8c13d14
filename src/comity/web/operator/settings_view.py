"""What the settings page and the page before applying show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from comity.accounts.models import Marketplace, SettingsVersion
from comity.accounts.profiles import profile_in_force
from comity.accounts.services.settings import Change, version_of
from comity.accounts.settings import settings_now, settings_table
from comity.messaging.selectors.topics import responsible_for, topic_choices, topic_label
from comity.screening.services import rulebook_in_force
from comity_policy.responsibility import ALWAYS_OFFERED, TOPICS, may_be_routed

_LONGEST = 40_000  # a safety bound of one field
_TOPICS = {"topics.closed": "Topics not offered", "topics.taken_over": "Topics you answer yourself"}


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """What was typed, by setting; ``seen`` is the version of the page; ``errors`` a sentence for each field."""

    typed: Mapping[str, str]
    topics: Mapping[str, list[str]]
    why: str = ""
    seen: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)


def present_form(marketplace: Marketplace, now: datetime) -> SettingsForm:
    """The form with everything as it is."""
    values = settings_now(marketplace, profile_in_force(marketplace, now))
    typed = {name: setting.shown(values[name]) for name, setting in settings_table().items()}
    return SettingsForm(typed, marketplace.topics, seen=version_of(marketplace))


def read_form(request: HttpRequest) -> SettingsForm:
    """What was posted; the service judges it."""
    posted = request.POST
    typed = {name: posted[name][:_LONGEST].replace("\r\n", "\n") for name in settings_table() if name in posted}
    topics = topic_choices(posted.getlist("offered"), posted.getlist("taken_over"))
    seen = posted.get("seen", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 18 else -1  # noqa: PLR2004 - fits a bigint
    return SettingsForm(typed, topics, posted.get("why", ""), number)


def settings_page(marketplace: Marketplace, form: SettingsForm, *, orders: bool, now: datetime) -> dict[str, Any]:
    """The form: settings in their groups, topics, and the rulebook to read."""
    rulebook = rulebook_in_force(marketplace, now)
    lines: list[dict[str, Any]] = [
        {
            "setting": setting,
            "value": form.typed.get(name, "").replace("\0", "\u2400"),
            "error": form.errors.get(name, ""),
            "fixed": name == "currency" and orders,
        }
        for name, setting in settings_table().items()
    ]
    return {
        "groups": [(group, list(of)) for group, of in groupby(lines, key=lambda line: line["setting"].group)],
        "topics": _topics(marketplace, form),
        "rulebook": rulebook,
        "profile": marketplace.profile,
        "form": form,
        "errors": [
            {"sentence": sentence, "field_id": name if name in settings_table() else ""}
            for name, sentence in form.errors.items()
        ],
    }


def _topics(marketplace: Marketplace, form: SettingsForm) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "label": topic.label,
            "offered": key not in form.topics.get("closed", ()),
            "always": key in ALWAYS_OFFERED,
            "routable": may_be_routed(key),
            "taken_over": key in form.topics.get("taken_over", ()),
            "party": responsible_for(key, None, marketplace=marketplace).party,
            "source": ", ".join(responsible_for(key, None, marketplace=marketplace).source),
        }
        for key, topic in TOPICS.items()
    ]


def hidden_fields(form: SettingsForm) -> list[tuple[str, str]]:
    """Everything typed, for the page before applying."""
    closed = form.topics["closed"]
    offered = [("offered", key) for key in TOPICS if key not in closed]
    typed = [(name, " ".join(value.split("\n"))) for name, value in form.typed.items()]  # a hidden field has one line
    return [*typed, *offered, *(("taken_over", key) for key in form.topics["taken_over"])]


def change_rows(changes: list[Change]) -> list[dict[str, str]]:
    """Each change as a row: what, before, after, and whom it touches."""
    return [_row(change.name, change.before, change.after) for change in changes]


def history_rows(versions: list[SettingsVersion]) -> list[dict[str, Any]]:
    """The history: who, when, why and every change in words."""
    return [{"version": one, "changes": [_row(*change) for change in one.changes]} for one in versions]


def _row(name: str, before: Any, after: Any) -> dict[str, str]:
    setting = settings_table().get(name)
    if setting is None:
        lists = [", ".join(map(topic_label, one)) or "none" for one in (before, after)]
        label = _TOPICS.get(name, name)
        return {"label": label, "before": lists[0], "after": lists[1], "touches": "what buyers write from now on"}
    words = {"before": setting.words(before), "after": setting.words(after)}
    return {"label": setting.label, **words, "touches": setting.touches}
