"""What commands that use the database share: the settings, the open database, and how they fail."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from app.cli.options import config_option
from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.settings import Settings
from app.db.engine import Engine, safe_url, sqlite_path
from app.db.errors import BadDatabaseUrl, DatabaseError, failures_named
from app.db.opening import opened, secrets_for
from app.secrets import SecretError, Secrets

P = ParamSpec("P")


class WrongInput(click.ClickException):
    """The operator asked for something that cannot be."""

    exit_code = 2


def with_settings(command: Callable[Concatenate[Settings, P], None]) -> Callable[..., None]:
    """Give a command `--config`, pass it the settings first, and let it fail in one line a problem, without a traceback."""

    @config_option
    @wraps(command)
    def with_config(config: Path | None, *args: P.args, **kwargs: P.kwargs) -> None:
        with expected_failures():
            command(load_settings(config, os.environ), *args, **kwargs)

    return with_config


@contextmanager
def expected_failures() -> Iterator[None]:
    """Exit with 2 for wrong input and configuration, with 1 for what failed."""
    try:
        yield
    except ConfigError as error:
        click.echo(error, err=True)
        sys.exit(2)
    except (BadDatabaseUrl, SecretError) as error:
        raise WrongInput(str(error)) from None
    except DatabaseError as error:
        raise click.ClickException(str(error)) from None


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[tuple[Engine, Secrets]]:
    """The migrated database and the installation's secret. Whatever the database cannot do in the block is a `DatabaseError`.
    Looking at what is not there makes nothing."""
    path = sqlite_path(settings.database, settings.base_dir)
    if path is not None and not path.exists():
        raise WrongInput(f"there is no database at {path} yet: `aihub serve` and `aihub apply` make it")
    secrets = secrets_for(settings.database, settings.base_dir, os.environ)
    with failures_named(safe_url(settings.database)):
        async with opened(settings.database, settings.base_dir, secrets) as engine:
            yield engine, secrets
