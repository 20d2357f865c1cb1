"""How staff sign in: by password with a second factor, or at the provider's own OpenID provider.

allauth does the steps. Its own addresses and pages are not here: only what `urls.py` names can be reached.
"""
