import pytest


@pytest.fixture
def a_fast_pace(settings):
    settings.NOTICE_PER_SECOND = 10_000
