"""The command line, by theme: making films here and now, jobs in the queue, running the service."""
