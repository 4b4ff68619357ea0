"""Private RabbitMQ and PostgreSQL servers below one directory; the commands are in `scripts/services`."""
