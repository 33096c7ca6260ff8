"""Our words, rules and memory. Knows neither broker nor browser."""
