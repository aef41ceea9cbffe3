"""Update masks (AIP-134): which fields an Update replaces."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor
from google.protobuf.field_mask_pb2 import FieldMask

from crmkit.errors import InvalidArgument

CUSTOM = "custom"
MAX_PATHS = 200
# Lower snake case, because the JSON form of a FieldMask turns "fooBar" into "foo_bar" on its way in.
CUSTOM_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Mask:
    """A checked mask. `"tags" in mask` says whether the whole of a field is to be replaced."""

    fields: frozenset[str]
    """Top-level fields to replace whole; "custom" among them replaces all custom fields."""
    custom: frozenset[str]
    """Names of single custom fields to replace; empty when the whole of "custom" is replaced."""

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    @property
    def touched(self) -> frozenset[str]:
        """The top-level fields of which the whole or a part is to be replaced."""
        return self.fields | {CUSTOM} if self.custom else self.fields


def check_mask(mask: FieldMask, message: Descriptor, allowed: Collection[str]) -> Mask:
    """The fields named by `mask`, each a field of `message` and one of `allowed`.

    `allowed` names the top-level fields a client may write; with "custom" also "custom.<name>" is taken, the name in
    lower snake case, at most 63 characters. Raises InvalidArgument UPDATE_MASK_REQUIRED when the mask is empty or `*`
    (a client that does not know a newer field would erase it), UPDATE_MASK_INVALID naming the first wrong path, or
    with more than 200 paths.
    """
    if not mask.paths or "*" in mask.paths:
        raise InvalidArgument(
            "UPDATE_MASK_REQUIRED",
            "Name the fields to change in update_mask, for example `given_name,tags`; `*` is not taken.",
            field="update_mask",
        )
    if len(mask.paths) > MAX_PATHS:
        raise _invalid(f"update_mask names {len(mask.paths)} paths; at most {MAX_PATHS} are taken.")
    fields: set[str] = set()
    custom: set[str] = set()
    for path in mask.paths:
        name, _, rest = path.partition(".")
        if name not in message.fields_by_name:
            raise _invalid(f"`{path}` is not a field of {message.name}. Fields: {', '.join(sorted(allowed))}.")
        if name not in allowed:
            raise _invalid(f"`{path}` cannot be written. Fields: {', '.join(sorted(allowed))}.")
        if name == CUSTOM and "." in path:
            custom.add(_custom_name(path, rest))
        elif "." in path:
            raise _invalid(f"`{path}` names a part of a field; only the whole of `{name}` can be replaced.")
        else:
            fields.add(name)
    return Mask(frozenset(fields), frozenset() if CUSTOM in fields else frozenset(custom))


def _custom_name(path: str, name: str) -> str:
    if not CUSTOM_NAME.fullmatch(name):
        raise _invalid(f"`{path}`: the name of a custom field is lower snake case, at most 63 characters.")
    return name


def _invalid(message: str) -> InvalidArgument:
    return InvalidArgument("UPDATE_MASK_INVALID", message, field="update_mask")
