"""How it looks: pure functions, values → components and figures."""
