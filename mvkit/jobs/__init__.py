"""Jobs that survive: the durable queue, its workers, and what they do."""
