"""The form in which a message is written, for every side: read it, send it, say what became of it.

A form that was not sent comes back with its text, a sentence beside the field, and where rules were hit the
findings. Status 422: refused or blocked; 409: this form was sent before with other words; 200: the rules warn
and the author is asked once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

from comity.common import clock, locales
from comity.common.errors import Refused
from comity.common.idempotency import KeyRefused, KeyReused
from comity.common.ids import new_id
from comity.files.services.uploads import Upload
from comity.messaging.models import Draft, Message
from comity.messaging.services.attachments import InFile, in_files_of, uploads_of
from comity.messaging.services.collision import Overtaken
from comity.messaging.services.gaps import Gaps
from comity.messaging.services.posting import Sent
from comity.messaging.services.text import MessageRefused
from comity.screening.services import rulebook_date
from comity.web.wording import told_to_reader
from comity_policy.model import Finding as EngineFinding
from comity_policy.model import Verdict

# A lone half of a character pair, as a form that does not come from a browser may send it.
_HALF_PAIR = re.compile(rb"%ED%[AB][0-9A-F]|\xed[\xa0-\xbf]", re.IGNORECASE)
_REUSED = "This form was sent before, with other words. Your new text is below: send it again to add it as a message."
_SENT_AS_IT_WAS = "This text was sent once and blocked. Change the marked words, then send it again."


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. ``key``: one form, one message; ``confirmed``: the warning that was read.

    ``seen``: how many messages there were when its author looked. ``more``: what else a form asks for, by name.
    ``files`` were taken in, ``file_errors`` say which were not; with ``removed`` one was taken out and nothing is sent.
    """

    text: str = ""
    topic: str = ""
    key: str = ""
    confirmed: str = ""
    replaces: str = ""
    seen: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    unreadable: bool = False
    files: tuple[Upload, ...] = ()
    file_errors: tuple[str, ...] = ()
    removed: bool = False

    def with_files(self, files: tuple[Upload, ...], errors: tuple[str, ...], *, removed: bool) -> "Typed":
        """The same with what came of its files."""
        return replace(self, files=files, file_errors=errors, removed=removed)


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows: the text, which input is wrong and why (``errors``), and what the rules found.

    ``confirm`` is the input of the verdict that the author may confirm; ``findings`` go to ``parts/findings.html``;
    ``overtaken_by`` is a colleague's message that was sent meanwhile.
    """

    typed: Typed = field(default_factory=Typed)
    errors: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[dict[str, Any], ...] = ()
    outcome: str = ""
    confirm: str = ""
    rulebook_on: date | None = None
    saved_at: datetime | None = None
    overtaken_by: Message | None = None

    def part(self, **place: Any) -> dict[str, Any]:
        """The input of ``parts/composer.html``; ``place`` says where the form stands (action, limit, to …)."""
        hidden = [("replaces", self.typed.replaces)] if self.typed.replaces else []
        return {
            # A NUL cannot stand in a page; its picture can, and so be seen and deleted.
            "text": self.typed.text.replace("\0", "\u2400"),
            "key": self.typed.key,
            "errors": self.errors,
            "findings": self.findings,
            "outcome": self.outcome,
            "confirm": self.confirm,
            "rulebook_on": self.rulebook_on,
            "saved_at": self.saved_at,
            "hidden": hidden,
            "overtaken_by": self.overtaken_by,
            **place,
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending: ``sent`` when a message is on its way or held, else the form to show again."""

    status: HTTPStatus
    form: Form
    sent: Sent | None = None


def blank(text: str = "", *, topic: str = "") -> Form:
    """A form to fill in, perhaps with what was typed before."""
    return Form(Typed(text=text, topic=topic, key=_new_key()))


def resumed(draft: Draft | None, *, topic: str = "") -> Form:
    """A form with the saved draft, if there is one; ``topic`` is chosen already where a link said so."""
    if draft is None:
        return blank(topic=topic)
    return replace(blank(draft.text, topic=topic or draft.topic), saved_at=draft.updated_at)


def again(message: Message) -> Form:
    """The form with the words and findings of a message that did not go out; what it sends replaces that message."""
    findings = [_finding(message.text, finding) for finding in message.findings.all()]
    typed = Typed(
        text=message.text,
        topic=message.topic,
        key=_new_key(),
        replaces=message.public_id,
        files=tuple(uploads_of(message)),
    )
    return Form(typed, findings=tuple(findings), outcome=message.state, rulebook_on=rulebook_on(message))


def taken_back(message: Message, draft: Draft) -> Form:
    """The form with the draft into which ``message`` went back, and with its files; what it sends replaces it."""
    form = resumed(draft)
    back = replace(form.typed, replaces=message.public_id, files=tuple(uploads_of(message)))
    return replace(form, typed=back)


def with_text(form: Form, text: str) -> Form:
    """The same form with other words."""
    return replace(form, typed=replace(form.typed, text=text))


def read(request: HttpRequest, *more: str) -> Typed:
    """What was posted, with the further inputs named in ``more``. Nothing is judged here: the services do."""
    posted = request.POST
    return Typed(
        text=_lines(posted.get("text", "")),
        topic=posted.get("topic", ""),
        key=posted.get("key", ""),
        confirmed=posted.get("confirmed", ""),
        replaces=posted.get("replaces", ""),
        seen=posted.get("seen", ""),
        more={name: posted.get(name, "") for name in more},
        unreadable=_is_unreadable(request),
    )


def attempt(send: Callable[[], Sent], typed: Typed) -> Attempt:
    """Run ``send``; what it refuses or asks becomes the form to show again, with everything typed and every file."""
    if typed.removed or typed.file_errors:
        return Attempt(HTTPStatus.OK if typed.removed else HTTPStatus.UNPROCESSABLE_ENTITY, Form(typed))
    try:
        if typed.unreadable:
            raise _unreadable()
        sent = send()
    except KeyReused:
        shown = replace(typed, key=_new_key(), confirmed="")
        return Attempt(HTTPStatus.CONFLICT, Form(shown, errors={"form": _REUSED}))
    except KeyRefused as refusal:
        return _refused(replace(typed, key=_new_key()), refusal)
    except Refused as refusal:
        return _refused(typed, refusal)
    return _became(sent, typed)


def _became(sent: Sent, typed: Typed) -> Attempt:
    if sent.verdict and sent.kind == "confirm":
        return Attempt(HTTPStatus.OK, _to_confirm(sent.verdict, typed))
    if sent.message and sent.kind == Message.State.BLOCKED:
        form = again(sent.message)
        mended = replace(form.typed, topic=typed.topic, more=typed.more)
        errors = {"text": _SENT_AS_IT_WAS}
        return Attempt(HTTPStatus.UNPROCESSABLE_ENTITY, replace(form, typed=mended, errors=errors))
    return Attempt(HTTPStatus.SEE_OTHER, Form(typed), sent)


def verdict_answer(
    text: str, verdict: Verdict | None, *, limit: int, gaps: tuple[EngineFinding, ...] = ()
) -> JsonResponse:
    """The verdict for the page's script, while typing; offsets also in UTF-16 units, as browsers count.

    ``gaps``: variables of saved replies that stand unfilled; they block like findings of the rules.
    """
    valid_from = rulebook_date(verdict.rulebook) if verdict else None
    found = sorted((*(verdict.findings if verdict else ()), *gaps), key=lambda finding: finding.start)
    return JsonResponse(
        {
            "outcome": str(verdict.outcome) if verdict else "deliver",
            "input": verdict.input if verdict else "",
            "rulebook_on": locales.day(valid_from, "dated"),
            "characters": len(text),
            "limit": limit,
            "findings": [
                one | asdict(told_to_reader(one))
                for one in (*(_finding(text, finding) for finding in found), *map(_in_file, in_files_of(verdict)))
            ],
        }
    )


def _new_key() -> str:
    return new_id("form", clock.now())


def _lines(text: str) -> str:
    """Line ends as one newline: browsers send two characters for each, and offsets must fit what they show."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_unreadable(request: HttpRequest) -> bool:
    plain = request.content_type == "application/x-www-form-urlencoded"
    return plain and _HALF_PAIR.search(request.body) is not None


def _unreadable() -> MessageRefused:
    sentence = "Your message contains a character that cannot be read. Delete it, or type the text again."
    return MessageRefused("unsendable", sentence, "text")


def _refused(typed: Typed, refusal: Refused) -> Attempt:
    if isinstance(refusal, Overtaken):
        shown = replace(typed, seen="")  # the next sending is about what the page shows now
        form = Form(shown, errors={"form": refusal.sentence}, overtaken_by=refusal.message)
        return Attempt(HTTPStatus.CONFLICT, form)
    field_name = refusal.field if refusal.field in ("text", "topic", *typed.more) else "form"
    gaps = refusal.findings if isinstance(refusal, Gaps) else ()
    findings = tuple(_finding(typed.text, gap) for gap in gaps)
    form = Form(typed, errors={field_name: refusal.sentence}, findings=findings)
    return Attempt(HTTPStatus.UNPROCESSABLE_ENTITY, form)


def _to_confirm(verdict: Verdict, typed: Typed) -> Form:
    return Form(
        typed,
        findings=(
            *(_finding(typed.text, finding) for finding in verdict.findings),
            *map(_in_file, in_files_of(verdict)),
        ),
        outcome=str(verdict.outcome),
        confirm=verdict.input,
        rulebook_on=rulebook_date(verdict.rulebook),
    )


def rulebook_on(message: Message) -> date | None:
    """From when the rulebook applied to ``message`` is valid; None where no rule was applied."""
    return rulebook_date(message.rulebook_digest)


def _finding(text: str, finding: Any) -> dict[str, Any]:
    """A finding, the engine's or a stored one, with its words and with offsets in both units."""
    if where := getattr(finding, "where", ""):
        return _elsewhere(finding, where, finding.quote)
    found = EngineFinding(
        rule=finding.rule,
        start=finding.start,
        end=finding.end,
        outcome=finding.outcome,
        reason=finding.reason,
        advice=finding.advice,
        form=finding.form,
        detail=finding.detail,
    )
    start16, end16 = found.offsets16(text)
    return {
        "rule": found.rule,
        "start": found.start,
        "end": found.end,
        "start16": start16,
        "end16": end16,
        "quote": found.quote(text),
        "outcome": str(found.outcome),
        "reason": found.reason,
        "advice": found.advice,
        "form": found.form,
        "detail": found.detail,
    }


def _in_file(found: InFile) -> dict[str, Any]:
    return _elsewhere(found.finding, found.where, found.quote)


def _elsewhere(finding: Any, where: str, quote: str) -> dict[str, Any]:
    """A finding that is not in the words of the message: nothing is marked in them."""
    return {
        "rule": finding.rule,
        "where": where,
        "start": 0,
        "end": 0,
        "start16": 0,
        "end16": 0,
        "quote": quote,
        "outcome": str(finding.outcome),
        "reason": finding.reason,
        "advice": finding.advice,
        "form": finding.form,
        "detail": finding.detail,
    }


def judged(typed: Typed, verdict: Verdict, *, confirm: str, sentence: str) -> Form:
    """The form of a public text that the rules stop or, with ``confirm``, warn of; ``sentence`` says what to do."""
    found = [_finding(typed.text, finding) for finding in verdict.findings]
    if not confirm:  # what would be held as a message is not published: its author words it otherwise
        found = [one | {"outcome": "block"} if one["outcome"] == "hold" else one for one in found]
    return Form(
        typed,
        errors={} if confirm else {"text": sentence},
        findings=tuple(found),
        outcome="warn" if confirm else "block",
        confirm=confirm,
        rulebook_on=rulebook_date(verdict.rulebook),
    )
