"""Every column in which somebody's words can lie is named on the page of personal data."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

_PAGE = Path(__file__).parents[1] / "docs/operate/personal-data.md"
_OTHERS = {"auth", "contenttypes"}  # of Django; nobody's rows here
_NAME = 120  # characters: as long as a person's name may be; shorter ones are codes and numbers


def holds_text(field):
    if field.is_relation or field.choices:
        return False
    long = isinstance(field, models.CharField) and (field.max_length or _NAME) >= _NAME
    return long or isinstance(field, models.TextField | models.JSONField | models.BinaryField | models.FileField)


def fields():
    ours = [model for model in apps.get_models() if model._meta.app_label not in _OTHERS]
    return {f"{model._meta.label}.{field.name}": field for model in ours for field in model._meta.local_concrete_fields}


def test_every_column_of_text_is_named_and_nothing_that_is_not_there():
    named = set(re.findall(r"`([a-z]+\.[A-Z]\w+\.\w+)`", _PAGE.read_text()))
    known = fields()
    assert {name for name, field in known.items() if holds_text(field)} - named == set()
    assert named - known.keys() == set()
