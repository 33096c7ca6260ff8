"""The pages before and around a session: signing in, pairing a screen, one's own account. Plain HTML, no Dash."""
