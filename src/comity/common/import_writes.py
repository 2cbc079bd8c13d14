"""Writing a batch of imported rows: what is new is created, what differs is updated, the rest is left alone."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class Changes(Generic[M]):
    """Collects the rows of one model and saves them in at most two statements.

    ``touched`` holds the instances that were created or changed, so that a caller can tell what an import did.
    """

    def __init__(self, model: type[M]) -> None:
        self._rows = model._default_manager  # noqa: SLF001 - Django documents it
        self.created: list[M] = []
        self.changed: list[M] = []
        self._fields: set[str] = set()

    def put(self, found: M | None, values: dict[str, Any], make: Callable[[], M]) -> M:
        """Set ``values`` on what was ``found``, or on what ``make`` returns when nothing was; saved by ``save``."""
        if found is None:
            found = make()
            for name, value in values.items():
                setattr(found, name, value)
            self.created.append(found)
            return found
        differing = [name for name, value in values.items() if getattr(found, name) != value]
        for name in differing:
            setattr(found, name, values[name])
        if differing:
            self.changed.append(found)
            self._fields.update(differing)
        return found

    def save(self) -> None:
        """Write everything that was put."""
        if self.created:
            self._rows.bulk_create(self.created)
        if self.changed:
            self._rows.bulk_update(self.changed, sorted(self._fields))

    @property
    def touched(self) -> set[M]:
        """What ``save`` wrote."""
        return {*self.created, *self.changed}
