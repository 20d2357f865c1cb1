"""Mailing and guides: who is written to, what became of it, and the pages they come to."""
