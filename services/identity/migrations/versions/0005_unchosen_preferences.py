"""Preferences that were never chosen are empty, so that they follow the language and the device."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PREFERENCES = ("language", "time_zone", "calendar", "digits", "theme", "week_start")


def upgrade() -> None:
    # Until now every default was written out as if it had been chosen, and nobody can tell them apart any more: what an
    # untouched account would have is taken for untouched.
    defaults = {"time_zone": "UTC", "theme": "system"}
    persian = {"calendar": "jalali", "digits": "persian", "week_start": "saturday"}
    other = {"calendar": "gregorian", "digits": "latin", "week_start": "monday"}
    user = sa.table("user_account", *map(sa.column, PREFERENCES))
    for name, value in defaults.items():
        op.execute(sa.update(user).where(user.c[name] == value).values({name: ""}))
    for of_language, values in ((user.c.language == "fa", persian), (user.c.language != "fa", other)):
        for name, value in values.items():
            op.execute(sa.update(user).where(of_language, user.c[name] == value).values({name: ""}))
    op.execute(sa.update(user).where(user.c.language == "en").values(language=""))
    for name in ("digits", "theme", "week_start"):
        op.alter_column("user_account", name, server_default="")
