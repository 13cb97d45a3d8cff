"""Whatever a caller sends, the answer is a clear error in its own format: no traceback, no hang, nothing leaked."""

import gzip
import zlib
from typing import Any

import brotli
import httpx
import orjson
import pytest

from tests.e2e.conftest import KEY, NARROW_KEY
from tests.support.chat import request
from tests.support.gateway import RunningGateway
from tests.support.raw import RawReply, post, send

CHAT = "/v1/chat/completions"
AUTH = f"Authorization: Bearer {KEY}"


def error_of(reply: httpx.Response | RawReply) -> dict[str, Any]:
    """The error object of a reply that is in OpenAI's envelope and holds nothing it should not."""
    body = reply.json()
    error: dict[str, Any] = body["error"]
    assert set(body) == {"error"}
    assert set(error) == {"message", "type", "param", "code", "request_id"}
    assert error["message"].endswith((".", "`"))
    text = orjson.dumps(body).decode()
    for secret in (KEY, NARROW_KEY, "Traceback", "127.0.0.1", ".py"):
        assert secret not in text
    assert reply.headers["x-request-id"] == error["request_id"]
    return error


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"hello", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"model": "echo",}', "invalid_json"),
        (b'{"model": NaN}', "invalid_json"),
        (b"\xef\xbb\xbf{}", "invalid_json"),
        (b"[]", "invalid_json"),
        (b"null", "invalid_json"),
        (b'"echo"', "invalid_json"),
        (b'{"model": "echo", "messages": ' + b"[" * 200_000, "invalid_json"),
        (b'{"model": "echo", "messages": "\xff"}', "invalid_utf8"),
        (b'{"model": "echo", "model": "gpt-4o"}', "duplicate_field"),
        (b'{"model": "echo", "Model": "gpt-4o"}', "duplicate_field"),
        (b'{"mod\\u0065l": "echo", "model": "gpt-4o"}', "duplicate_field"),
        (b'{"messages": []}', "missing_model"),
        (b'{"model": null}', "missing_model"),
        (b'{"model": 4}', "invalid_model"),
        (b'{"model": ""}', "invalid_model"),
        (b'{"model": "a\\nb"}', "invalid_model"),
        (b'{"model": "' + b"a" * 300 + b'"}', "invalid_model"),
        (b'{"model": "echo", "stream": "yes"}', "invalid_value"),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else value,
)
async def test_a_body_that_is_no_request_is_a_400(http: httpx.AsyncClient, body: bytes, code: str) -> None:
    reply = await http.post(CHAT, content=body)
    assert reply.status_code == 400
    assert error_of(reply)["code"] == code


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "missing_api_key"),
        ({"authorization": "Bearer sk-nobody"}, 401, "invalid_api_key"),
        ({"authorization": "Basic c2stbm9ib2R5OnB3"}, 401, "invalid_api_key"),
        ({"authorization": "Bearer"}, 401, "missing_api_key"),
        ({"authorization": f"Bearer {KEY}", "x-api-key": NARROW_KEY}, 400, "conflicting_api_keys"),
        ({"x-api-key": "é".encode()}, 401, "invalid_api_key"),
    ],
)
async def test_a_bad_key_is_refused_before_the_body_is_read(
    gateway: RunningGateway, headers: dict[str, Any], status: int, code: str
) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        reply = await client.post(CHAT, content=b"not json", headers=headers)
    assert reply.status_code == status
    assert error_of(reply)["code"] == code


@pytest.mark.parametrize("carrier", ["authorization", "x-api-key", "x-goog-api-key", "api-key", "mj-api-secret", "?key="])
async def test_every_carrier_of_the_key_is_the_same_caller(gateway: RunningGateway, carrier: str) -> None:
    headers = {} if carrier == "?key=" else {carrier: f"Bearer {KEY}" if carrier == "authorization" else KEY}
    query = f"?key={KEY}" if carrier == "?key=" else ""
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        reply = await client.post(CHAT + query, json=request("echo"), headers=headers)
    assert reply.status_code == 200


async def test_an_unknown_model_is_a_404_that_names_it(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"x-api-key": NARROW_KEY}) as client:
        reply = await client.post(CHAT, json=request("gpt-9"))
    assert reply.status_code == 404
    assert error_of(reply)["code"] == "model_not_found"
    assert "gpt-9" in reply.json()["error"]["message"]


@pytest.mark.parametrize("declared", [True, False], ids=["with a length", "chunked"])
async def test_a_body_over_the_limit_is_a_413(http: httpx.AsyncClient, gateway: RunningGateway, declared: bool) -> None:
    body = b'{"model": "echo", "messages": "' + b"a" * (3 << 20) + b'"}'
    if declared:
        reply: httpx.Response | RawReply = await send(gateway.port, post(CHAT, body, AUTH)[:2000])
    else:
        chunks = [b"%x\r\n%b\r\n" % (1 << 20, b"a" * (1 << 20)) for _ in range(3)]
        head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        reply = await send(gateway.port, head, *chunks)
    assert (reply.status if isinstance(reply, RawReply) else reply.status_code) == 413
    assert error_of(reply)["code"] == "request_too_large"


def _zstd(data: bytes) -> bytes:
    import sys

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    packed: bytes = zstd.compress(data)
    return packed


PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": _zstd}


@pytest.mark.parametrize("encoding", PACKERS)
async def test_a_compressed_body_is_understood(http: httpx.AsyncClient, encoding: str) -> None:
    body = PACKERS[encoding](orjson.dumps(request("echo", "packed")))
    reply = await http.post(CHAT, content=body, headers={"content-encoding": encoding})
    assert reply.status_code == 200
    assert reply.json()["choices"][0]["message"]["content"] == "packed"


@pytest.mark.parametrize("encoding", PACKERS)
async def test_a_compressed_bomb_is_a_413(http: httpx.AsyncClient, encoding: str) -> None:
    bomb = PACKERS[encoding](b'{"model": "echo", "x": "' + b"a" * (64 << 20) + b'"}')
    reply = await http.post(CHAT, content=bomb, headers={"content-encoding": encoding})
    assert reply.status_code == 413
    assert error_of(reply)["code"] == "request_too_large"


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("damage", ["garbage", "cut"])
async def test_a_body_that_is_not_in_its_encoding_is_a_400(http: httpx.AsyncClient, encoding: str, damage: str) -> None:
    body = b"this is not packed" if damage == "garbage" else PACKERS[encoding](orjson.dumps(request("echo", "x" * 500)))[:-5]
    reply = await http.post(CHAT, content=body, headers={"content-encoding": encoding})
    assert reply.status_code == 400
    assert error_of(reply)["code"] == "invalid_encoding"


async def test_an_unknown_encoding_is_a_415(http: httpx.AsyncClient) -> None:
    reply = await http.post(CHAT, content=b"x", headers={"content-encoding": "gzip, br"})
    assert reply.status_code == 415
    error_of(reply)


@pytest.mark.parametrize("sent", [b"", b'{"model": "echo"'], ids=["nothing", "a part"])
async def test_a_body_that_does_not_come_is_a_408(gateway: RunningGateway, sent: bytes) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\nContent-Length: 100\r\n\r\n".encode()
    reply = await send(gateway.port, head + sent)
    assert reply.status == 408
    assert error_of(reply)["code"] == "request_timeout"


@pytest.mark.parametrize("hosts", [[], ["Host: a", "Host: b"]], ids=["no host", "two hosts"])
async def test_a_request_without_exactly_one_host_is_a_400(gateway: RunningGateway, hosts: list[str]) -> None:
    reply = await send(gateway.port, post(CHAT, b"{}", AUTH, *hosts, host=None))
    assert reply.status == 400
    assert error_of(reply)["code"] == "invalid_host"


@pytest.mark.parametrize(
    "chunks",
    [b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloXX\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n"],
    ids=["size", "end", "negative"],
)
async def test_malformed_chunking_is_a_400(gateway: RunningGateway, chunks: bytes) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\n{AUTH}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    reply = await send(gateway.port, head + chunks)
    assert reply.status == 400


async def test_an_unknown_route_is_a_404(http: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/v1", "/v1/chat%2Fcompletions", "//v1/chat/completions", "/v1/chat/completions/"):
        reply = await http.post(path, json={})
        assert reply.status_code == 404, path
        assert error_of(reply)["code"] == "unknown_route"


async def test_a_wrong_method_is_a_405_that_names_the_right_one(http: httpx.AsyncClient) -> None:
    reply = await http.get(CHAT)
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
    error_of(reply)
    assert (await http.delete("/v1/models")).headers["allow"] == "GET"


async def test_an_absolute_target_is_routed_by_its_path(gateway: RunningGateway) -> None:
    body = orjson.dumps(request("echo"))
    reply = await send(gateway.port, post(f"http://elsewhere{CHAT}?x=1", body, AUTH))
    assert reply.status in (200, 400)


async def test_a_caller_cannot_smuggle_a_destination_or_headers(http: httpx.AsyncClient, gateway: RunningGateway) -> None:
    body = request("echo") | {"api_base": "http://elsewhere", "base_url": "http://elsewhere", "extra_headers": {"x": "y"}}
    reply = await http.post(CHAT, json=body, headers={"x-forwarded-host": "elsewhere", "cookie": "a=b", "connection": "close, x"})
    assert reply.status_code == 200


async def test_nothing_of_all_this_left_a_traceback_or_a_key_in_the_log(gateway: RunningGateway) -> None:
    log = gateway.log()
    assert "Traceback" not in log
    assert KEY not in log
    assert NARROW_KEY not in log
