"""Passwords are random, and kept as argon2id hashes."""

import pytest

from app.passwords import hash_password, new_password, password_matches


def test_a_hash_matches_its_password_only() -> None:
    password = new_password()
    hashed = hash_password(password)
    assert hashed.startswith("$argon2id$")
    assert password not in hashed
    assert password_matches(hashed, password)
    assert not password_matches(hashed, password + "x")


@pytest.mark.parametrize("hashed", ["", "plain", "$argon2id$broken"])
def test_no_hash_matches_nothing(hashed: str) -> None:
    assert not password_matches(hashed, "")


def test_passwords_differ() -> None:
    assert len({new_password() for _ in range(50)}) == 50
