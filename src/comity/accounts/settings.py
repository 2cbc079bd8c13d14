"""What a marketplace may set on its settings page: the lines of ``settings.toml``, and how each is read.

A number's refusal is made from its line: "Time to answer is in hours: 24, not 24h. Allowed: 1 to 168."
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from comity.accounts.models import Marketplace
from comity.accounts.profiles import Profile
from comity.common import import_values
from comity.common.import_values import BadValue

Value = str | int | bool | list[str]

# The columns of the marketplace that may be set; everything else in the file is a single value of the profile.
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "name": import_values.text(120),
    "language": import_values.language,
    "time_zone": import_values.time_zone,
    "currency": import_values.currency,
    "trusted_domains": import_values.words(100),
}
COLUMNS = tuple(_PARSERS)
_YES_NO = {"no": "No", "yes": "Yes"}
_DIGITS = 9  # more cannot be meant


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the page; see the file for what each part says."""

    name: str
    group: str
    label: str
    why: str
    touches: str
    unit: str = ""
    example: int = 0
    low: int = 0
    high: int = 0
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``number``, ``choice``, ``lines`` or ``text``: how the page asks for it."""
        if self.unit:
            return "number"
        if self.name in COLUMNS:
            return "lines" if self.name == "trusted_domains" else "text"
        return "choice"

    @property
    def options(self) -> Mapping[str, str]:
        """What may be chosen, by value; yes and no where the file names nothing else."""
        return self.choices or _YES_NO

    @property
    def allowed(self) -> str:
        """The range in words; empty where there is none."""
        return f"Allowed: {self.low} to {self.high}." if self.unit else ""

    def read(self, typed: str) -> Value:
        """The value of what was typed. Raises ``ValueError`` with the sentence for the person."""
        if self.kind == "number":
            return self._number(typed.strip())
        if self.kind == "choice":
            return self._choice(typed)
        try:
            value: Value = _PARSERS[self.name](typed)
        except BadValue as bad:
            raise ValueError(f"{self.label} {bad.faults[0].sentence}") from bad
        if value == "":
            raise ValueError(f"{self.label} must not be empty.")
        return value

    def shown(self, value: Value) -> str:
        """``value`` as the page's field holds it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "\n".join(value) if isinstance(value, list) else str(value)

    def words(self, value: Value) -> str:
        """``value`` as a sentence names it."""
        shown = self.shown(value)
        if self.kind == "number":
            return f"{shown} {self.unit}"
        return self.options.get(shown, shown) if self.kind == "choice" else shown.replace("\n", ", ") or "nothing"

    def _number(self, typed: str) -> int:
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS):
            mistake = f"not {typed[:20]}" if typed and typed.isprintable() else "and it must not be empty"
            raise ValueError(f"{self.label} is in {self.unit}: {self.example}, {mistake}. {self.allowed}")
        if not self.low <= int(typed) <= self.high:
            raise ValueError(f"{self.label}: {int(typed)} {self.unit} is out of range. {self.allowed}")
        return int(typed)

    def _choice(self, typed: str) -> Value:
        if typed not in self.options:
            raise ValueError(f"{self.label}: choose {' or '.join(self.options.values())}.")
        return typed if self.choices else typed == "yes"


@cache
def settings_table() -> Mapping[str, Setting]:
    """Every setting by name, in the page's order."""
    table = tomllib.loads(resources.files("comity.accounts").joinpath("settings.toml").read_text("utf-8"))
    return {name: Setting(name=name, **line) for name, line in table.items()}


def settings_now(marketplace: Marketplace, profile: Profile) -> dict[str, Value]:
    """Every setting of ``marketplace`` with its present value; ``profile`` is the one in force."""
    return {name: getattr(marketplace if name in COLUMNS else profile, name) for name in settings_table()}
