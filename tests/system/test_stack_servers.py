"""The servers of the stack, as the fixtures and `crm up` start them."""

import asyncpg
import nats
import pytest

from cli.embedded.postgres import Postgres


async def test_a_role_enters_its_own_database_and_no_other(postgres: Postgres) -> None:
    ours = await postgres.provision("one", "it's a secret")
    await postgres.provision("two", "other")
    connection = await asyncpg.connect(ours)
    await connection.execute("CREATE EXTENSION pg_trgm")
    await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(postgres.url("two", "one", "it's a secret"))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url("one", "one", "wrong"))


async def test_provisioning_again_sets_the_password_and_keeps_the_data(postgres: Postgres) -> None:
    first = await asyncpg.connect(await postgres.provision("again", "old"))
    await first.execute("CREATE TABLE kept AS SELECT 1 AS n")
    await first.close()
    second = await asyncpg.connect(await postgres.provision("again", "new"))
    assert await second.fetchval("SELECT n FROM kept") == 1
    await second.close()


async def test_nats_refuses_who_has_no_password(nats_url: str) -> None:
    client = await nats.connect(nats_url)
    assert (await client.jetstream().account_info()).streams == 0
    await client.close()
    address = nats_url.rsplit("@", 1)[1]
    with pytest.raises(nats.errors.Error):
        await nats.connect(f"nats://{address}", allow_reconnect=False, max_reconnect_attempts=1)
