"""Digest authentication: what is proved, and which challenges are not for us."""

import pytest

from breakeven.meters.asked.digest import Digest, fresh_cnonce

CHALLENGE = 'Digest qop="auth", realm="A8032AB3C4D5", nonce="66a1", algorithm=SHA-256'


def test_every_request_counts_up_and_hides_the_password() -> None:
    digest = Digest(CHALLENGE, user="admin", password="geheim", cnonce=lambda: "c")
    first, second = digest.answer("GET", "/rpc"), digest.answer("GET", "/rpc")
    assert "nc=00000001" in first
    assert "nc=00000002" in second
    assert "geheim" not in first + second
    assert "opaque" not in first


def test_what_is_opaque_is_sent_back() -> None:
    digest = Digest(f'{CHALLENGE}, opaque="xyz"', user="admin", password="p")
    assert 'opaque="xyz"' in digest.answer("GET", "/rpc")


@pytest.mark.parametrize(
    "challenge",
    [
        'Basic realm="plug"',
        'Digest qop="auth", realm="r", nonce="n", algorithm=MD5',
        'Digest realm="r", nonce="n", algorithm=SHA-256',
        'Digest qop="auth-int", realm="r", nonce="n", algorithm=SHA-256',
    ],
)
def test_another_challenge_is_not_answered(challenge: str) -> None:
    with pytest.raises(ValueError, match="another authentication"):
        Digest(challenge, user="admin", password="p")


def test_a_client_s_nonce_is_never_the_same() -> None:
    assert len({fresh_cnonce() for _ in range(100)}) == 100
