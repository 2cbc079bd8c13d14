"""The rules: ``rules/<family>/<name>.py`` holds the rule ``<family>.<name>`` and is found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from comity_policy.model import Rule


@lru_cache(maxsize=1)
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its id.

    Raises ``LookupError`` when a file holds no ``RULE`` or one with another id than its place says.
    """
    rules = {}
    for module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        place = module.name.removeprefix(f"{__name__}.")
        if module.ispkg or "._" in f".{place}":
            continue
        rule = getattr(importlib.import_module(module.name), "RULE", None)
        if not isinstance(rule, Rule) or rule.id != place:
            raise LookupError(f"{module.name} must hold RULE = Rule(id={place!r}, …).")
        rules[rule.id] = rule
    return MappingProxyType(dict(sorted(rules.items())))
