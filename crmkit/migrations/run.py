"""Brings a service's database to the newest version."""

from __future__ import annotations

import zlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from crmkit.service import Service


def migrate(service: Service, url: str) -> None:
    """Applies what is missing, once, also when several processes ask at the same time.

    Raises what the failing migration raised; that migration is rolled back whole.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(service.migrations))
    config.set_main_option("path_separator", "newline")
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as lock, engine.connect() as connection:
        lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": zlib.crc32(b"crm migrate")})
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()
