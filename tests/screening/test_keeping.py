"""A verdict finds the rulebook that it was reached under, whatever later releases do with the file."""

import hashlib
from datetime import date

import pytest

from comity.common.models import Published
from comity.config import examination
from comity.screening.services import rulebook_by_digest, rulebook_date
from comity.screening.services.keeping import keep_rulebooks, kept_rulebook
from comity_policy.rulebook import RulebookError, load_rulebook, rulebook_texts, rulebooks
from tests.messaging.desk import make_desk

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


def digest_of(*parts):
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def older():
    """A file of an earlier release and its digest: this release has the same with other words."""
    text = rulebook_texts()[load_rulebook("open-marketplace", DAY).digest].decode() + "\n# as it was\n"
    return text, digest_of(text)


def test_every_rulebook_of_this_release_is_kept_once():
    keep_rulebooks()
    keep_rulebooks()
    assert {one.digest for one in Published.objects.all()} == {book.digest for book in rulebooks()}
    assert all(kept_rulebook(book.digest) == book for book in rulebooks())


def test_the_book_of_an_earlier_release_is_read_as_it_was_kept():
    text, digest = older()
    with pytest.raises(RulebookError, match="No published rulebook"):
        rulebook_by_digest(digest)
    Published.objects.create(kind="rulebook", digest=digest, text=text)
    assert (rulebook_by_digest(digest).valid_from, rulebook_by_digest(digest).digest) == (DAY, digest)


def test_a_book_is_found_over_the_one_that_it_extended_then():
    text, base = older()
    own = 'name = "own"\nvalid_from = 2026-11-25\nextends = "open-marketplace@2026-01-01"\n'
    digest = digest_of(base, own)
    Published.objects.create(kind="rulebook", digest=base, text=text)
    found = kept_rulebook(digest, own)
    assert (found.digest, found.extends) == (digest, "open-marketplace@2026-01-01")
    with pytest.raises(RulebookError, match="is not what was published"):
        kept_rulebook(digest, own + "\n")


def test_a_message_whose_rulebook_nobody_kept_is_shown_and_doctor_tells(caplog):
    rulebook_date.cache_clear()
    desk = make_desk()
    message = desk.ask().message
    type(message).objects.update(rulebook_digest="0" * 64)
    assert [rulebook_date("0" * 64) for _ in range(3)] == [None] * 3
    assert caplog.text.count("no date for the rulebook 000") == 1
    found = next(one for one in examination.examine() if one.about == "terms")
    assert (found.state, "the rulebook 000000000000 (messages: 1)" in found.sentence) == ("note", True)
