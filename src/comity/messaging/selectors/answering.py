"""How long a seller usually takes to answer, in words for a buyer who is about to write."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from comity.accounts.models import Marketplace, Seller
from comity.accounts.profiles import profile_in_force
from comity.messaging.models import ReplyDeadline

_HOUR = timedelta(hours=1)
_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)  # what is shown; longer times in whole days


def expected_answer(seller: Seller, marketplace: Marketplace, *, now: datetime) -> str:
    """“Usually answers within 3 hours”, from the seller's latest answers in the profile's window. One query.

    ``marketplace`` is the seller's.
    """
    profile = profile_in_force(marketplace, now)
    since = now - timedelta(days=profile.answer_window_days)
    answered = ReplyDeadline.objects.filter(
        seller=seller, end=ReplyDeadline.End.ANSWERED, ended_at__gt=since, ended_at__lte=now
    )
    times = answered.order_by("-ended_at").values_list("started_at", "ended_at")[: profile.answer_sample]
    return answer_words(
        [ended - started for started, ended in times if ended],
        minimum=profile.answer_minimum,
        share=profile.answer_share,
        duty_hours=profile.reply_hours,
    )


def answer_words(times: Sequence[timedelta], *, minimum: int, share: int, duty_hours: int) -> str:
    """Within what time ``share`` per cent of the answers came, rounded up; the duty where too few tell nothing."""
    if not times or len(times) < minimum:
        return f"Answers within {_hours(duty_hours)}"
    place = -(-len(times) * share // 100)  # rounded up: the time that at least so many kept
    usual = sorted(times)[max(place, 1) - 1]
    for hours in _HOURS:
        if usual <= hours * _HOUR:
            return f"Usually answers within {_hours(hours)}"
    return f"Usually answers within {-(-usual // (24 * _HOUR))} days"


def _hours(hours: int) -> str:
    return "an hour" if hours == 1 else f"{hours} hours"
