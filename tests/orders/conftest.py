import pytest

from tests.ledger.conftest import fake, provider  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path):
    """Stored files go with the test."""
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def read_in_this_process(monkeypatch):
    """Feeds are: a process of its own takes half a second to start; ``test_feed_reading`` has it."""
    from comity.common.imports import BadFile  # needs models
    from comity.orders.services.feeds import processing  # the same
    from comity.orders.services.feeds.reading import Fatal, parsed  # the same

    def records(file, **job):
        try:
            yield from parsed(file, **job)
        except BadFile as bad:
            raise Fatal(bad.refusal.code, bad.refusal.sentence) from None

    monkeypatch.setattr(processing, "records", records)
