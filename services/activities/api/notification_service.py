"""The RPCs of crm.activities.v1.NotificationService: always about the caller's own notifications."""

from __future__ import annotations

from sqlalchemy import true

from crm.activities.v1 import notification_service_pb2 as messages
from crmkit.access_sql import visible
from crmkit.context import Call
from crmkit.paging import Pager, parse_order
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_ids, parse_timestamp
from services.activities.api.convert import notification_message
from services.activities.api.events import notification_event
from services.activities.api.query import readable_notes
from services.activities.domain.errors import NothingNamed
from services.activities.store import notifications
from services.activities.store.tables import notification, subject

NEWEST_FIRST = parse_order("", {"create_time": notification.c.created_at}, "create_time desc", notification.c.id)


class NotificationServicer(Servicer):
    """What the caller should look at."""

    contract = messages.DESCRIPTOR.services_by_name["NotificationService"]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def ListNotifications(
        self, request: messages.ListNotificationsRequest, call: Call
    ) -> messages.ListNotificationsResponse:
        caller = call.require()
        page = self.pager.page(
            f"ListNotifications {caller.user_id} {request.unread_only}",
            NEWEST_FIRST,
            request.page_size,
            request.page_token,
        )
        readable = readable_notes(call)
        query = notifications.of_user(
            caller.user_id,
            unread_only=request.unread_only,
            subjects_seen=visible(call.scope_of("activity", "read"), caller, subject.c.owner_id, subject.c.team_id),
            notes_seen=true() if readable is None else readable,
        )
        rows, token = page.cut(await notifications.fetch(call.db, page.apply(query)))
        unread, capped = await notifications.count_unread(call.db, caller.user_id)
        return messages.ListNotificationsResponse(
            notifications=map(notification_message, rows),
            next_page_token=token,
            unread_count=unread,
            unread_count_capped=capped,
        )

    async def MarkNotificationsRead(
        self, request: messages.MarkNotificationsReadRequest, call: Call
    ) -> messages.MarkNotificationsReadResponse:
        """One event for all of them, so that the person's other windows look again."""
        user_id = call.require().user_id
        until = parse_timestamp(request.until_time, "until_time") if request.HasField("until_time") else None
        if (until is None) == (not request.ids):
            raise NothingNamed("Name the notifications by ids, or give until_time, not both.")
        ids = parse_ids(request.ids) if request.ids else []
        newest = await notifications.mark_read(call.db, user_id, call.now, ids=ids, until=until)
        if newest is not None:
            call.record(notification_event("read", newest))
        unread, capped = await notifications.count_unread(call.db, user_id)
        return messages.MarkNotificationsReadResponse(unread_count=unread, unread_count_capped=capped)
