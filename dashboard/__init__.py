"""How it runs: the Dash apps, the live stream, the server."""
