import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_no_connection_compiles_plans_not_even_the_one_after_a_loss():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite compiles none")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("ROLLBACK")  # it is the session's, not the transaction's
            cursor.execute("SHOW jit")
            assert cursor.fetchone() == ("off",)
        connection.close()
