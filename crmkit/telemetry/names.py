"""Every name of a span attribute, metric and label, in one place.

Source: OpenTelemetry semantic conventions 1.38 (RPC, database, messaging) and Prometheus naming (base units,
`_seconds`, `_total`). Labels are bounded: a method, a code, a service, a consumer; never a user, an id, a
path as sent or an error's text.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RPC_SYSTEM = "rpc.system.name"
RPC_METHOD = "rpc.method"
RPC_STATUS = "rpc.response.status_code"
ERROR_TYPE = "error.type"
USER_ID = "user.id"
HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
DB_SYSTEM = "db.system.name"
DB_QUERY = "db.query.text"
DB_OPERATION = "db.operation.name"
MESSAGING_SYSTEM = "messaging.system"
MESSAGING_OPERATION = "messaging.operation.name"
MESSAGING_DESTINATION = "messaging.destination.name"
MESSAGING_MESSAGE_ID = "messaging.message.id"
MESSAGING_CONSUMER = "messaging.consumer.group.name"

_RPC_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

rpc_duration = Histogram(
    "rpc_server_call_duration_seconds", "Duration of RPCs served", ["rpc_method", "rpc_status"], buckets=_RPC_BUCKETS
)
rpc_active = Gauge("rpc_server_active_calls", "RPCs being served now")
db_duration = Histogram("db_client_operation_duration_seconds", "Duration of SQL statements", buckets=_RPC_BUCKETS)
db_pool_used = Gauge("db_client_connections_used", "Connections in use", ["pool"])
db_pool_size = Gauge("db_client_connections_max", "Connections the pool may open", ["pool"])
loop_lag = Gauge("process_event_loop_lag_seconds", "How late the event loop ran its last timer")
relay_age = Gauge("event_relay_oldest_unpublished_age_seconds", "Age of the oldest event not yet published; 0: none")
relay_published = Counter("event_relay_published_total", "Events published to JetStream")
consumer_lag = Gauge(
    "event_consumer_pending", "Messages of 1 to 100 events not yet taken by the consumer", ["consumer", "partition"]
)
consumer_duration = Histogram(
    "messaging_process_duration_seconds", "Duration of applying a batch of events", ["consumer"], buckets=_RPC_BUCKETS
)
consumer_applied = Counter("event_consumer_applied_total", "Events applied", ["consumer"])
consumer_redelivered = Counter("event_consumer_redelivered_total", "Events delivered again", ["consumer"])
consumer_parked = Gauge("event_consumer_parked", "Events waiting to be tried again", ["consumer"])
dead_letters = Gauge("event_dead_letters", "Events given up, waiting for an operator", ["consumer"])
import_rows = Counter("import_rows_total", "Rows handled by imports", ["outcome"])
jobs_failed = Counter("background_job_failures_total", "Background jobs that raised", ["job"])
http_duration = Histogram(
    "http_server_request_duration_seconds",
    "Duration of requests the edge served; of streams, until their headers",
    ["http_route", "http_request_method", "http_response_status_code"],
    buckets=_RPC_BUCKETS,
)
live_clients = Gauge("edge_live_clients", "Clients following live updates")
live_resets = Counter("edge_live_resets_total", "Clients told to start over", ["reason"])
