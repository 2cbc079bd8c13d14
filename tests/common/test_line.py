"""Writers on SQLite come to their turn in the order in which they asked."""

import threading

import pytest

from comity.common.transactions import Line


def waiting_in(line, count):
    """Returns once so many threads wait."""
    for _ in range(5000):
        if len(line._waiting) >= count:
            return
        threading.Event().wait(0.001)
    raise AssertionError("nobody came")


def test_whoever_has_it_may_take_it_again_and_nobody_else():
    line, came = Line(), []
    with line, line:
        other = threading.Thread(target=lambda: line.__enter__() or came.append("other"))
        other.start()
        waiting_in(line, 1)
        assert came == []
    other.join(5)
    assert came == ["other"]


def test_it_is_handed_on_in_the_order_of_asking_also_past_one_who_asks_again():
    line, order = Line(), []

    def write(name):
        with line:
            order.append(name)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    with line:
        for number, thread in enumerate(threads):
            thread.start()
            waiting_in(line, number + 1)
    write("the first again")
    for thread in threads:
        thread.join(5)
    assert order == ["a", "b", "c", "the first again"]


def test_an_error_inside_hands_it_on():
    line = Line()
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"), line:
            raise ValueError("broken")
    assert (line._owner, line._depth) == (0, 0)


@pytest.mark.parametrize("called", [False, True], ids=["while it waits", "just when it is called"])
def test_who_is_torn_out_of_the_line_holds_up_nobody(called, monkeypatch):
    line, came = Line(), []

    class Torn:
        """Its second ``acquire``, the one that waits, is ended by a signal."""

        def __init__(self):
            self.asked = 0

        def acquire(self):
            self.asked += 1
            if self.asked > 1:
                if called:
                    line.__exit__()  # whoever has it hands it on
                raise KeyboardInterrupt

        def release(self):
            """Called by whoever hands it on."""

    other = threading.Thread(target=lambda: line.__enter__() or came.append("other"))
    line._owner, line._depth = -1, 1  # somebody else has it
    with monkeypatch.context() as patched:
        patched.setattr("comity.common.transactions.threading.Lock", Torn)
        with pytest.raises(KeyboardInterrupt):
            line.__enter__()
    if not called:
        line.__exit__()
    other.start()
    other.join(5)

    assert came == ["other"]
