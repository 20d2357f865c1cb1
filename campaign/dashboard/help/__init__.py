"""What the pages are for and what their words mean: one list of terms, and a few sentences for each page."""
