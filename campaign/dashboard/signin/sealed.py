"""Secrets that lie in the database so that the database alone does not tell them: its key comes from SECRET_KEY."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> str:
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` when SECRET_KEY is another one now."""
    return _box(settings.SECRET_KEY).decrypt(sealed).decode()


@cache
def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"second factor").derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
