import pytest

from app.config.combinations import combination_problems, is_loopback
from tests.app.config.conftest import Write

WORKERS = "several workers share their counters in Redis"
PUBLIC = "a public bind without auth"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", []),
        ("server: {workers: 2}", ["1:19: server.workers: " + WORKERS]),
        ("server: {workers: 2}\nredis: redis://h", []),
        ("server: {host: 0.0.0.0}", []),
        ("server: {host: 0.0.0.0}\npipeline: [ip_allowlist]", ["1:16: server.host: " + PUBLIC]),
        ("server: {host: 0.0.0.0}\npipeline: []", ["1:16: server.host: " + PUBLIC]),
        ("server: {host: 0.0.0.0}\npipeline: [ip_allowlist, auth]", []),
        ("server: {host: 0.0.0.0}\npipeline:\n- use: mine:Auth", []),
        ("server: {host: 127.0.0.1}\npipeline: []", []),
        ("server: {host: 5, workers: many}\npipeline: 5", []),
        ("server: 5", []),
    ],
)
def test_settings_that_do_not_go_together(write: Write, text: str, found: list[str]) -> None:
    told = [str(problem).partition("aihub.yaml:")[2] for problem in combination_problems(write(text))]
    assert len(told) == len(found)
    assert all(problem.startswith(start) for problem, start in zip(told, found, strict=True))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
