"""What the operator's forms send."""

from dataclasses import dataclass

from django.http import HttpRequest

from comity.common.errors import Refused


@dataclass(frozen=True, slots=True)
class RulingForm:
    """A decision and the reason its author is told; with what was wrong, when it comes back.

    ``preset`` is one of the ready reasons of the profile, ``reason`` what the moderator typed besides.
    """

    decision: str = ""
    reason: str = ""
    preset: str = ""
    refusal: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        """The sentence for each field; ``form`` for the whole."""
        if self.refusal is None:
            return {}
        field = {"decision": "decision", "reason": "reason", "text": "reason", "preset": "preset"}.get(
            self.refusal.field, "form"
        )
        return {field: self.refusal.sentence}

    @property
    def told(self) -> str:
        """What the author is told: the ready reason, then the moderator's own words."""
        return "\n\n".join(part for part in (self.preset, self.reason.strip()) if part)

    @property
    def shown_reason(self) -> str:
        """The reason for the field; a NUL cannot stand in a page, so its picture does."""
        return self.reason.replace("\0", "\u2400")


def read_ruling(request: HttpRequest) -> RulingForm:
    """What was posted; the service judges it."""
    posted = request.POST
    return RulingForm(posted.get("decision", ""), posted.get("reason", ""), posted.get("preset", ""))
