"""Presses that are kept for all tests which only want something printed: to start one takes longer than to print."""

from contextlib import contextmanager
from dataclasses import replace
from threading import Lock

import pytest

from consult.documents.rendering import LIMITS, Renderer


class Presses:
    """A press for each set of limits, started when first asked for."""

    def __init__(self):
        self.kept, self.lock, self.are_shared = {}, Lock(), True
        self.own_print = Renderer.print

    def print(self, renderer, document):
        """Print by a press that may have printed for others, or, for a test of presses, by the renderer's own."""
        return self.own_print(self.like(renderer) if self.are_shared else renderer, document)

    def like(self, renderer):
        """The renderer that is kept for the limits of another one."""
        limits = replace(renderer.limits, documents=LIMITS.documents)
        with self.lock:
            return self.kept.setdefault(limits, Renderer(limits=limits))

    def close(self):
        for renderer in self.kept.values():
            renderer.close()


@contextmanager
def shared():
    """Let all renderers print by the same presses."""
    presses = Presses()

    def printed(renderer, document):
        return presses.print(renderer, document)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Renderer, "print", printed)
        yield presses
    presses.close()
