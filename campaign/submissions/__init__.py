"""Events become attributed submissions. `intake` is the only writer of what comes out."""
