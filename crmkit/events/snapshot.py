"""Snapshots of PostgreSQL: which transactions one sees, and what lies between two of them."""

from __future__ import annotations

from typing import NamedTuple


class Snapshot(NamedTuple):
    """A `pg_snapshot`, in the order of its fields.

    Transactions below `xmin` had ended, those from `xmax` on had not begun, those in `running` were under way.
    """

    xmin: int
    xmax: int
    running: tuple[int, ...]

    def sees(self, xid: int) -> bool:
        """Whether what transaction `xid` wrote was committed (or rolled back) when the snapshot was taken."""
        return xid < self.xmax and xid not in self.running


# Sees no transaction at all: 3 is the first ordinary transaction id.
NOTHING = Snapshot(3, 3, ())


class Window(NamedTuple):
    """Transactions that a later snapshot sees and an earlier one does not, as ranges an index can find.

    They are those in `late`, and those from `low` up to, but without, `high` that are not in `hidden`.
    """

    late: list[int]
    low: int
    high: int
    hidden: list[int]

    @property
    def empty(self) -> bool:
        """No transaction has ended in between."""
        return not self.late and self.low >= self.high


def between(earlier: Snapshot, later: Snapshot) -> Window:
    """The window from `earlier` to `later`.

    A transaction that ran for long is found by its id, not by reading everything since it began: a window costs
    what it holds, however old the oldest transaction is.
    """
    return Window(
        late=[xid for xid in earlier.running if later.sees(xid)],
        low=earlier.xmax,
        high=later.xmax,
        hidden=[xid for xid in later.running if xid >= earlier.xmax],
    )
