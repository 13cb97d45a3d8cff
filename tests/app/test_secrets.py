"""The installation's secret is private and made once; what is derived from it hides and binds."""

import re
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import secrets as module
from app.secrets import BASE62, SecretError, Secrets, ephemeral, find, key_hint, load, new_caller_key

LONG = "sixteen letters!"


def test_the_variable_wins_over_the_file(tmp_path: Path) -> None:
    load({}, tmp_path)
    assert load({"AIHUB_SECRET_KEY": LONG}, tmp_path).check_value == Secrets(LONG).check_value


@pytest.mark.parametrize("given", ["", "fifteen letters"])
def test_a_short_secret_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(SecretError, match="at least 16") as caught:
        load({"AIHUB_SECRET_KEY": given}, tmp_path)
    assert "fifteen" not in str(caught.value)


def test_a_generated_file_is_private_and_stays(tmp_path: Path) -> None:
    first = load({}, tmp_path)
    file = tmp_path / "aihub.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text().strip()) >= 43
    assert load({}, tmp_path).check_value == first.check_value
    assert list(tmp_path.iterdir()) == [file], "no draft is left"


def test_those_who_generate_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: load({}, tmp_path).check_value, range(8)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load({}, tmp_path)
    (tmp_path / "aihub.secret").chmod(mode)
    with pytest.raises(SecretError, match=f"mode 0{mode:o}.*chmod 600"):
        load({}, tmp_path)


@pytest.mark.parametrize(("content", "said"), [(b"short", "too short"), (b"", "too short"), (b"\xff" * 40, "cannot read")])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "aihub.secret"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SecretError, match=said):
        load({}, tmp_path)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file or directory; or set AIHUB_SECRET_KEY"):
        load({}, tmp_path / "nowhere")


def test_finding_makes_nothing(tmp_path: Path) -> None:
    assert find({}, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_nothing_shows_in_a_repr() -> None:
    assert repr(Secrets(LONG)) == "Secrets(…)"
    assert LONG not in str(vars(Secrets(LONG)).get("check_value"))


def test_a_caller_hash_depends_on_the_secret() -> None:
    assert Secrets(LONG).caller_hash("k") == Secrets(LONG).caller_hash("k")
    assert Secrets(LONG).caller_hash("k") != ephemeral().caller_hash("k")
    assert re.fullmatch("[0-9a-f]{64}", Secrets(LONG).caller_hash("\udcff"))


@pytest.mark.parametrize("text", ["sk-vendor", "", "ключ", "x" * 60_000])
def test_what_is_sealed_opens_in_its_own_row_only(text: str) -> None:
    secrets, row = Secrets(LONG), uuid.uuid4()
    sealed = secrets.seal(row, text)
    assert secrets.unseal(row, sealed) == text
    assert sealed != secrets.seal(row, text), "every sealing has its own nonce"
    if text:
        assert text not in sealed
    for other, opener in ((uuid.uuid4(), secrets), (row, ephemeral())):
        with pytest.raises(SecretError, match=str(other)):
            opener.unseal(other, sealed)


@pytest.mark.parametrize("damage", ["", "AAAA", "not base64!", "ключ"])
def test_damaged_text_does_not_open(damage: str) -> None:
    with pytest.raises(SecretError):
        Secrets(LONG).unseal(uuid.uuid4(), damage)


def test_a_flipped_bit_does_not_open() -> None:
    secrets, row = Secrets(LONG), uuid.uuid4()
    sealed = secrets.seal(row, "sk-vendor")
    flipped = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    with pytest.raises(SecretError):
        secrets.unseal(row, flipped)


def test_a_new_key_carries_160_bits_and_their_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_caller_key()
    assert re.fullmatch(r"sk-[0-9A-Za-z]{33}", key)
    body, checksum = key[3:30], key[30:]
    number = 0
    for letter in checksum:
        number = number * 62 + BASE62.index(letter)
    assert number == zlib.crc32(body.encode())
    assert new_caller_key() != key
    monkeypatch.setattr(module.secrets, "randbits", lambda bits: 2**bits - 1)
    assert len(new_caller_key()) == 36, "the largest number has its place"


@pytest.mark.parametrize(
    ("key", "hint"),
    [("sk-" + "a" * 29 + "wxyz", "sk-aaa…wxyz"), ("short", "…"), ("x" * 23, "…"), ("", "…")],
)
def test_a_hint_gives_little_away(key: str, hint: str) -> None:
    assert key_hint(key) == hint


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.os, "open", refused)
    with pytest.raises(SecretError, match="Permission denied; or set AIHUB_SECRET_KEY"):
        load({}, tmp_path)
