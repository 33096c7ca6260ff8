"""The desk's management pages: people, roster, devices, audit."""
