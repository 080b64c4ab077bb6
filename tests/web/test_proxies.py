"""Whose word about the visitor's address is believed: only that of the proxies that TRUSTED_PROXIES names."""

from ipaddress import ip_network

import pytest

from consult.config import Config, ConfigurationRefused
from consult.web.proxies import CAME_BY, Proxies

OURS = [ip_network("10.0.0.1/32"), ip_network("10.0.1.0/24")]
KEY = "kQ3vTz8mWb5nXc7rYd9sZf2gAh4jBk6lq1We"


def seen(trusted, peer, **headers):
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"} | headers
    Proxies(lambda environ, _start: [], trusted)(environ, None)
    return environ


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "127.0.0.1,198.51.100.7 , 10.0.1.9", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.1.4, 10.0.1.5", "10.0.1.4"),
        ("198.51.100.7", "127.0.0.1", "198.51.100.7"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_way_is_followed_from_the_right_as_long_as_it_is_ours(peer, forwarded, visitor):
    assert seen(OURS, peer, HTTP_X_FORWARDED_FOR=forwarded)["REMOTE_ADDR"] == visitor


def test_without_the_setting_nothing_is_believed_and_a_proxy_is_noticed():
    environ = seen([], "127.0.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1", HTTP_X_FORWARDED_PROTO="https")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ[CAME_BY]) == ("127.0.0.1", "http", True)
    assert not seen([], "127.0.0.1")[CAME_BY]


def test_a_proxy_may_come_by_a_socket_of_this_machine():
    assert seen(["unix"], "", HTTP_X_FORWARDED_FOR="198.51.100.7")["REMOTE_ADDR"] == "198.51.100.7"
    assert seen(OURS, "", HTTP_X_FORWARDED_FOR="198.51.100.7")["REMOTE_ADDR"] == ""


def test_the_setting_names_addresses_and_never_everybody():
    found = Config.from_environment({"SECRET_KEY": KEY, "TRUSTED_PROXIES": "10.0.0.1, unix"}).TRUSTED_PROXIES
    assert found == [ip_network("10.0.0.1/32"), "unix"]
    for value in ("everybody", "0.0.0.0/0", "10.0.0.1;10.0.0.2"):
        with pytest.raises(ConfigurationRefused, match="TRUSTED_PROXIES"):
            Config.from_environment({"SECRET_KEY": KEY, "TRUSTED_PROXIES": value})
