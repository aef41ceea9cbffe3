"""Ports are checked before anything starts: one error that names all of them, and the variable that changes each."""

from __future__ import annotations

import socket

import psutil

from cli.stack.settings import OFFSETS, StackSettings, variable


def taken(settings: StackSettings) -> list[str]:
    """A sentence for each port that another process listens on."""
    found = []
    if not _free(settings.http_host, settings.http_port):
        found.append(
            f"port {settings.http_port} is taken{_holder(settings.http_port)}; choose another with CRM_HTTP_PORT "
            f"(make run CRM_HTTP_PORT={settings.http_port + 100})"
        )
    for name in OFFSETS:
        port = settings.port(name)
        if not _free("127.0.0.1", port):
            found.append(f"port {port} is taken{_holder(port)}; choose another with {variable(name)}")
    return found


def twice(settings: StackSettings) -> list[str]:
    """A sentence for each port that two variables claim."""
    claims: dict[int, list[str]] = {settings.http_port: [variable("http_port")]}
    for name in OFFSETS:
        claims.setdefault(settings.port(name), []).append(variable(name))
    return [f"{' and '.join(names)} are both {port}" for port, names in claims.items() if len(names) > 1]


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # Without it a port stays taken for a minute after the last stack stopped.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    """Who listens there, where the system tells us."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and tuple(connection.laddr)[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        return ""
    return ""
