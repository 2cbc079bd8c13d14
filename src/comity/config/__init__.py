"""Settings, addresses, the WSGI entry and the `comity` command."""
