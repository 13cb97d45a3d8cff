"""What an operator can set, with its defaults and bounds. Times are in seconds.

Each field but `pipeline` can also be set by an environment variable, see `app.config.overrides`.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, PrivateAttr

from app.config.document import Document
from app.config.refusals import (
    read_network,
    read_pipeline,
    refuse_bad_origin,
    refuse_other_strategy,
    refuse_unknown_database,
    refuse_unknown_endpoint,
    refuse_unknown_redis,
)
from app.config.validate import Strict

DAY = 86_400.0

Network = Annotated[IPv4Network | IPv6Network, PlainValidator(read_network)]
DatabaseUrl = Annotated[str, AfterValidator(refuse_unknown_database)]
RedisUrl = Annotated[str, AfterValidator(refuse_unknown_redis)]
Endpoint = Annotated[str, AfterValidator(refuse_unknown_endpoint)]
Stages = Annotated[tuple[Any, ...] | None, PlainValidator(read_pipeline)]
Origin = Annotated[str, AfterValidator(refuse_bad_origin)]
Name = Annotated[str, Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=DAY)]
Wait = Annotated[float, Field(ge=0, le=DAY)]
"""Seconds, or 0 for not waiting."""
Port = Annotated[int, Field(ge=1, le=65_535)]
Days = Annotated[int, Field(ge=1, le=36_500)] | None
Share = Annotated[float, Field(ge=0, le=1)]


class Cors(Strict):
    """`origins` may call from a browser; `*` is everyone."""

    origins: tuple[Origin, ...] = ()


class Server(Strict):
    """`trusted_proxies` may say, in X-Forwarded-For, who the caller is."""

    host: Name = "127.0.0.1"
    port: Port = 8080
    workers: Annotated[int, Field(ge=1, le=1024)] = 1
    trusted_proxies: tuple[Network, ...] = ()
    cors: Cors = Cors()
    max_flows: Annotated[int, Field(ge=1, le=1_000_000)] = 2000
    max_body_mb: Annotated[int, Field(ge=1, le=4096)] = 64
    body_idle_timeout: Seconds = 30
    body_timeout: Seconds = 120
    drain_timeout: Wait = 30


class Telemetry(Strict):
    otlp_endpoint: Annotated[Endpoint | None, Field(repr=False)] = None
    sample_ratio: Share = 1.0
    capture_content: bool = False


class Log(Strict):
    """`format` is of the lines that the process writes. The rest is about the log in the database: how long its rows are kept,
    and whether what was asked and answered is kept too. None: for ever."""

    format: Literal["text", "json"] = "text"
    retention_days: Days = 90
    content: bool = False
    content_retention_days: Days = 7


class Timeouts(Strict):
    """`first_event` and `idle` bound a stream, `unary` a whole reply, `total` a flow with all its attempts, `stage` one
    call of a hook, for stages whose entry gives no `timeout` of its own."""

    connect: Seconds = 5
    first_event: Seconds = 120
    unary: Seconds = 600
    idle: Seconds = 120
    total: Seconds = 3600
    stage: Seconds = 30


class Routing(Strict):
    """`fallbacks`: for a model (as channels serve it), the models that answer instead, in order, when its context is too short
    for a request, or when it refuses."""

    strategy: Annotated[str, AfterValidator(refuse_other_strategy)] = "priority_weighted"
    attempts: Annotated[int, Field(ge=1, le=100)] = 4
    max_retry_wait: Wait = 20
    fallbacks: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    timeouts: Timeouts = Timeouts()


class Responses(Strict):
    """Whether `/v1/responses` keeps what it answered, and for how long after it was last gone on from."""

    store: bool = True
    lifetime_days: Annotated[int, Field(ge=1, le=3650)] = 30


class Settings(Strict):
    """`pipeline` holds the entries as written, or None for the default list; `app.config.stages` makes stages of them.

    What may hold a password (addresses, the options of stages) is in no repr.
    """

    server: Server = Server()
    database: Annotated[DatabaseUrl, Field(repr=False)] = "sqlite:///aihub.db"
    redis: Annotated[RedisUrl | None, Field(repr=False)] = None
    telemetry: Telemetry = Telemetry()
    log: Log = Log()
    pipeline: Annotated[Stages, Field(repr=False)] = None
    routing: Routing = Routing()
    responses: Responses = Responses()

    _document: Document | None = PrivateAttr(None)

    @property
    def document(self) -> Document:
        """What these settings were read from; for settings made in Python, a document without lines."""
        if self._document is not None:
            return self._document
        pipeline = None if self.pipeline is None else list(self.pipeline)
        return Document(None, {**self.model_dump(exclude={"pipeline"}), "pipeline": pipeline})

    @property
    def file(self) -> Path | None:
        return self.document.file

    @property
    def base_dir(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.document.base_dir

    def remember(self, document: Document) -> "Settings":
        """Keep where these settings stand, for what is found wrong later."""
        self._document = document
        return self
