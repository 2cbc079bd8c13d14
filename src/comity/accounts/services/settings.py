"""Changing a marketplace's settings: looked at first, then applied, kept for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import Marketplace, SettingsVersion, User
from comity.accounts.profiles import profile_from_file, profile_in_force, with_values
from comity.accounts.settings import COLUMNS, Value, settings_now, settings_table
from comity.common.errors import Refused
from comity.common.outbox import emit
from comity.common.transactions import write

# Older settings no longer decide anything: the longest wait (see the table) is over by then.
_KEEP_VERSIONS = timedelta(days=90)
LONGEST_WHY = 1000  # characters


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that gets another value."""

    name: str
    before: Any
    after: Any


class SettingsRefused(Refused):
    """Nothing was changed; ``errors`` has a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("settings", "Nothing was changed: please check what is marked.")
        self.errors = dict(errors)


class SettingsMoved(Refused):
    """Somebody else changed the settings since the page was opened."""

    def __init__(self) -> None:
        sentence = "Somebody else changed the settings meanwhile. Look at the changes again before you apply yours."
        super().__init__("moved", sentence)


def changes_in(
    *, marketplace: Marketplace, typed: Mapping[str, str], topics: Mapping[str, list[str]], orders: bool, now: datetime
) -> list[Change]:
    """What ``typed`` and ``topics`` would change. ``orders`` says that there are some, and so the currency stays.

    Settings that ``typed`` leaves out stay as they are. Raises ``SettingsRefused``.
    """
    present = settings_now(marketplace, profile_in_force(marketplace, now))
    wanted, errors = _read(typed)
    if orders and wanted.get("currency", present["currency"]) != present["currency"]:
        errors["currency"] = f"The currency stays {present['currency']}: there are orders in it."
    if not errors.keys() & {"ruling_hours", "ruling_alarm_hours"}:
        errors |= _alarm_too_early({**present, **wanted})
    if errors:
        raise SettingsRefused(errors)
    found = [Change(name, present[name], value) for name, value in wanted.items() if value != present[name]]
    for name in ("closed", "taken_over"):
        before, after = sorted(marketplace.topics.get(name, [])), sorted(topics.get(name, []))
        found += [Change(f"topics.{name}", before, after)] if before != after else []
    return found


def apply_settings(
    *,
    marketplace: Marketplace,
    by: User,
    typed: Mapping[str, str],
    topics: Mapping[str, list[str]],
    why: str,
    seen: int,
    orders: bool,
    now: datetime,
) -> SettingsVersion:
    """Apply what ``changes_in`` finds, from ``now`` on. ``seen`` is ``version_of`` the page that was looked at.

    Raises ``SettingsRefused`` and ``SettingsMoved``, with nothing changed.
    """
    with write():
        row = Marketplace.objects.select_for_update().get(pk=marketplace.pk)
        if version_of(row) != seen:
            raise SettingsMoved
        changes = changes_in(marketplace=row, typed=typed, topics=topics, orders=orders, now=now)
        _require_why(why, changes)
        return _store(row, changes, by, why.strip(), now)


def version_of(marketplace: Marketplace) -> int:
    """A number that is another one after every change."""
    latest = SettingsVersion.objects.filter(marketplace=marketplace).order_by("-id").values_list("pk", flat=True)
    return latest.first() or 0


def _read(typed: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    wanted: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for name, setting in settings_table().items():
        try:
            wanted |= {name: setting.read(typed[name])} if name in typed else {}
        except ValueError as bad:
            errors[name] = str(bad)
    return wanted, errors


def _alarm_too_early(values: Mapping[str, Any]) -> dict[str, str]:
    if values["ruling_alarm_hours"] < values["ruling_hours"]:
        return {}
    sentence = f"The alarm comes before the time for a ruling is over: choose less than {values['ruling_hours']} hours."
    return {"ruling_alarm_hours": sentence}


def _require_why(why: str, changes: list[Change]) -> None:
    if not changes:
        raise SettingsRefused({"form": "Nothing is different: change a value first."})
    if not why.strip():
        raise SettingsRefused({"why": "Say why: your colleagues read it in the history."})
    if len(why) > LONGEST_WHY or "\0" in why:
        raise SettingsRefused({"why": f"The reason has up to {LONGEST_WHY:,} characters."})


def _store(row: Marketplace, changes: list[Change], by: User, why: str, now: datetime) -> SettingsVersion:
    base = profile_from_file(row.profile, now.date())
    values = _values(row, changes, now)
    digest = with_values(base, values).digest
    for change in changes:
        if change.name in COLUMNS:
            setattr(row, change.name, change.after)
        elif change.name.startswith("topics."):
            row.topics = {**row.topics, change.name.removeprefix("topics."): change.after}
    if any(_is_of_profile(change) for change in changes):
        row.profile_versions = [*_still_needed(row, now), {"from": now.timestamp(), "values": values}]
    data = {"marketplace": row.public_id, "digest": digest}
    place = row.public_id
    emit(row, name="settings.changed", data=data, stream_id=place, marketplace=place, actor=by.public_id, now=now)
    row.save(update_fields=[*COLUMNS, "topics", "profile_versions", "event_count"])
    return SettingsVersion.objects.create(
        marketplace=row,
        digest=digest,
        base=base.digest,
        values=values,
        changes=[[change.name, change.before, change.after] for change in changes],
        valid_from=now,
        made_by=by,
        why=why,
    )


def _is_of_profile(change: Change) -> bool:
    return change.name in settings_table() and change.name not in COLUMNS


def _values(row: Marketplace, changes: list[Change], now: datetime) -> dict[str, Any]:
    """Every scalar that differs from the profile's file once ``changes`` are made."""
    base = profile_from_file(row.profile, now.date())
    present = dict(row.profile_versions[-1]["values"]) if row.profile_versions else {}
    present |= {one.name: one.after for one in changes if _is_of_profile(one)}
    return {name: value for name, value in sorted(present.items()) if value != getattr(base, name)}


def _still_needed(row: Marketplace, now: datetime) -> list[dict[str, Any]]:
    """The versions that something begun in the last 90 days may still ask for."""
    versions: list[dict[str, Any]] = row.profile_versions
    limit = (now - _KEEP_VERSIONS).timestamp()
    over = [index for index, version in enumerate(versions) if version["from"] <= limit]
    return versions[over[-1] :] if over else versions
