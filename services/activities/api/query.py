"""What a timeline is filtered by, ordered by and bound to."""

from __future__ import annotations

from crmkit.paging import parse_order
from services.activities.store.tables import activity

NEWEST_FIRST = parse_order("", {"occur_time": activity.c.occur_time}, "occur_time desc", activity.c.id)
