"""What the product itself stands on: database, Redis, beat, disk, clock."""

HEARTBEAT = "heartbeat"  # the Redis key in which beat and a worker leave the time
