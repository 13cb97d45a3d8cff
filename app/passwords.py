"""Passwords of the console's users, hashed with argon2id (RFC 9106)."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def new_password() -> str:
    """20 characters that carry 120 random bits."""
    return secrets.token_urlsafe(15)


def hash_password(password: str) -> str:
    """The text holds its parameters and salt. Takes about 50 ms: off the event loop, please."""
    return PasswordHasher().hash(password)


def password_matches(hashed: str, password: str) -> bool:
    """Takes as long as hashing. False, too, for a text that is no argon2 hash."""
    try:
        return PasswordHasher().verify(hashed, password)
    except (InvalidHashError, VerificationError):
        return False
