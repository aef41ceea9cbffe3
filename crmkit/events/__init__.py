"""Events: the log a service keeps, the relay that publishes it, the consumers that apply it (docs/events.md)."""
