"""The data that is measured on: contacts imported from a file as a customer would, activities added by SQL.

Made once and kept in the data folder; `marker` tells what is there.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg

from bench.stack import BenchFailed, Stack
from cli.demo_data import LANGUAGES, Language, load, people

ROWS_PER_COMPANY = 20
HEADER = (
    "Given name", "Family name", "Email", "Phone", "Company", "Job title", "City", "Tags", "Language", "Source",
)  # fmt: skip
# Mobile numbers by language, as many as a million contacts need.
PHONES = {"en": "+4474{n:08d}", "fa": "+98912{n:07d}", "az": "+99450{n:07d}", "ms": "+6012{n:07d}"}
FIRST_NUMBER = {"en": 10_000_000, "fa": 1_000_000, "az": 2_000_000, "ms": 2_000_000}
CAUGHT_UP_SECONDS = 1800.0

# As many lines as asked for, spread over five years and over the contacts: most have a few, some have thousands.
# Partition by partition, so that each index grows in order.
_ACTIVITIES = """
INSERT INTO activity_{partition:02d} (subject_id, occur_time, id, type, actor_id, changes)
SELECT id, moment, uuidv7(moment - now()), 'contact.updated', owner_id,
       '[{{"field": "job_title", "before": "Buyer", "after": "Head of Purchasing"}}]'::jsonb
FROM (
    SELECT s.id, s.owner_id, now() - random() * interval '5 years' AS moment
    FROM subject s, generate_series(1, (CASE WHEN s.id::text LIKE '%00' THEN 40 ELSE 1 END * $1::float)::int) k
    WHERE s.type = 'contact' AND satisfies_hash_partition('activity'::regclass, {partitions}, {partition}, s.id)
    ORDER BY s.id, moment
) lines
ON CONFLICT DO NOTHING
"""
# The average of the CASE above: one contact in 256 has forty times as much.
_AVERAGE = 1 + 39 / 256


def write_csv(path: Path, rows: int, seed: str = "bench", first: int = 0) -> None:
    """A file of `rows` people, a quarter in each of the four languages, the languages mixed.

    Files of another seed and another `first` telephone number (up to 7,000,000) share nobody.
    """
    sources = [_rows(load(code), rows // len(LANGUAGES) + 1, seed, first) for code in LANGUAGES]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow(next(sources[number % len(sources)]))


def _rows(language: Language, count: int, seed: str, first: int) -> Iterator[tuple[str, ...]]:
    choose = random.Random(f"{seed} rows {language.code}")
    companies = max(1, count // ROWS_PER_COMPANY // len(language.companies))
    for person in people(language, count, seed):
        local, _, domain = person.email.partition("@")
        yield (
            person.given_name,
            person.family_name,
            f"{local}.{seed}@{domain}",
            PHONES[language.code].format(n=FIRST_NUMBER[language.code] + first + person.number),
            f"{person.company.name} {choose.randrange(companies)}",
            choose.choice(language.titles),
            choose.choice(language.cities),
            ";".join(choose.sample(language.tags, choose.randrange(3))),
            language.code,
            choose.choice(language.sources),
        )


def ensure(stack: Stack, rows: int, activities: int, say: Callable[[str], None]) -> None:
    """Makes what is missing. Raises BenchFailed when the folder holds data of another size."""
    marker = stack.settings.data_dir / "bench-dataset.json"
    wanted = {"rows": rows, "activities": activities}
    if marker.is_file():
        there = json.loads(marker.read_text())
        if there != wanted:
            raise BenchFailed(f"{stack.settings.data_dir} holds {there}, not {wanted}: remove it or choose another")
        return
    say(f"making {rows:,} contacts and {activities:,} activities; this is done once")
    _contacts(stack, rows, say)
    asyncio.run(_activities(stack, activities, say))
    marker.write_text(json.dumps(wanted))


def _contacts(stack: Stack, rows: int, say: Callable[[str], None]) -> None:
    file = stack.settings.data_dir / "bench-contacts.csv"
    write_csv(file, rows)
    begun = time.monotonic()
    answer = json.loads(stack.crm("import", str(file), "--mode", "create", "--json").splitlines()[-1])
    seconds = time.monotonic() - begun
    say(f"imported {answer['created']:,} contacts in {seconds:.0f} s ({answer['created'] / seconds:,.0f} rows/s)")
    file.unlink()
    if answer["created"] < rows * 0.99:
        raise BenchFailed(f"the import took {answer['created']} of {rows} rows; first: {answer['rejected'][:3]}")


async def _activities(stack: Stack, activities: int, say: Callable[[str], None]) -> None:
    contacts = await asyncpg.connect(stack.database("contacts"))
    timeline = await asyncpg.connect(stack.database("activities"))
    try:
        for table in ("contact", "company", "contact_email", "contact_phone", "contact_company"):
            await contacts.execute(f"VACUUM (ANALYZE) {table}")
        events = await contacts.fetchval("SELECT count(*) FROM contact") + await contacts.fetchval(
            "SELECT count(*) FROM company"
        )
        begun = time.monotonic()
        while (known := await timeline.fetchval("SELECT count(*) FROM subject")) < events:
            if time.monotonic() - begun > CAUGHT_UP_SECONDS:
                raise BenchFailed(f"the timeline consumer is at {known:,} of {events:,} records after half an hour")
            await asyncio.sleep(1)  # another process consumes; its table is what tells
        seconds = time.monotonic() - begun
        say(f"timelines knew {events:,} records {seconds:.0f} s after the import ended")
        there = await timeline.fetchval("SELECT count(*) FROM activity")
        each = max(0.0, (activities - there) / await contacts.fetchval("SELECT count(*) FROM contact") / _AVERAGE)
        partitions = await timeline.fetchval("SELECT count(*) FROM pg_inherits WHERE inhparent = 'activity'::regclass")
        for partition in range(partitions):
            await timeline.execute(_ACTIVITIES.format(partition=partition, partitions=partitions), each, timeout=None)
        await timeline.execute("VACUUM (ANALYZE) activity")
        await timeline.execute("VACUUM (ANALYZE) subject")
        there = await timeline.fetchval("SELECT count(*) FROM activity")
        say(f"{there:,} activities")
    finally:
        await contacts.close()
        await timeline.close()
