"""Between messages of saved views and values of the domain."""

from __future__ import annotations

from crm.identity.v1 import view_service_pb2 as messages
from crmkit.errors import Violation
from crmkit.etag import etag
from crmkit.wire import audit, id_text, parse_optional_id
from services.identity.domain import errors
from services.identity.domain.views import Sharing, View, ViewColumn, ViewContent


def parse_content(message: messages.View) -> ViewContent:
    """What a client says of a view, as it is: the domain cleans it. Raises ViewInvalid for an unknown sharing."""
    if message.sharing not in messages.Sharing.values():
        raise errors.ViewInvalid([Violation("view.sharing", "There is no such sharing.", "SHARING_UNKNOWN")])
    return ViewContent(
        name=message.name,
        object=message.object,
        filter=message.filter,
        order_by=message.order_by,
        columns=tuple(ViewColumn(column.id, column.width) for column in message.columns),
        density=message.density,
        sharing=Sharing(message.sharing or Sharing.PRIVATE),
        team_id=parse_optional_id(message.team_id, "view.team_id"),
        pinned=message.pinned,
        position=message.position,
    )


def view_message(view: View) -> messages.View:
    """A view as clients see it."""
    content = view.content
    return messages.View(
        id=str(view.id),
        name=content.name,
        object=content.object,
        filter=content.filter,
        order_by=content.order_by,
        columns=[messages.ViewColumn(id=column.id, width=column.width) for column in content.columns],
        density=content.density,
        sharing=messages.Sharing.ValueType(content.sharing),
        team_id=id_text(content.team_id),
        pinned=content.pinned,
        position=content.position,
        owner_id=str(view.owner_id),
        etag=etag(view.version),
        audit=audit(view),
    )
