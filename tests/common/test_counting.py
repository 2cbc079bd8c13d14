"""Pages of a list whose end nobody needs."""

import pytest

from comity.accounts.models import User
from comity.common.counting import OpenEnded
from tests import factories


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("2", 2), ("9" * 7, 2), ("9" * 5000, 1), ("x", 1), (None, 1)],
)
def test_a_page_number_of_any_length_shows_a_page(db, wanted, shown):
    for _ in range(3):
        factories.user()

    assert OpenEnded(User.objects.order_by("pk"), 2, wanted).get_page(wanted).number == shown
