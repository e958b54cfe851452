"""The service that answers questions about __sheet__ sheets."""
