"""The rows of the table: each measures one thing of goals.md on a running stack, with its floor."""

from __future__ import annotations

import asyncio
import csv
import json
import random
import statistics
import time
from typing import Any
from urllib.parse import urlencode

import asyncpg

from bench import floors, statements
from bench.dataset import write_csv
from bench.harness import REPEATS, Bench, Row
from bench.load import Request, Result
from bench.stack import BenchFailed
from cli.demo_data import LANGUAGES, load


def read_contact(bench: Bench) -> Row:
    """A contact by its id, through the gateway."""
    full, half = bench.full_and_half([Request("GET", f"/v1/contacts/{contact_id}") for contact_id in bench.ids])
    url = bench.stack.database("contacts")
    empty = floors.empty_grpc_handler(bench.seconds)
    bare = floors.bare_reads(url, bench.ids, bench.seconds)
    database = floors.pgbench_reads(url, max(1, int(bench.seconds)))
    return Row(
        "read a contact through the gateway",
        _told(full, half),
        f"empty grpc.aio handler {empty:,.0f}/s, asyncpg {bare:,.0f}/s, pgbench {database:,.0f}/s",
        "≥ 2,000/s, p95 < 20 ms at half load",
        "Odoo 18 422/s, Tryton 388/s, Twenty 190/s",
        full.per_second >= 2000 and half.p95 < 20,
    )


def _told(full: Result, half: Result) -> str:
    latencies = f"p50 {full.p50:.1f} ms, p95 {full.p95:.1f} ms; at half load p95 {half.p95:.1f} ms"
    return f"**{full.per_second:,.0f}/s**, {latencies}"


LISTS = (
    ('language = "fa"', "display_name"),
    ("lifecycle_stage = lead", "create_time desc"),
    ('language = "az" AND lifecycle_stage = lead', "family_name"),
    ('source = "referral"', "update_time desc"),
)
PAGE_SIZE = 50
# What a search finds unless it asks for more.
SEARCH_SIZE = 20
DEEP_ORDER = "display_name"
DEEP_FILTER = "lifecycle_stage != former"


def _list_request(filter: str, order_by: str, token: str = "") -> Request:
    query = {"page_size": PAGE_SIZE, "filter": filter, "order_by": order_by, **({"page_token": token} if token else {})}
    return Request("GET", f"/v1/contacts?{urlencode(query)}")


def list_contacts(bench: Bench) -> Row:
    """Fifty contacts, filtered and sorted, four ways in turn."""
    full, half = bench.full_and_half([_list_request(*one) for one in LISTS])
    url = bench.stack.database("contacts")
    bare = floors.bare(url, statements.of_lists(url, LISTS, PAGE_SIZE), bench.seconds)
    return Row(
        "list 50, filtered and sorted",
        _told(full, half),
        f"asyncpg alone, the same statements {bare:,.0f}/s",
        "≥ 600/s, p95 < 50 ms",
        "Odoo 18 172/s, Tryton 52/s, Twenty 63/s (100 rows)",
        full.per_second >= 600 and full.p95 < 50,
    )


def deep_page(bench: Bench) -> Row:
    """A page nine tenths into the list, reached as a person gets there: by the token of the page before."""
    first = bench.throughput([_list_request(DEEP_FILTER, DEEP_ORDER)])
    token, depth = _walk_to(bench, 0.9)
    deep = bench.throughput([_list_request(DEEP_FILTER, DEEP_ORDER, token)])
    return Row(
        f"the same, page at row {depth:,}",
        f"**{deep.per_second:,.0f}/s**, p50 {deep.p50:.1f} ms, p95 {deep.p95:.1f} ms",
        f"the first page {first.per_second:,.0f}/s, p95 {first.p95:.1f} ms",
        "as fast as the first page",
        "Odoo 18 12/s at row 90,000, Tryton 11/s",
        deep.per_second >= 0.9 * first.per_second,
    )


def _walk_to(bench: Bench, share: float) -> tuple[str, int]:
    """The token of the page at a share of the list, by walking pages of 1,000; and how deep it is."""
    total = asyncio.run(_fetchval(bench.stack.database("contacts"), "SELECT count(*) FROM contact"))
    token, depth = "", 0
    while depth < total * share:
        query = {"page_size": 1000, "filter": DEEP_FILTER, "order_by": DEEP_ORDER, "page_token": token}
        page = bench.stack.get(f"/v1/contacts?{urlencode(query)}").json()
        token, depth = page["nextPageToken"], depth + 1000
    return token, depth


async def _fetchval(url: str, query: str) -> Any:
    db = await asyncpg.connect(url)
    try:
        return await db.fetchval(query)
    finally:
        await db.close()


def search_contacts(bench: Bench) -> Row:
    """Parts of names in four languages: half of them of one name, half of given and family name."""
    choose = random.Random("bench searches")
    queries = []
    for given, family in bench.names:
        if choose.random() < 0.5:
            name = choose.choice((given, family))
            begin = choose.randrange(max(1, len(name) - 3))
            queries.append(name[begin : begin + 5].strip() or name)
        else:
            queries.append(f"{given[:4]} {family[:4]}".strip())
    requests = [Request("GET", f"/v1/contacts:search?{urlencode({'query': query})}") for query in queries]
    full, half = bench.full_and_half(requests)
    url = bench.stack.database("contacts")
    bare = floors.bare(url, statements.of_searches(url, queries, SEARCH_SIZE), bench.seconds)
    return Row(
        "search by part of a name, any script",
        _told(full, half),
        f"asyncpg alone, the same statements {bare:,.0f}/s",
        "≥ 400/s, p95 < 50 ms",
        "Odoo 18 16/s (leads, with trigrams, 146/s), Tryton 32/s (125/s with trigrams)",
        full.per_second >= 400 and full.p95 < 50,
    )


def create_contact(bench: Bench) -> Row:
    """New contacts, each with duplicate check, search keys and event in one transaction."""
    run = f"{int(time.time()):x}"
    numbers = iter(range(10**6))

    def batch(seconds: float) -> list[Request]:
        """More than can be created in the time, each one new."""
        bodies = ({"contact": _new_contact(run, next(numbers))} for _ in range(int(3000 * seconds)))
        return [Request("POST", "/v1/contacts", json.dumps(body)) for body in bodies]

    bench.load(batch(1.0), seconds=1.0)
    runs = sorted((bench.load(batch(bench.seconds)) for _ in range(REPEATS)), key=lambda one: one.per_second)
    full = runs[REPEATS // 2]
    return Row(
        "create a contact, duplicate check and event included",
        f"**{full.per_second:,.0f}/s**, p50 {full.p50:.1f} ms, p95 {full.p95:.1f} ms",
        "",
        "≥ 600/s",
        "Odoo 18 128/s, Twenty 59/s, Tryton 46/s",
        full.per_second >= 600,
    )


_LANGUAGES = tuple(map(load, LANGUAGES))


def _new_contact(run: str, number: int) -> dict[str, Any]:
    """Of the languages and sources the data has: what a run adds must not be what the lists of the next pass over."""
    language = _LANGUAGES[number % len(_LANGUAGES)]
    return {
        "givenName": "Bench",
        "familyName": f"Person {number}",
        "emails": [{"address": f"bench.{run}.{number}@created.example", "label": "work"}],
        # Every number behind +9891 is a mobile one; another run, other numbers.
        "phones": [{"number": f"+9891{(int(run, 16) * 20_000 + number) % 10**8:08d}", "label": "mobile"}],
        "jobTitle": "Buyer",
        "tags": ["bench"],
        "language": language.code,
        "source": language.sources[number // len(_LANGUAGES) % len(language.sources)],
    }


IMPORTED = 100_000


def import_contacts(bench: Bench) -> Row:
    """A file of people nobody has seen, by `crm import`: upload, matching, validation, rows, search keys, events."""
    file = bench.stack.settings.data_dir / "bench-import.csv"
    run = int(time.time())
    write_csv(file, IMPORTED, f"run{run:x}", first=1_000_000 + run % 200 * IMPORTED // 4)
    begun = time.monotonic()
    answer = json.loads(bench.stack.crm("import", str(file), "--json").splitlines()[-1])
    seconds = time.monotonic() - begun
    with file.open(encoding="utf-8", newline="") as opened:
        records = [(*row[:5], " ".join(row[:5]).lower()) for row in list(csv.reader(opened))[1:]]
    file.unlink()
    taken = answer["created"] + answer["updated"] + answer["unchanged"]
    floor = asyncio.run(floors.copied_rows(bench.stack.database("contacts"), records))
    return Row(
        "import a CSV with matching, validation, events",
        f"**{taken / seconds:,.0f} rows/s** ({answer['created']:,} created, {answer['updated']:,} updated of "
        f"{IMPORTED:,} in {seconds:.0f} s)",
        f"COPY with 3 indexes and trigrams {floor:,.0f} rows/s",
        "≥ 20,000 rows/s, flat from 10,000 to 1,000,000 rows",
        "Django-CRM 815 rows/s, Odoo 18 759, Tryton 126, Twenty 100, Mautic 2–10",
        taken / seconds >= 20_000,
    )


def timeline(bench: Bench) -> Row:
    """The first page of fifty of a contact's timeline."""
    count = asyncio.run(_fetchval(bench.stack.database("activities"), "SELECT count(*) FROM activity"))
    paths = [f"/v1/activities?subject_type=SUBJECT_TYPE_CONTACT&subject_id={contact_id}" for contact_id in bench.ids]
    full, half = bench.full_and_half([Request("GET", path) for path in paths])
    return Row(
        f"timeline of a customer among {count:,} activities",
        f"**p95 {half.p95:.1f} ms** at half load, {full.p95:.1f} ms at {full.per_second:,.0f}/s",
        "",
        "p95 < 50 ms",
        "Twenty 20–40 s",
        full.p95 < 50,
    )


def freshness(bench: Bench) -> Row:
    """From the answer to a change until its line stands in the timeline, asked every few milliseconds."""
    waits = []
    for number, contact_id in enumerate(bench.ids[:40]):
        title = f"Title {time.time_ns()} {number}"
        body = {"contact": {"jobTitle": title}, "updateMask": "jobTitle"}
        answer = bench.stack.patch(f"/v1/contacts/{contact_id}", body)
        begun = time.monotonic()
        if not answer.ok:
            raise BenchFailed(f"PATCH: {answer.status_code} {answer.text[:300]}")
        path = f"/v1/activities?subject_type=SUBJECT_TYPE_CONTACT&subject_id={contact_id}&page_size=1"
        while title not in bench.stack.get(path).text:
            if time.monotonic() - begun > 30:
                raise BenchFailed("a change did not reach the timeline within 30 s")
            time.sleep(0.002)  # another process consumes; the API is what tells
        waits.append((time.monotonic() - begun) * 1000)
    waits.sort()
    return Row(
        "change of a contact to its line in the timeline",
        f"**{statistics.median(waits):.0f} ms** (median), p95 {waits[int(len(waits) * 0.95)]:.0f} ms",
        "",
        "< 2 s",
        "Mautic 40 min rebuilds (segments)",
        waits[-1] < 2000,
    )


def at_rest(bench: Bench) -> Row:
    """Memory of every process of the stack, shared pages counted once, idle with the data there."""
    status = json.loads(bench.stack.crm("status", "--json"))
    parts = sorted(status["processes"], key=lambda process: -process["memory_bytes"])
    names = ", ".join(f"{process['name']} {process['memory_bytes'] / 2**20:.0f}" for process in parts)
    total = status["memory_bytes"] / 2**20
    return Row(
        "whole stack at rest",
        f"**{total:,.0f} MiB** ({names})",
        "",
        "≤ 1 GiB",
        "Twenty 1.8 GiB; Odoo 18's two workers alone 266 MB",
        total <= 1024,
    )


def start(bench: Bench) -> Row:
    """From `crm up` to a healthy answer of the gateway."""
    seconds = bench.stack.started_in_seconds
    return Row("start after installation", f"**{seconds:.1f} s**", "", "≤ 15 s", "Twenty 176 s", seconds <= 15)
