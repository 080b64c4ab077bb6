"""F10, F11: a document that would take for ever, or whose press is killed, ends in time and holds up no other one."""

import os
import random
import signal
import threading
import time
from dataclasses import replace

import pytest

from consult.documents.rendering import LIMITS, Document, DocumentRefused, Renderer

pytestmark = pytest.mark.own_press

POISON = "<table><tr><td colspan=1000000>x</td></tr></table>" * 40
IN_TIME_S = 25
SHORT = replace(LIMITS, cpu_s=3, wall_s=18)


def page(body):
    return Document(
        f"<!DOCTYPE html><html lang=pl><head><title>t</title></head><body>{body}</body></html>", {}, "pl", "t"
    )


def test_a_poisoned_document_ends_in_time_and_the_next_one_is_printed():
    assert LIMITS.wall_s <= IN_TIME_S
    with Renderer(limits=SHORT) as renderer:
        began = time.monotonic()
        with pytest.raises(DocumentRefused):
            renderer.print(page(POISON))
        assert time.monotonic() - began < SHORT.wall_s + 5
        assert renderer.print(page("<h1>Dalej</h1>")).startswith(b"%PDF")


def test_a_press_that_is_killed_gives_a_whole_document_or_none():
    """The run of the trial is longer; each time the press dies at another point."""
    dice = random.Random(7)
    with Renderer() as renderer:
        renderer.print(page("<h1>Pierwszy</h1>"))
        for _ in range(5):
            process = renderer._places.queue[-1]
            killer = threading.Timer(0.2 * dice.random(), _kill, [process])
            killer.start()
            try:
                assert renderer.print(page("<p>słowo</p>" * 300)).rstrip().endswith(b"%%EOF")
            except DocumentRefused:
                pass
            finally:
                killer.cancel()
                killer.join()
        assert renderer.print(page("<h1>Ostatni</h1>")).startswith(b"%PDF")


def test_a_press_that_died_while_nobody_printed_costs_no_document():
    with Renderer() as renderer:
        renderer.print(page("<h1>Pierwszy</h1>"))
        idle = renderer._places.queue[-1]
        _kill(idle)
        idle.process.wait()
        assert renderer.print(page("<h1>Drugi</h1>")).startswith(b"%PDF")


def _kill(process):
    if process is not None and process.process.poll() is None:
        os.kill(process.process.pid, signal.SIGKILL)
