"""What changes a town on purpose: each service is one named piece of work inside the caller's transaction."""
