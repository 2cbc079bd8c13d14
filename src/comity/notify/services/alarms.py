"""The alarm before a held message runs out of time: another moderator is told, once each."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from comity.accounts.models import Marketplace, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import people_of
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.messaging.models import Message
from comity.messaging.selectors.care import taking_part
from comity.messaging.selectors.held import held_until_before, takes_of
from comity.messaging.services.messages import lock
from comity.notify.models import Notification, NotificationPreference

_AT_A_TIME = 200  # messages in memory


def alarm_about_rulings(now: datetime) -> int:
    """Tell moderators of every held message that is due soon or overdue; how many messages that concerned.

    Told are those who may rule on it, have not been told and have not taken it. It is on record as an event.
    """
    alarmed = 0
    for marketplace in Marketplace.objects.order_by("id"):
        lead = timedelta(hours=profile_in_force(marketplace, now).ruling_alarm_hours)
        for portion in _portions(held_until_before(marketplace, now + lead)):
            takes = takes_of(portion)
            for message in portion:
                take = takes.get(message.public_id)
                alarmed += _alarm(message, take.everybody if take else frozenset(), now=now)
    return alarmed


def _portions(due: QuerySet[Message]) -> Iterator[list[Message]]:
    """All of them: those of whom everybody knows already must not stand before the rest."""
    rows = due
    while portion := list(rows[:_AT_A_TIME]):
        yield portion
        last = portion[-1]
        rows = due.filter(Q(held_until__gt=last.held_until) | Q(held_until=last.held_until, pk__gt=last.pk))


def _alarm(message: Message, takers: frozenset[str], *, now: datetime) -> bool:
    path = f"/{message.conversation.marketplace.slug}/operate/held/{message.public_id}/"
    people = list(_untold(message, path).exclude(public_id__in=takers).values_list("pk", flat=True))
    if not people:
        return False
    with write():
        conversation = lock(message.conversation_id, now=now)
        if not Message.objects.filter(pk=message.pk, state=Message.State.HELD).exists():
            return False
        event = emit(
            conversation,
            name="ruling.alarmed",
            data={"conversation": conversation.public_id, "message": message.public_id},
            stream_id=conversation.public_id,
            marketplace=conversation.marketplace.public_id,
            now=now,
        )
        conversation.save(update_fields=["event_count"])
        Notification.objects.bulk_create(
            [
                Notification(
                    public_id=new_id("ntf", now),
                    user_id=user,
                    kind=Notification.Kind.RULING_OVERDUE,
                    event=event.public_id,
                    marketplace=conversation.marketplace.name,
                    path=path,
                    run_after=now,
                )
                for user in people
            ],
            ignore_conflicts=True,
        )
    return True


def _untold(message: Message, path: str) -> QuerySet[User]:
    """Who may rule on ``message``, wants to be told and has not been: nobody who takes part in it."""
    conversation = message.conversation
    kind = Notification.Kind.RULING_OVERDUE
    told = Notification.objects.filter(user=OuterRef("pk"), kind=kind, path=path)
    unwanted = NotificationPreference.objects.filter(user=OuterRef("pk"), kind=kind, by_email=False)
    moderators = people_of(conversation.marketplace, "rule")
    outside = moderators.exclude(taking_part(conversation) | Q(pk=message.author_id))
    return outside.filter(~Exists(told), ~Exists(unwanted)).order_by("pk")
