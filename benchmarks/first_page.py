"""What a resident waits for on the first page: a phone's window, nothing kept from before, a processor slowed down.

`.venv/bin/python -m benchmarks.first_page [--slow 4] [--times 9]`: serves the demonstration and opens each page in
windows of their own; printed are medians and the quietest of the runs, in milliseconds since the address was asked for.
"interactive" is when the script of the page has run and nothing has held the main thread for 50 ms or more since
(Time to Interactive, W3C Long Tasks); "blocked" is how long tasks held it beyond 50 ms each; "jumps" is their sum by
the Layout Instability API.
"""

import argparse
import logging
import statistics
import tempfile
from pathlib import Path
from threading import Thread

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from consult.db import db
from tests.browser.conftest import CHROMIUM, FLAGS, demonstration

PAGES = ("/", "/online-reports/new", "/threats", "/surveys")
WATCH = """() => {
  window.seen = { tasks: [], jumps: 0, largest: 0 }
  const watch = (type, each) => {
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true })
  }
  watch('longtask', ({ startTime, duration }) => window.seen.tasks.push([startTime, duration]))
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) window.seen.jumps += value })
  watch('largest-contentful-paint', ({ startTime }) => { window.seen.largest = startTime })
}"""
TOLD = """() => {
  const [came] = performance.getEntriesByType('navigation')
  const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
  const { tasks, jumps, largest } = window.seen
  const ends = tasks.map(([from, lasted]) => from + lasted)
  return {
    'answer': came.responseEnd, 'painted': painted, 'largest': largest,
    'interactive': Math.max(came.domContentLoadedEventEnd, painted, ...ends),
    'blocked': tasks.reduce((sum, [, lasted]) => sum + lasted - 50, 0), 'jumps': jumps,
  }
}"""


def main() -> None:
    """Measure and print one row a page."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("--slow", type=float, default=4.0, help="how many times slower the processor is")
    reading.add_argument("--times", type=int, default=9, help="how often each page is opened")
    asked = reading.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        app = demonstration(Path(folder))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for path in PAGES:
                address = f"http://127.0.0.1:{server.server_port}{path}"
                opened(chromium, address, 1.0)  # the server's own first answer is not a reader's
                show(path, [opened(chromium, address, asked.slow) for _ in range(asked.times)])
            chromium.close()
        server.shutdown()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def opened(chromium, address: str, slow: float) -> dict[str, float]:
    """Open an address in a new phone's window, with nothing kept from before."""
    context = chromium.new_context(
        locale="pl-PL", viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True
    )
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = page.evaluate(TOLD)
    context.close()
    return found


def show(path: str, runs: list[dict[str, float]]) -> None:
    """Print the medians and the quietest of the runs of one page."""
    quietest = min(runs, key=lambda one: one["interactive"])
    for name, row in (
        ("median", {key: statistics.median(one[key] for one in runs) for key in quietest}),
        ("quietest", quietest),
    ):
        figures = ", ".join(
            f"{key} {value:.3f}" if key == "jumps" else f"{key} {value:.0f}" for key, value in row.items()
        )
        print(f"{path:20} {name:9} {figures}")


if __name__ == "__main__":
    main()
