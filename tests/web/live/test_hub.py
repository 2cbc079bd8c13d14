"""What a process remembers of changes: no page misses one, and the log is read seldom."""

from comity.messaging.selectors.live import Change
from comity.web.live import hub as hubs
from comity.web.live.hub import Hub


class Log:
    """A log of events in memory, and how often it was read."""

    def __init__(self):
        self.changes, self.reads, self.ticks = [], 0, 0.0

    def tell(self, *channels):
        self.changes.append(Change(len(self.changes) + 1, frozenset(channels)))

    def read(self, after):
        self.reads += 1
        return [change for change in self.changes if change.position > after][:2]

    def hub(self):
        return Hub(self.read, lambda: len(self.changes), lambda: self.ticks)

    def look(self, hub):
        self.ticks += 1
        hub.look(100.0 + self.ticks)


def test_only_what_moved_behind_the_position_is_named():
    log = Log()
    hub = log.hub()
    log.look(hub)
    log.tell("s1")
    log.tell("s2", "cs7")
    log.tell("s1")
    log.look(hub)
    assert hub.moved({"s1", "s2", "s3"}, after=0, issued_at=0) == {"s1", "s2"}
    assert hub.moved({"s1", "s2"}, after=2, issued_at=0) == {"s1"}
    assert hub.moved({"s1", "s2"}, after=3, issued_at=0) == set()
    assert hub.position == 3


def test_a_page_older_than_the_process_hears_that_anything_may_have_moved():
    log = Log()
    log.tell("s1")
    log.tell("s1")
    hub = log.hub()
    assert hub.moved({"s1", "s9"}, after=2, issued_at=0) == {"s1", "s9"}  # it has not looked yet
    log.look(hub)
    assert hub.moved({"s1", "s9"}, after=1, issued_at=0) == {"s1", "s9"}
    assert hub.moved({"s1", "s9"}, after=2, issued_at=0) == set()
    assert hub.moved({"s9"}, after=None, issued_at=100.5) == {"s9"}


def test_the_first_question_is_answered_by_the_time_of_the_ticket():
    log = Log()
    hub = log.hub()
    log.look(hub)  # at 101
    log.tell("s1")
    log.look(hub)  # at 102
    assert hub.moved({"s1", "s2"}, after=None, issued_at=102) == {"s1"}
    assert hub.moved({"s1", "s2"}, after=None, issued_at=103) == set()


def test_the_log_is_read_once_for_all_who_ask_at_the_same_time():
    log = Log()
    hub = log.hub()
    for _ in range(300):
        hub.look(101.0)
    assert log.reads == 1
    log.ticks += hubs.PAUSE
    hub.look(101.5)
    assert log.reads == 2


def test_memory_is_bounded_and_forgetting_makes_everybody_ask(monkeypatch):
    monkeypatch.setattr(hubs, "_MOST_CHANNELS", 3)
    log = Log()
    hub = log.hub()
    log.look(hub)
    for number in range(6):
        log.tell(f"s{number}")
        log.look(hub)
    assert len(hub._moved) <= 4
    assert hub.moved({"s9"}, after=0, issued_at=0) == {"s9"}
