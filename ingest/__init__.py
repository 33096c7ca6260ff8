"""How facts arrive: broker → bytes → readings → store."""
