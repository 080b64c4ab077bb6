"""Sending letters: text templates of `templates/mail`, whose first line is the subject."""

from collections.abc import Callable
from typing import Any, ParamSpec

from flask import after_this_request, current_app
from flask.wrappers import Response
from flask_babel import force_locale
from flask_mailman import EmailMessage

P = ParamSpec("P")


def send(to: str, letter: str, language: str = "pl", *, stop_url: str = "", **facts: Any) -> None:
    """Write a letter ("mail/first_password") in a language and send it at once.

    `stop_url` ends these letters by one POST: mail programs show a button for it (RFC 2369, RFC 8058).
    """
    with force_locale(language):
        # Not `render_template`: that also asks for the header of a page, and no page is open when a letter is written.
        subject, _, body = current_app.jinja_env.get_template(f"{letter}.txt").render(facts).partition("\n")
    headers = _stop_headers(stop_url) if stop_url else {}
    EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=[to], headers=headers).send()


def _stop_headers(url: str) -> dict[str, str]:
    """Write the headers of the button. Without TLS there is no one click (RFC 8058, section 3.1), only the page."""
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{url}>", **one_click}


def after_answer(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Do some work when the answer has been sent and its transaction has committed.

    The reader waits for no mail server, nobody learns from the time of an answer whether a letter was written, and no
    letter speaks of what was not saved. What fails then is said in the log; the reader can ask for the letter again.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  the proxy ends with the request

    def later() -> None:
        with app.app_context():
            try:
                work(*args, **kwargs)
            except Exception:
                app.logger.exception("work after the answer failed: %s", work.__qualname__)

    @after_this_request
    def _promise(response: Response) -> Response:
        if response.status_code < 400:
            response.call_on_close(later)
        return response
