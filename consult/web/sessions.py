"""Session cookies: Flask's own, signed by a signer made once; what one browser keeps does not vary by them."""

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookies with a signer that stays for as long as the keys do."""

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Give the signer for the keys that the application has now; without a key there is none."""
        keys = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if self._made is None or self._made[0] != keys:
            self._made = keys, super().get_signing_serializer(app)
        return self._made[1]

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie. A page that only the reader's own browser keeps does not depend on it.

        Otherwise that browser would not find the page when going back, once a cookie has come since: it would ask
        whether to send the form again.
        """
        super().save_session(app, session, response)
        if response.cache_control.private:
            response.vary.discard("Cookie")


def init_app(app: Flask) -> None:
    """Read and write the cookies of an application so."""
    app.session_interface = Sessions()
