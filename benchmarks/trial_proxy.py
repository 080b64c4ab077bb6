"""nginx as docs/operate says: it is asked what it promises while clients send a byte a second (S110).

    script/trial proxy [--slow 30] [--seconds 40]

Needs `nginx` and `openssl`. The configuration is the file that operators copy, with other ports and paths and nothing
else changed; the product behind it is the demonstration. The trial fails where a promise does not hold.
"""

import argparse
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from consult.app import create_app
from consult.config import ROOT, Config
from tests.faults.load import Server, free_port

NAME = "konsultacje.example.pl"
SILENCE_S = {"head": 15, "body": 30}
"""After so long without a byte the configuration cuts a client off."""

NOT_WHOLE = (
    b"POST /online-reports/new HTTP/1.1\r\nHost: "
    + NAME.encode()
    + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)


class Proxy:
    """nginx with the operators' file, in a folder of its own."""

    def __init__(self, folder, product_port):
        self.folder, self.tls, self.plain = folder, free_port(), free_port()
        key, certificate = folder / "key.pem", folder / "fullchain.pem"
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
        words += ["-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
        subprocess.run([*words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        self.trust = ssl.create_default_context(cafile=certificate)
        folder.chmod(0o711)  # nginx reads the page as somebody else
        shutil.copy(ROOT / "docs" / "operate" / "away.html", folder)
        site = (ROOT / "docs" / "operate" / "nginx.conf").read_text(encoding="utf-8")
        for asked, here in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("    listen [::]:80;\n", ""),
            ("listen 443 ", f"listen 127.0.0.1:{self.tls} "),
            ("    listen [::]:443 ssl http2;\n", ""),
            ("/etc/ssl/konsultacje/", f"{folder}/"),
            ("/etc/nginx/consult", str(folder)),
            ("/var/log/nginx/", f"{folder}/"),
            ("http://127.0.0.1:8000", f"http://127.0.0.1:{product_port}"),
        ):
            assert asked in site, asked
            site = site.replace(asked, here)
        (folder / "site.conf").write_text(site, encoding="utf-8")
        bodies = "".join(
            f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; worker_processes 1; error_log {folder}/error.log;\n"
            "events { worker_connections 512; }\n"
            f"http {{ access_log off; {bodies} include {folder}/site.conf; }}\n",
            encoding="utf-8",
        )
        self.words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]

    def __enter__(self):
        subprocess.run([*self.words, "-t", "-q"], check=True)
        self.process = subprocess.Popen([*self.words, "-g", "daemon off;"])
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.tls), 1):
                return self
            time.sleep(0.1)
        raise AssertionError("nginx does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def connected(self):
        """A connection over TLS, as a socket."""
        return self.trust.wrap_socket(socket.create_connection(("127.0.0.1", self.tls), 10), server_hostname=NAME)

    def ask(self, path, method="GET", body=None, **headers):
        """What nginx answers: status, headers, the first bytes."""
        connection = HTTPSConnection("127.0.0.1", self.tls, context=self.trust, timeout=60)
        try:
            connection.request(method, path, body, {"Host": NAME, **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (BrokenPipeError, ConnectionResetError):  # it refuses before the whole body came
            answer = connection.response_class(connection.sock, method=method)
            answer.begin()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def ask_plain(self, path):
        connection = HTTPConnection("127.0.0.1", self.plain, timeout=10)
        connection.request("GET", path, headers={"Host": NAME})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location")


def drip(proxy, stop, counts):
    """Send a form a byte a second until told to stop, whatever comes of it."""
    with proxy.connected() as line:
        line.sendall(NOT_WHOLE + b"Content-Length: 100000\r\n\r\n")
        while not stop.wait(1):
            line.sendall(b"a")
            counts["dripped"] += 1


def cut_after(proxy, part):
    """How long a client may be silent in the middle of a head or a body, in seconds."""
    with proxy.connected() as line:
        line.settimeout(90)
        line.sendall(NOT_WHOLE + (b"Content-Length: 9\r\n\r\nab" if part == "body" else b""))
        began = time.monotonic()
        while line.recv(4096):
            pass
        return time.monotonic() - began


def waits(proxy, seconds):
    """How long others wait for the page of a report, in milliseconds, one after another."""
    until, took = time.monotonic() + seconds, []
    while time.monotonic() < until:
        began = time.perf_counter()
        status, _headers, _body = proxy.ask("/online-reports/new")
        took.append((time.perf_counter() - began) * 1000)
        assert status == 200, status
    return took


def beside_slow_ones(proxy, count, seconds):
    """Others go on while clients send a byte a second."""
    alone = waits(proxy, seconds / 4)
    stop, counts = threading.Event(), {"dripped": 0}
    slow = [threading.Thread(target=drip, args=(proxy, stop, counts)) for _ in range(count)]
    for one in slow:
        one.start()
    beside = waits(proxy, seconds)
    stop.set()
    for one in slow:
        one.join()
    ratio = statistics.median(beside) / statistics.median(alone)
    sentence = (
        f"{count} clients that send a byte a second (two workers): {len(beside)} pages for others, all 200, "
        f"{ratio:.2f} times as long as alone; {counts['dripped']} bytes dripped"
    )
    return sentence, len(beside) > 10 and counts["dripped"] > count


def promises(proxy):
    """What the configuration says it does, each as a sentence and whether it holds."""
    status, location = proxy.ask_plain("/threats?page=2")
    yield f"http leads to https: {status} {location}", (status, location) == (301, f"https://{NAME}/threats?page=2")
    status, headers, _body = proxy.ask("/")
    yield f"the first page: {status}", status == 200
    yield "browsers are told to stay with https", "max-age" in headers.get("Strict-Transport-Security", "")
    cookies = proxy.ask("/online-reports/new")[1].get_all("Set-Cookie", [])
    yield f"cookies are Secure: {len(cookies)}", all("Secure" in one for one in cookies)
    yield "nothing says which server it is", not any(sign.isdigit() for sign in headers.get("Server", ""))
    status = proxy.ask("/metrics")[0]
    yield f"figures are not for outside: {status}", status == 404
    status = proxy.ask("/online-reports/new", "POST", b"a" * (33 << 20))[0]
    yield f"33 MB: {status}", status == 413
    status = proxy.ask("/", **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})[0]
    yield f"what a visitor claims of the way is thrown away: {status}", status == 200


def away(proxy):
    """What people read while the product is away."""
    status, headers, body = proxy.ask("/")
    text = body.decode()
    yield f"the product is away: {status}, Retry-After {headers.get('Retry-After')}", status == 503
    yield "112 stands first", 0 < text.find("112") < text.find("<h1>")


def told(found):
    """Print what held and what did not; count the latter."""
    broken = 0
    for sentence, holds in found:
        print(("holds  " if holds else "BROKEN ") + sentence, flush=True)
        broken += not holds
    return broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slow", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=40)
    chosen = parser.parse_args()
    print(subprocess.run(["nginx", "-v"], check=True, capture_output=True, text=True).stderr.strip())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ |= {"INSTANCE_PATH": str(folder / "instance"), "REPORTS_OUT": str(folder / "out")}
        for words in (("db", "upgrade"), ("demo", "load")):
            subprocess.run([ROOT / ".venv" / "bin" / "flask", *words], cwd=ROOT, check=True, capture_output=True)
        behind = {"TRUSTED_PROXIES": "127.0.0.1", "TRUSTED_HOSTS": f"{NAME},127.0.0.1", "PUBLIC_URL": f"https://{NAME}"}
        product = Server(create_app(Config.from_environment()), **behind)
        with product.running(), Proxy(folder, product.port) as proxy:
            broken = told(promises(proxy)) + told([beside_slow_ones(proxy, chosen.slow, chosen.seconds)])
            for part, bound in SILENCE_S.items():
                took = cut_after(proxy, part)
                broken += told([(f"silent in the middle of a {part}: cut after {took:.0f} s", took < bound + 5)])
            product.kill()
            broken += told(away(proxy))
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
