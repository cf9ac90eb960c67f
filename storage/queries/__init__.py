"""Reading, one file a purpose, and the read-then-write pieces that belong inside the writer's transaction."""
