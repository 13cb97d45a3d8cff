"""The installation's one secret, and everything that is derived from it.

`AIHUB_SECRET_KEY`, or the 0600 file `aihub.secret` beside the configuration, is the only secret an operator keeps. HKDF-SHA256
(RFC 5869) derives independent keys from it: one hashes callers' keys, one encrypts the vendors' keys, one what
the gateway keeps of conversations.
"""

import base64
import hmac
import os
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VARIABLE = "AIHUB_SECRET_KEY"
FILE = "aihub.secret"
SHORTEST = 16
NONCE_BYTES = 12
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class SecretError(Exception):
    """The installation's secret is missing, unsafe or not the one that was used before. Holds no secret."""


class Secrets:
    """Keys in memory. Nothing here appears in a repr."""

    def __init__(self, master: str) -> None:
        self._caller_keys = _derive(master, b"aihub caller keys")
        self._cipher = AESGCM(_derive(master, b"aihub vendor keys"))
        self._fingerprints = _derive(master, b"aihub fingerprints")
        self._contents = AESGCM(_derive(master, b"aihub contents"))
        self.check_value = _derive(master, b"aihub key check").hex()
        """Kept in the database, so that it is never used with another secret than the one it was made with."""

    def __repr__(self) -> str:
        return "Secrets(…)"

    def caller_hash(self, key: str) -> str:
        """HMAC-SHA256 in hex: what the database knows of a caller's key."""
        return hmac.digest(self._caller_keys, key.encode("utf-8", "surrogatepass"), "sha256").hex()

    def fingerprint(self, text: str) -> str:
        """Tells two secrets apart without showing either; 128 bits in hex."""
        return hmac.digest(self._fingerprints, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def seal(self, row: UUID, text: str) -> str:
        """AES-256-GCM, bound to the row: moved to another row it does not open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), row.bytes)
        return base64.b64encode(nonce + sealed).decode()

    def unseal(self, row: UUID, sealed: str) -> str:
        """Raises `SecretError` when the text was altered, moved, or sealed with another secret."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], row.bytes).decode()
        except (InvalidTag, ValueError):
            raise SecretError(f"the key in row {row} cannot be decrypted") from None

    def seal_content(self, row: UUID, content: bytes) -> bytes:
        """What callers and models said. AES-256-GCM under a key of its own, bound to the row."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._contents.encrypt(nonce, content, row.bytes)

    def unseal_content(self, row: UUID, sealed: bytes) -> bytes:
        """Raises `SecretError` like `unseal`."""
        try:
            return self._contents.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row.bytes)
        except (InvalidTag, ValueError):
            raise SecretError(f"the content of row {row} cannot be decrypted") from None


def load(environ: Mapping[str, str], base_dir: Path) -> Secrets:
    """From the environment, else from the file, which is made if it is not there. Raises `SecretError`."""
    return find(environ, base_dir) or _generate(base_dir / FILE)


def find(environ: Mapping[str, str], base_dir: Path) -> Secrets | None:
    """Like `load`, but makes nothing: None when there is no secret yet."""
    if (given := environ.get(VARIABLE)) is not None:
        return Secrets(_long_enough(given, VARIABLE))
    file = base_dir / FILE
    return _read(file) if file.exists() else None


def ephemeral() -> Secrets:
    """A secret of this process only, for what is thrown away."""
    return Secrets(secrets.token_urlsafe(32))


def new_caller_key() -> str:
    """`sk-`, 160 random bits, and a CRC-32 of them, both in base 62: a secret scanner can tell it from a look-alike.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    body = _base62(secrets.randbits(160), 27)
    return f"sk-{body}{_base62(zlib.crc32(body.encode()), 6)}"


def key_hint(key: str) -> str:
    """What may be shown of a key: its ends when it is long enough that they give nothing away."""
    return f"{key[:6]}…{key[-4:]}" if len(key) >= 24 else "…"


def _derive(master: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master.encode())


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


def _long_enough(text: str, where: str) -> str:
    if len(text) < SHORTEST:
        raise SecretError(f"{where} is too short: it needs at least {SHORTEST} characters")
    return text


def _read(file: Path) -> Secrets:
    try:
        if (mode := file.stat().st_mode & 0o777) & 0o077:
            raise SecretError(f"{file} can be read by others (mode {mode:04o}): run `chmod 600 {file}`")
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"cannot read {file}: {_reason(error)}") from None
    return Secrets(_long_enough(text, str(file)))


def _generate(file: Path) -> Secrets:
    """Two processes may do this at once: the link decides, and nobody ever sees a half-written file."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_urlsafe(32).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise SecretError(f"cannot write {file}: {_reason(error)}; or set {VARIABLE}") from None
    return _read(file)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
