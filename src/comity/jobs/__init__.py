"""The worker: outbox pump, schedules, and the one table event -> handlers."""
