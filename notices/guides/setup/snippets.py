"""Settings as files, for those whose scripts and servers send: msmtp and Postfix as a client.

The password stands in none of them: each says where to put it, readable by its owner alone.
"""

from campaign.brands import Brand
from notices.guides.setup.servers import outgoing, user_name


def msmtprc(brand: Brand, address: str) -> str:
    """`~/.msmtprc`; msmtp refuses it while others can read it."""
    server = outgoing(brand)[0]
    return "\n".join([
        "defaults",
        "auth on",
        "tls on",
        f"tls_starttls {'off' if server.tls_at_once else 'on'}",
        "logfile ~/.msmtp.log",
        "",
        f"account {brand.slug}",
        f"host {server.host}",
        f"port {server.port}",
        f"from {address}",
        f"user {user_name(brand, address)}",
        "passwordeval cat ~/.mail-password",
        "",
        f"account default : {brand.slug}",
        "",
    ])  # fmt: skip


def postfix(brand: Brand, address: str) -> str:
    """Lines for `main.cf` and the map of passwords (Postfix's SASL_README and TLS_README)."""
    server = outgoing(brand)[0]
    relay = f"[{server.host}]:{server.port}"
    tls = ["smtp_tls_security_level = encrypt"] + ["smtp_tls_wrappermode = yes"] * server.tls_at_once
    return "\n".join([
        "# /etc/postfix/main.cf",
        f"relayhost = {relay}",
        "smtp_sasl_auth_enable = yes",
        "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
        "smtp_sasl_security_options = noanonymous",
        *tls,
        "",
        "# /etc/postfix/sasl_passwd, then: chmod 600 sasl_passwd; postmap sasl_passwd; postfix reload",
        f"{relay} {user_name(brand, address)}:PASSWORD",
        "",
    ])  # fmt: skip
