"""What a page shows of a number, so that who looks over a shoulder learns little."""


def masked_number(number: str) -> str:
    return f"{number[:3]}-***-{number[6:]}"
