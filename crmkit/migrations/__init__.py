"""Migrations: one Alembic environment for all services, and the tables every service has."""
