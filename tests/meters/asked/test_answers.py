"""Asking one address for JSON: what is taken, what is tried again, and what is never followed."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.answers import (
    MOST_BYTES,
    JsonClient,
    NoAnswer,
    inside,
    listed,
    number,
    step,
)
from breakeven.meters.asked.logins import BasicLogin, DigestLogin, Nobody
from breakeven.meters.asked.options import Address
from breakeven.testing.audit import watched_connections
from breakeven.testing.servers import Asked, FakeServer, Given, page


class Pages(FakeServer):
    """Gives what a test puts under each path."""

    def __init__(self, **pages: Given) -> None:
        super().__init__()
        self.pages = {f"/{name}": given for name, given in pages.items()}

    def answer(self, asked: Asked) -> Given:
        return self.pages.get(asked.path, Given(status=404))


def client(server: FakeServer, **arguments: float) -> JsonClient:
    port = int(server.url.rpartition(":")[2])
    return JsonClient(Address(scheme="http", host="127.0.0.1", port=port), **arguments)  # type: ignore[arg-type]  # one test's time limit


@pytest.fixture
def ask() -> Iterator[Callable[..., JsonClient]]:
    """Make clients that hang up when the test is over."""
    made: list[JsonClient] = []

    def make(server: FakeServer, **arguments: float) -> JsonClient:
        made.append(client(server, **arguments))
        return made[-1]

    yield make
    for one in made:
        one.hang_up()


Ask = Callable[..., JsonClient]


def test_numbers_keep_their_decimals(ask: Ask) -> None:
    with Pages(x=Given(body='{"total": 12.340, "n": 7, "on": true, "off": null}')) as server:
        found = ask(server).get("/x")
    total = number(found, "total")
    assert total == Decimal("12.340")
    assert step(total) == 0.001
    assert step(Decimal(7)) == 1.0
    assert (number(found, "n"), number(found, "on"), number(found, "off")) == (
        Decimal(7),
        None,
        None,
    )


def test_what_is_not_there_is_empty() -> None:
    assert inside({"a": 1}, "a") == {}
    assert listed({"a": {}}, "a") == []
    assert listed({"a": [1, {"b": 2}]}, "a") == [{"b": 2}]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Given(body="<html>"), "no JSON"),
        (Given(body="[1]"), "no JSON object"),
        (Given(body='{"a": NaN}'), "NaN is no number"),
        (Given(body='{"a": Infinity}'), "no number"),
        (Given(status=500), "answers 500"),
        (Given(body=f'{{"a": "{"x" * MOST_BYTES}"}}'), "longer than"),
    ],
)
def test_an_answer_that_is_none(ask: Ask, given: Given, reason: str) -> None:
    with Pages(x=given) as server, pytest.raises(NoAnswer, match=reason):
        ask(server).get("/x")


def test_the_status_of_a_missing_page_is_kept(ask: Ask) -> None:
    with Pages() as server, pytest.raises(NoAnswer) as caught:
        ask(server).get("/nowhere")
    assert caught.value.status == 404


def test_one_connection_serves_many_questions_and_is_made_again_when_lost(ask: Ask) -> None:
    with Pages(x=page({"a": 1})) as server:
        asking = ask(server)
        for _ in range(3):
            assert asking.get("/x") == {"a": 1}
        assert asking._connection.sock is not None
        asking._connection.sock.shutdown(2)  # as a server that closes idle lines
        assert asking.get("/x") == {"a": 1}


def test_a_server_that_answers_too_late_is_no_answer(ask: Ask) -> None:
    with Pages(x=page({})) as server:
        asking = ask(server, timeout_s=0.05)
        with server.hold(), pytest.raises(NoAnswer, match="did not answer in time"):
            asking.get("/x")


def test_a_question_that_waits_can_be_woken(ask: Ask) -> None:
    caught: list[Exception] = []
    with Pages(x=page({})) as server:
        asking = ask(server, timeout_s=30.0)
        asking.get("/x")

        def question() -> None:
            try:
                asking.get("/x")
            except NoAnswer as error:
                caught.append(error)

        with server.hold():
            thread = threading.Thread(target=question)
            thread.start()
            server.wait_asked(2)
            asking.abort()
            thread.join(30)
    assert (len(caught), len(server.asked)) == (1, 2)  # it does not try once more


def test_aborting_what_never_began_leaves_the_client_as_it_was(ask: Ask) -> None:
    with Pages(x=page({"a": 1})) as server:
        asking = ask(server)
        asking.abort()
        assert asking.get("/x") == {"a": 1}


def test_a_port_where_nobody_listens_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="refused"):
        JsonClient(Address(scheme="http", host="127.0.0.1", port=9)).get("/x")


def test_a_redirect_within_the_address_is_followed(ask: Ask) -> None:
    with Pages(x=page({"a": 1})) as server:
        server.pages["/old"] = Given(status=308, headers={"Location": "/x"})
        server.pages["/older"] = Given(status=301, headers={"Location": f"{server.url}/old"})
        assert ask(server).get("/older") == {"a": 1}


@pytest.mark.parametrize(
    "location", ["http://127.0.0.3:80/x", "//127.0.0.3/x", "https://127.0.0.1/x", "x", ""]
)
def test_a_redirect_to_anybody_else_is_not_followed(ask: Ask, location: str) -> None:
    moved = Given(status=302, headers={"Location": location})
    with (
        Pages(x=moved) as server,
        watched_connections() as seen,
        pytest.raises(MeterUnavailableError, match="sends elsewhere"),
    ):
        ask(server).get("/x")
    assert seen <= {"127.0.0.1"}
    assert len(server.asked) == 1


def test_a_redirect_in_a_circle_ends(ask: Ask) -> None:
    moved = Given(status=302, headers={"Location": "/x"})
    with Pages(x=moved) as server, pytest.raises(NoAnswer, match="circle"):
        ask(server).get("/x")


def test_nobody_who_is_refused_gives_up() -> None:
    with Pages(x=Given(status=401, headers={"WWW-Authenticate": "Basic"})) as server:
        asking = client(server)
        with pytest.raises(MeterUnavailableError, match="wants a password") as caught:
            asking.get("/x")
        asking.close()
    assert "password_env=NAME" in caught.value.advice
    assert Nobody().headers("GET", "/") == {}


def test_a_digest_login_answers_no_other_challenge() -> None:
    login = DigestLogin(user="admin", password="geheim")
    asking = JsonClient(Address(scheme="http", host="127.0.0.1", port=9), login=login)
    assert not login.renew(asking, ['Basic realm="x"', 'Digest realm="x", algorithm=MD5'])
    assert login.headers("GET", "/") == {}
    login.end(asking)


def test_a_basic_login_says_it_once() -> None:
    login = BasicLogin(user="u", password="p")
    asking = JsonClient(Address(scheme="http", host="127.0.0.1", port=9), login=login)
    assert login.headers("GET", "/") == {"Authorization": "Basic dTpw"}
    assert not login.renew(asking, [])
    login.end(asking)


def test_https_is_verified_unless_somebody_says_otherwise() -> None:
    bmc = Address(scheme="https", host="bmc", port=443)
    strict, lax = JsonClient(bmc), JsonClient(bmc, insecure=True)
    assert _context(strict).verify_mode is ssl.CERT_REQUIRED
    assert _context(strict).check_hostname
    assert _context(lax).verify_mode is ssl.CERT_NONE


def _context(asking: JsonClient) -> ssl.SSLContext:
    context = asking._connection.__dict__["_context"]
    assert isinstance(context, ssl.SSLContext)
    return context


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_that_nobody_vouches_for_is_refused_and_may_be_accepted(
    tmp_path: Path,
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    made += ["-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run(made, check=True, capture_output=True)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"a": 1}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    bmc = Address(scheme="https", host="127.0.0.1", port=server.server_address[1])
    try:
        with pytest.raises(MeterUnavailableError, match="is not trusted") as caught:
            JsonClient(bmc).get("/")
        accepting = JsonClient(bmc, insecure=True)
        assert accepting.get("/") == {"a": 1}
        accepting.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "SSL_CERT_FILE" in caught.value.advice
