"""Where Piccolo looks for the engine: the one that is bound, else (on Piccolo's command line) what AIHUB_DATABASE says."""

import os
from pathlib import Path
from typing import Any

from piccolo.conf.apps import AppRegistry

from app.db.engine import bind, bound

APP_REGISTRY = AppRegistry(apps=["app.db.piccolo_app"])


def __getattr__(name: str) -> Any:
    if name != "DB":
        raise AttributeError(name)
    return bound() or bind(os.environ.get("AIHUB_DATABASE", "sqlite:///aihub.db"), Path.cwd())
