"""A kind of task that writes down what it does, for tests of tasks whatever they are about."""

from contextlib import contextmanager

from consult.jobs import asking
from consult.jobs.tasks import Kind, Result


class Working:
    """A kind whose parts are done in memory; a part named in `failing` ends by an error so often."""

    def __init__(self, failing=None, refusing=(), on_part=lambda _name: None):
        self.done, self.failing, self.refusing, self.on_part = [], dict(failing or {}), refusing, on_part

    @property
    def kind(self):
        return Kind(
            "count", self._begin, lambda details: f"Counting {details['what']}", {"counted": "Counted"}, leads_to
        )

    @contextmanager
    def _begin(self, asked):
        self.asked = asked
        yield self._do

    def _do(self, name):
        self.on_part(name)
        if self.failing.get(name, 0) > 0:
            self.failing[name] -= 1
            raise ZeroDivisionError("what somebody wrote")
        if name in self.refusing:
            return Result("too_many", is_refused=True)
        self.done.append(name)
        return Result("counted")


def leads_to(_details):
    return "Where it is", "/"


def task_of(account, names="abc", what="voices"):
    """A task with a part of each name, asked for by somebody; not committed yet."""
    return asking.ask(account.id, account.scope, "count", [(name, f"part {name}") for name in names], what=what)
