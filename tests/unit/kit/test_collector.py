"""Traces on their way to a collector: over TLS to one that proves its name, and to no other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pydantic import ValidationError

from crmkit.settings import Settings
from crmkit.telemetry.tracing import exporter
from tests.system.otlp_receiver import Receiver, receiving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    """A key, and the file of a certificate for 127.0.0.1 that is its own authority."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    builder = builder.add_extension(address, critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), file


@pytest.fixture
def collector(certificate: tuple[bytes, Path]) -> Iterator[Receiver]:
    key, file = certificate
    with receiving(grpc.ssl_server_credentials([(key, file.read_bytes())])) as receiver:
        yield receiver


def send(endpoint: str, ca_file: str) -> None:
    provider, sender = TracerProvider(), exporter(endpoint, ca_file)
    assert sender is not None
    sender._timeout = 2  # seconds it goes on trying
    provider.add_span_processor(SimpleSpanProcessor(sender))
    provider.get_tracer("test").start_span("told").end()
    provider.shutdown()


def test_spans_arrive_over_tls(collector: Receiver, certificate: tuple[bytes, Path]) -> None:
    send(f"https://127.0.0.1:{collector.port}", str(certificate[1]))
    assert [span.name for span in collector.spans] == ["told"]


@pytest.mark.parametrize("scheme", ["https://", ""])
def test_a_collector_that_cannot_prove_its_name_hears_nothing(collector: Receiver, scheme: str) -> None:
    send(f"{scheme}127.0.0.1:{collector.port}", "")
    assert collector.spans == []


def test_spans_arrive_in_plain_on_the_same_machine() -> None:
    with receiving() as receiver:
        send(f"127.0.0.1:{receiver.port}", "")
        assert [span.name for span in receiver.spans] == ["told"]


@pytest.mark.parametrize("endpoint", ["http://traces:4317", "traces", "https://traces", "https://traces:4317/v1"])
def test_an_address_of_another_form_stops_the_start(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="otlp_endpoint"):
        Settings(otlp_endpoint=endpoint)
    assert Settings(otlp_endpoint="https://traces:4317").otlp_endpoint
