"""What a page shows of an address or number, so that who looks over a shoulder learns little."""


def masked_address(address: str) -> str:
    local, at, domain = address.partition("@")
    return f"{local[:1]}***{at}{domain}"


def masked_number(number: str) -> str:
    return f"{number[:3]}-***-{number[6:]}"
