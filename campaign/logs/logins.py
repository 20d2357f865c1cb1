"""One spelling for a login, wherever it was read."""


def canonical_login(login: str, default_domain: str) -> str:
    """`user`, `user@domain` and `user%domain` as lower-case `user@domain`.

    A bare name gets `default_domain`, and stays bare where that is empty.
    """
    login = login.strip().lower()
    if not login or "@" in login:
        return login
    user, _, domain = login.rpartition("%")
    if user and domain:
        return f"{user}@{domain}"
    return f"{login}@{default_domain.lower()}" if default_domain else login
