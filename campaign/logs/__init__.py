"""Log lines become events. Knows no Django, no database and no clock: bytes in, values out."""
