"""What the operator's forms send."""

from dataclasses import dataclass

from django.http import HttpRequest

from comity.common.errors import Refused


@dataclass(frozen=True, slots=True)
class RulingForm:
    """A decision and the reason its author is told; with what was wrong, when it comes back."""

    decision: str = ""
    reason: str = ""
    refusal: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        """The sentence for each field; ``form`` for the whole."""
        if self.refusal is None:
            return {}
        field = {"decision": "decision", "reason": "reason", "text": "reason"}.get(self.refusal.field, "form")
        return {field: self.refusal.sentence}

    @property
    def shown_reason(self) -> str:
        """The reason for the field; a NUL cannot stand in a page, so its picture does."""
        return self.reason.replace("\0", "\u2400")


def read_ruling(request: HttpRequest) -> RulingForm:
    """What was posted; the service judges it."""
    return RulingForm(request.POST.get("decision", ""), request.POST.get("reason", ""))
