"""What is left after the kills: `python -m tests.crash.check` reads the acknowledged keys and prints what is wrong.

First the clock moves on an hour and the queue is worked off, as a worker started again would do.
"""

import json
import sys
from collections import Counter
from datetime import timedelta

import django


def settle():
    from comity.common import clock  # Django must be ready, here and below
    from comity.jobs.pump import Pump
    from comity.notify.services.sending import send_due

    later = clock.now() + timedelta(hours=1)
    pump = Pump("settle")
    while pump.run_once(later) or send_due(later):
        pass


def deliveries_done():
    from comity.common.models import EventDelivery

    return EventDelivery.objects.filter(state="done").count()


def times_on_record(kind, texts):
    from comity.common.models import RecordEntry

    stored = RecordEntry.objects.filter(kind=kind).values_list("facts", flat=True)
    return Counter(texts.get(json.loads(facts)["message"]) for facts in stored)


def times_told(texts):
    from comity.common.models import OutboxEvent

    told = OutboxEvent.objects.filter(name="message.delivered").values_list("data", flat=True)
    return Counter(texts.get(data["message"]) for data in told)


def times_handed_out(texts):
    from comity.accounts.models import SpentToken

    return Counter(texts.get(digest.split(":")[0]) for digest in SpentToken.objects.values_list("digest", flat=True))


def wrong_notices(texts):
    """Messages of which somebody who is to be told was told never or twice."""
    from comity.accounts.models import Staff
    from comity.messaging.models import Message
    from comity.notify.models import MailboxItem, Notification

    events = Counter(Notification.objects.values_list("event", flat=True))
    mails = set(MailboxItem.objects.values_list("message_id", flat=True))
    unsent = [n for n in Notification.objects.values_list("public_id", flat=True) if not any(n in m for m in mails)]
    expected = Counter()
    for message in Message.objects.filter(public_id__in=texts).select_related("conversation"):
        of_seller = Staff.objects.filter(seller=message.conversation.seller_id).count()
        expected[event_of(message)] = of_seller if message.side == "buyer" else 1
    events = Counter({event: count for event, count in events.items() if event in expected})
    return [*unsent, *(expected - events), *(events - expected)]


def event_of(message):
    from comity.common.models import OutboxEvent

    return OutboxEvent.objects.filter(name="message.delivered", data__message=message.public_id).first().public_id


def broken_chains():
    from comity.common.record import verify
    from comity.messaging.models import Conversation

    heads = Conversation.objects.values_list("public_id", "record_count", "record_head")
    return [str(fault) for fault in verify(heads, whole=True)]


def main():
    django.setup()
    from comity.messaging.models import Message
    from tests.crash import mutants

    acknowledged = set(json.load(sys.stdin))
    mutants.observe()
    under_fire = deliveries_done()
    settle()
    messages = Message.objects.filter(body__text__startswith="Message ").select_related("body")
    texts = {message.public_id: message.text for message in messages}
    once = Counter(texts.values())
    wanted = {f"Message {key}" for key in acknowledged}
    counts = {
        "on record": times_on_record("delivered", texts),
        "told": times_told(texts),
        "handed out": times_handed_out(texts),
    }
    report = {
        "messages": len(texts),
        "done under fire": under_fire,
        "lost": sorted(wanted - once.keys()),
        "twice for one key": [text for text, count in once.items() if count > 1],
        "not delivered": [message.text for message in messages.exclude(state="delivered")],
        **{f"not once {name}": sorted(set((count - once) + (once - count)) - {None}) for name, count in counts.items()},
        "notices": wrong_notices(texts),
        "chains": broken_chains(),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
