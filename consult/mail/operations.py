"""Sending letters: text templates of `templates/mail`, whose first line is the subject."""

from collections.abc import Callable
from typing import Any, ParamSpec

from flask import after_this_request, current_app, render_template
from flask.wrappers import Response
from flask_babel import force_locale
from flask_mailman import EmailMessage

P = ParamSpec("P")


def send(to: str, letter: str, language: str = "pl", **facts: Any) -> None:
    """Write a letter ("mail/first_password") in a language and send it at once."""
    with force_locale(language):
        subject, _, body = render_template(f"{letter}.txt", **facts).partition("\n")
    EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=[to]).send()


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
