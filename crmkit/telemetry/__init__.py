"""Traces, metrics and logs. Names are OpenTelemetry's semantic conventions, held in `names`."""
