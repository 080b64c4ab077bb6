"""Letters: where they go, in which language, and when."""

import email
import smtplib
import ssl
from contextvars import Context
from email.policy import default

import pytest
from flask import Flask, has_request_context
from flask_mailman import EmailMessage

from consult.config import Config
from consult.mail import delivery
from consult.mail.operations import after_answer, send


def mailing(tmp_path, mail_url, public_url="https://konsultacje.example.pl"):
    app = Flask(__name__)
    app.config.from_object(
        Config(
            SECRET_KEY="x" * 32,
            SQLALCHEMY_DATABASE_URI="sqlite://",
            INSTANCE=tmp_path,
            MAIL_URL=mail_url,
            PUBLIC_URL=public_url,
        )
    )
    delivery.init_app(app)
    return app


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "starttls", "user", "sender"),
    [
        ("smtp://relay", "relay", 25, False, False, None, "no-reply@konsultacje.example.pl"),
        ("smtp://relay:587", "relay", 587, False, True, None, "no-reply@konsultacje.example.pl"),
        ("smtp://u%40x:p%3Aw@host", "host", 587, False, True, "u@x", "no-reply@konsultacje.example.pl"),
        ("smtps://u:p@host?from=a@b.pl", "host", 465, True, False, "u", "a@b.pl"),
    ],
)
def test_the_server_is_read_from_the_address(tmp_path, url, host, port, tls, starttls, user, sender):
    app = mailing(tmp_path, url)
    state = app.extensions["mailman"]
    assert (state.server, state.port, state.use_ssl, state.use_tls) == (host, port, tls, starttls)
    assert (state.username, state.default_sender) == (user, sender)


def test_no_server_without_a_certificate_is_believed(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(smtplib.SMTP, "starttls", lambda self, context=None: seen.append(context))
    delivery.CheckedSmtp.starttls(object.__new__(delivery.CheckedSmtp))
    assert seen[0].verify_mode == ssl.CERT_REQUIRED
    assert seen[0].check_hostname


def test_without_a_server_letters_are_files_to_read(tmp_path):
    app = mailing(tmp_path, "")
    with app.app_context():
        EmailMessage("Zażółć", "gęślą jaźń\n", to=["anna@policja.example"]).send()
    (path,) = (tmp_path / "mail").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    letter = email.message_from_bytes(path.read_bytes(), policy=default)
    assert (letter["Subject"], letter["To"]) == ("Zażółć", "anna@policja.example")
    assert letter.get_content() == "gęślą jaźń\n"


@pytest.mark.parametrize("letter", ["mail/first_password", "mail/forgotten_password", "mail/password_changed"])
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_every_letter_is_written_in_every_language(app, letters, letter, language):
    facts = {"email": "<a&b>@policja.example", "unit": "KPP „Łask”", "url": "https://x.pl/1", "changed_at": None}
    send("anna@policja.example", letter, language, **facts)
    (sent,) = letters
    assert sent.subject
    assert "\n" not in sent.subject
    assert "<a&b>@policja.example" in sent.body, "a letter is text, not HTML"
    assert "https://x.pl/1" in sent.body
    assert "{" not in sent.body


def test_a_letter_is_written_when_no_page_is_open(app, letters):
    """After an answer has gone, and in a worker, there is no request: pytest-flask's own would hide that."""

    def in_a_worker():
        with app.app_context():
            assert not has_request_context()
            send(
                "anna@policja.example",
                "mail/password_changed",
                email="a",
                unit="KPP",
                url="https://x.pl/1",
                changed_at=None,
            )

    Context().run(in_a_worker)
    (sent,) = letters
    assert "https://x.pl/1" in sent.body


def answered(app, status, work):
    with app.test_request_context():
        after_answer(work)
        return app.process_response(app.response_class("", status))


def test_work_waits_for_the_answer(app):
    done = []
    answer = answered(app, 200, lambda: done.append(1))
    assert done == []
    answer.close()
    assert done == [1]


def test_a_refused_request_has_no_work_after_it(app):
    done = []
    answered(app, 422, lambda: done.append(1)).close()
    assert done == []


def test_a_broken_mail_server_is_in_the_log_and_not_in_the_way(app, caplog):
    def broken():
        raise smtplib.SMTPServerDisconnected

    answered(app, 200, broken).close()
    assert "work after the answer failed" in caplog.text
