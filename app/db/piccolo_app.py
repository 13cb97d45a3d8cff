"""What Piccolo's own command line needs to know: `PICCOLO_CONF=app.db.piccolo_conf piccolo migrations new aihub --auto`."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

import piccolo_migrations
from app.db.channels import Channel, ChannelKey
from app.db.charges import Charge, Lease
from app.db.configurations import Configuration
from app.db.groups import Group
from app.db.jobs import JobLease
from app.db.ledger import LedgerEntry
from app.db.log import LogContent, LogEntry, UsageHour
from app.db.prices import Price, PriceList
from app.db.responses import Response
from app.db.state import Installation
from app.db.tokens import Token
from app.db.users import User

APP_CONFIG = AppConfig(
    app_name="aihub",
    migrations_folder_path=str(Path(piccolo_migrations.__path__[0])),
    table_classes=[
        *(Installation, Group, User, Token, Channel, ChannelKey, Price, PriceList, Configuration, Response),
        *(LedgerEntry, Charge, Lease, LogEntry, UsageHour, LogContent, JobLease),
    ],
)
