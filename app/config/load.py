"""The way from a file and an environment to settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from app.config.combinations import combination_problems
from app.config.document import Document, read_document
from app.config.overrides import apply_overrides
from app.config.problems import ConfigError, Problem
from app.config.settings import Settings
from app.config.validate import validate

DEFAULT_FILE = Path("aihub.yaml")


def open_document(config: Path | None, environ: Mapping[str, str]) -> Document:
    """`config` must exist; without it, ./aihub.yaml if there is one, else nothing but the environment.

    Raises `ConfigError` for a file that is not YAML.
    """
    # A link that leads nowhere is a file that is missing, not a wish for the defaults.
    if config is None and os.path.lexists(DEFAULT_FILE):
        config = DEFAULT_FILE
    document = Document(None, {}) if config is None else read_document(config, environ)
    apply_overrides(document, environ)
    return document


def read_settings(document: Document) -> tuple[Settings | None, list[Problem]]:
    """The settings, or else all that is wrong with them. Stages are not looked at."""
    problems = list(combination_problems(document))
    try:
        settings = validate(document, Settings).remember(document)
    except ConfigError as error:
        return None, [*error.problems, *problems]
    return (None if problems else settings), problems


def load_settings(config: Path | None, environ: Mapping[str, str]) -> Settings:
    """Raises `ConfigError` with every problem of the file and of the `AIHUB_*` variables."""
    settings, problems = read_settings(open_document(config, environ))
    if settings is None:
        raise ConfigError(problems)
    return settings
