"""What the contracts say of themselves: a new contract is known to every part without being named anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from crm.common.v1 import access_pb2


@cache
def declared_rights() -> Mapping[str, tuple[str, ...]]:
    """The actions that access policies of RPCs name, by object: {"contact": ("read", "create", …)}.

    Both in the order of the contracts, files in the order of their names.
    """
    rights: dict[str, dict[str, None]] = {}
    contracts = FileDescriptorSet.FromString((files("crm") / "descriptors.binpb").read_bytes())
    for file in contracts.file:
        for service in file.service:
            for method in service.method:
                policy = method.options.Extensions[access_pb2.access]
                if policy.object:
                    rights.setdefault(policy.object, {})[policy.action] = None
    return {name: tuple(actions) for name, actions in rights.items()}
