"""The eval harness. Frozen: the check puts its own copy in place of yours."""
