"""PostgreSQL, NATS and Envoy from their wheels: the real servers, run as children of ours."""
