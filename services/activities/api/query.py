"""What a timeline is filtered by, ordered by and bound to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Uuid, and_, any_, exists, literal, or_

from crm.activities.v1 import activity_service_pb2 as messages
from crmkit.access import Scope
from crmkit.access_sql import visible
from crmkit.context import Call
from crmkit.filters import FilterSchema, KeywordField, TimestampField, UuidField, compile_filter
from crmkit.paging import AnySelect, Page, Pager, parse_order
from services.activities.domain.timeline import person_of
from services.activities.store import people, timeline
from services.activities.store.tables import activity, note, subject

NEWEST_FIRST = parse_order("", {"occur_time": activity.c.occur_time}, "occur_time desc", activity.c.id)
FIELDS = FilterSchema(
    {
        "type": KeywordField(activity.c.type),
        "actor_id": UuidField(activity.c.actor_id),
        "occur_time": TimestampField(activity.c.occur_time),
    }
)


def timeline_page(pager: Pager, request: messages.ListActivitiesRequest, subject_id: UUID) -> Page:
    """The page asked for; its token opens no other record's timeline."""
    method = f"ListActivities {subject_id}{' with people' if request.include_people else ''}"
    return pager.page(method, NEWEST_FIRST, request.page_size, request.page_token, filter=request.filter)


def narrowed(query: AnySelect, filter: str) -> AnySelect:
    """The query with the caller's filter; raises InvalidArgument FILTER_INVALID."""
    condition = compile_filter(filter, FIELDS)
    return query if condition is None else query.where(condition)


async def people_of(call: Call, company_id: UUID) -> dict[UUID, str]:
    """The people of a company, by id with their names, whom the caller may see and whose timelines they may read."""
    caller = call.require()
    seen = [
        visible(call.scope_of(kind, "read"), caller, subject.c.owner_id, subject.c.team_id)
        for kind in ("contact", "activity")
    ]
    return await people.fetch(call.db, people.of_company(company_id, and_(*seen)))


async def hidden_people(call: Call, rows: Iterable[Row[*tuple[Any, ...]]]) -> frozenset[UUID]:
    """The contacts that lines of a company tell of and the caller may not see; nobody sees who was erased."""
    told = {person for row in rows if (person := person_of(row.type, row.changes)) is not None}
    if not told:
        return frozenset()
    seen = visible(call.scope_of("contact", "read"), call.require(), subject.c.owner_id, subject.c.team_id)
    return frozenset(told - await timeline.within(call.db, told, seen))


def readable_notes(call: Call) -> ColumnElement[bool] | None:
    """The condition over `note` of those the caller may read; None when that is all.

    Beside those of the scope they are those that mention the caller, about records in the caller's sight.
    """
    caller, scope = call.require(), call.scope_of("note", "read")
    if scope is Scope.ALL:
        return None
    about = subject.alias()
    seen = visible(call.scope_of("activity", "read"), caller, about.c.owner_id, about.c.team_id)
    called = literal(caller.user_id, Uuid) == any_(note.c.mentioned)
    in_scope = visible(scope, caller, note.c.owner_id, note.c.team_id)
    return or_(in_scope, and_(called, exists().where(about.c.id == note.c.subject_id, seen)))
