"""A large provider up to today, made by DuckDB and written into an empty database: the same people for the same seed.

The customers' mail, day by day; from it, by the product's rule, where each stood when; a round a month to all who
were left then; fates, visits, contacts and looks at customers. Only the log files behind it are missing: this is
about the pages and the standings.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import filling
import pyarrow as pa
from django.conf import settings

from campaign.models import Standing
from campaign.sample.names import GIVEN, SURNAMES
from notices import links

QUIET = 30
STARTS = 20  # the day, from 0, on which the campaign begins
TO_THE_DATE = 90  # days from today to the cut-off
WAVES = 4
PROGRAMS = ("outlook", "outlook-express", "windows-live-mail", "thunderbird", "iphone", "becky", "android", "")


@dataclass(frozen=True)
class Size:
    """Beside the holdouts, half as many customers have always sent with SMTP-AUTH. The last day is today."""

    holdouts: int
    days: int

    @property
    def customers(self) -> int:
        return self.holdouts * 3 // 2


def fill(size: Size, *, today: date) -> None:
    """The database has all migrations and nothing in it."""
    with duckdb.connect() as made:
        made.create_function("digest_of", _digest, ["VARCHAR"], "VARCHAR")
        for name, text in MACROS.items():
            made.execute(f"CREATE MACRO {name} AS {text}")
        _names(made)
        values = {"holdouts": size.holdouts, "customers": size.customers, "days": size.days}
        values |= {"first": today - timedelta(days=size.days - 1), "quiet": QUIET, "starts": STARTS, "waves": WAVES}
        values |= {"programs": list(PROGRAMS), "domain": settings.NOTICE_DOMAIN, "standings": Standing.values}
        values |= {"cutoff": today + timedelta(days=TO_THE_DATE)}
        for name, text in WORKED_OUT.items():
            made.execute(f"CREATE TABLE {name} AS {text}", _used(text, values))
        with filling.at_once() as write:
            for table, text in TABLES.items():
                write(table, _rows(made, text, values))


def _rows(made: duckdb.DuckDBPyConnection, text: str, values: dict[str, object]) -> duckdb.DuckDBPyRelation:
    return made.sql(text, params=_used(text, values))


def _used(text: str, values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if re.search(rf"\${name}\b", text)}


def _digest(message_id: str) -> str:
    return links.digest(links.token_for(message_id))


def _names(made: duckdb.DuckDBPyConnection) -> None:
    for table, names in (("surnames", SURNAMES), ("given", GIVEN)):
        rows = pa.table({"place": range(len(names)), "kanji": [n[0] for n in names], "roman": [n[1] for n in names]})
        made.register(table, rows)


def login_of(pk: int) -> str:
    domain = "minato.example" if pk % 40 == 0 else "isp.example"
    return f"{GIVEN[pk % len(GIVEN)][1]}.{SURNAMES[pk // 7 % len(SURNAMES)][1]}{pk}@{domain}"


def name_of(pk: int) -> str:
    return f"{SURNAMES[pk // 7 % len(SURNAMES)][0]} {GIVEN[pk % len(GIVEN)][0]}"


def contract_of(pk: int) -> str:
    return f"K{pk * 61:08}"


def second_address_of(pk: int) -> str:
    """Every third customer has one."""
    return f"shop{pk}@isp.example"


def client_address_of(pk: int) -> str:
    """Where a customer sends from; some of them share it."""
    return f"198.{18 + pk // 65536 % 2}.{pk // 256 % 256}.{pk % 256}"


MACROS = {
    "drawn(pk, what)": "(hash(pk, what, 7) >> 11) / 9007199254740992.0",  # from 0 to 1, the same each time
    "mailed(day, pk)": "day + to_seconds(CAST(hash(pk, day) % 43200 AS BIGINT))",  # UTC; in Japan from 9 to 21 o'clock
    "written(moment)": "strftime(moment, '%Y-%m-%d %H:%M:%S')",
}

# Days are numbers from 0 on. Holdouts are the first customers: over half stay, the others move, half move or fall
# silent. Most send on few days, some nearly daily.
PEOPLE = """
SELECT pk, $programs[1 + CAST(floor(len($programs) * drawn(pk, 1) ** 1.5) AS INTEGER)] AS program,
       0.05 + 0.58 * drawn(pk, 2) ** 5 AS rate,
       pk <= $holdouts AS held, held AND fate = 0 AND pk % 12 = 0 AS failing,
       CASE WHEN NOT held THEN -1 ELSE start END AS old_from,
       CASE WHEN NOT held THEN -1 WHEN fate IN (0, 2) THEN $days ELSE change END AS old_until,
       CASE WHEN NOT held THEN 0 WHEN fate IN (1, 2) THEN change ELSE $days END AS new_from
FROM (SELECT *, CAST(greatest(start + 1, $starts) + floor(drawn(pk, 5) * ($days - greatest(start + 1, $starts)))
                AS INTEGER) AS change
      FROM (SELECT pk, CAST(floor(0.55 * $days * drawn(pk, 3) ** 3) AS INTEGER) AS start,
                   CASE WHEN drawn(pk, 4) < 0.55 THEN 0 WHEN drawn(pk, 4) < 0.83 THEN 1
                        WHEN drawn(pk, 4) < 0.92 THEN 2 ELSE 3 END AS fate
            FROM range(1, $customers + 1) AS numbers (pk)))
"""
USE = """
SELECT pk, way, CAST(day AS INTEGER) AS day, 1 + hash(pk, day, way) % 4 AS mails,
       CASE WHEN failing AND way = 'pop_before_smtp' THEN hash(pk, day) % 2 ELSE 0 END AS failed
FROM people, range($days) AS numbers (day), (VALUES ('pop_before_smtp'), ('smtp_auth')) AS ways (way)
WHERE CASE WHEN way = 'smtp_auth' THEN day >= new_from ELSE day >= old_from AND day < old_until END
  AND (drawn(pk, day * 2 + CASE WHEN way = 'smtp_auth' THEN 101 ELSE 100 END) < rate
       OR (day = old_from AND way <> 'smtp_auth'))
"""
# By the rule of `status.py`, on each day that could change something: a day of use, or when its quiet days are over.
CHANGES = """
SELECT pk, day, standing, previous
FROM (
    SELECT *, coalesce(lag(standing) OVER (PARTITION BY pk ORDER BY day), '') AS previous
    FROM (
        SELECT pk, day,
               CASE WHEN old >= since AND new > old THEN 'moving'
                    WHEN old >= since AND new >= since THEN 'mixed'
                    WHEN old >= since THEN 'holdout'
                    WHEN new > old THEN 'migrated'
                    ELSE 'silent' END AS standing
        FROM (
            SELECT pk, day, day - $quiet + 1 AS since,
                   max(old) OVER (PARTITION BY pk ORDER BY day) AS old,
                   max(new) OVER (PARTITION BY pk ORDER BY day) AS new
            FROM (
                SELECT pk, day, max(old) AS old, max(new) AS new
                FROM (
                    SELECT pk, day, CASE WHEN way <> 'smtp_auth' THEN day END AS old,
                           CASE WHEN way = 'smtp_auth' THEN day END AS new
                    FROM use WHERE pk <= $holdouts
                    UNION ALL
                    SELECT pk, day + $quiet, NULL, NULL FROM use WHERE pk <= $holdouts AND day + $quiet < $days
                )
                GROUP BY pk, day
            )
        )
        WHERE old IS NOT NULL
    )
)
WHERE standing <> previous
"""
ROUNDS = """
SELECT row_number() OVER (ORDER BY day) AS mailing, CAST(day AS INTEGER) AS day,
       day >= $days - 30 AS last, $first + CAST(day AS INTEGER) AS begins,
       CASE WHEN row_number() OVER (ORDER BY day) = 1 THEN 'announcement' ELSE 'reminder' END AS kind,
       CASE WHEN kind = 'announcement' THEN CAST(begins AS VARCHAR) ELSE strftime(begins, '%Y-%m') END AS period
FROM range($starts, $days) AS numbers (day)
WHERE dayofmonth($first + CAST(day AS INTEGER)) = 2
"""
# A round takes twenty days; of the last one, which is going out, half waits.
NOTICES = """
SELECT row_number() OVER (ORDER BY mailing, slot, pk) AS id, mailing, pk, slot, message_id,
       CASE WHEN slot >= $days THEN 'waiting' WHEN chance < 0.96 THEN 'accepted' WHEN chance < 0.97 THEN 'refused'
            ELSE 'withdrawn' END AS state
FROM (
    SELECT mailing, pk, rounds.day + CAST(floor(drawn(pk, 300 + mailing)
               * CASE WHEN last THEN 2 * ($days - rounds.day) ELSE 20 END) AS INTEGER) AS slot,
           drawn(pk, 400 + mailing) AS chance,
           'notice.pbs.' || period || '.' || substr(md5(mailing || '/' || pk), 1, 24) || '@' || $domain AS message_id
    FROM rounds
    JOIN (SELECT r.mailing AS due, c.pk, arg_max(c.standing, c.day) AS standing
          FROM rounds AS r JOIN changes AS c ON c.day <= r.day
          GROUP BY ALL) ON due = mailing AND standing IN ('holdout', 'mixed')
)
"""
WORKED_OUT = {"people": PEOPLE, "use": USE, "changes": CHANGES, "rounds": ROUNDS, "notices": NOTICES}

# What is written, in this order; the names of the columns are the table's.
TABLES = {
    "campaign_campaign": """
        SELECT 1 AS id, 'pop_before_smtp' AS name, $first + $starts AS starts_on, $cutoff AS cutoff_on,
               $quiet AS quiet_days""",
    "campaign_waveplan": """
        SELECT 1 AS id, 1 AS campaign_id, $waves AS waves, $first + $starts AS first_day, 5 AS days_between,
               'bench' AS seed, written($first + $starts) AS decided_at, true AS drawn""",
    "campaign_customer": """
        SELECT pk AS id, given.roman || '.' || surnames.roman || pk || CASE WHEN pk % 40 = 0 THEN '@minato.example'
                   ELSE '@isp.example' END AS login, surnames.kanji || ' ' || given.kanji AS name,
               CASE WHEN pk % 25 = 0 THEN 'en' ELSE 'ja' END AS language, 'K' || lpad((pk * 61)::VARCHAR, 8, '0')
                   AS contract, '' AS contact_address, CASE WHEN seen IS NULL THEN '' ELSE program END
                   AS client_program, CASE WHEN program <> '' THEN $first + seen END AS client_seen_on
        FROM people
        JOIN given ON given.place = pk % (SELECT count(*) FROM given)
        JOIN surnames ON surnames.place = pk // 7 % (SELECT count(*) FROM surnames)
        LEFT JOIN (SELECT pk, coalesce(max(day) FILTER (way <> 'smtp_auth'), max(day)) AS seen FROM use GROUP BY pk)
            USING (pk)
        ORDER BY pk""",
    "campaign_address": """
        SELECT pk AS customer_id, given.roman || '.' || surnames.roman || pk || CASE WHEN pk % 40 = 0
                   THEN '@minato.example' ELSE '@isp.example' END AS address
        FROM people
        JOIN given ON given.place = pk % (SELECT count(*) FROM given)
        JOIN surnames ON surnames.place = pk // 7 % (SELECT count(*) FROM surnames)
        UNION ALL
        SELECT pk, 'shop' || pk || '@isp.example' FROM people WHERE pk % 3 = 1""",
    "campaign_dailyuse": """
        SELECT pk AS customer_id, way AS submission_class, $first + day AS day, mails AS submissions,
               mails AS confirmed, failed AS auth_failed, written(mailed($first + day, pk)) AS last_at,
               '["198.' || (18 + pk // 65536 % 2) || '.' || pk // 256 % 256 || '.' || pk % 256 || '"]' AS addresses,
               program AS client_program
        FROM use JOIN people USING (pk)
        ORDER BY pk, way, day""",
    "campaign_holdout": """
        SELECT pk AS id, 1 AS campaign_id, pk AS customer_id, $first + old_from AS identified_on,
               $first + old_from AS first_legacy_on, $first + old AS last_legacy_on,
               written(mailed($first + old, pk)) AS last_legacy_at, $first + new AS last_auth_on,
               written(mailed($first + new, pk)) AS last_auth_at, standing, $first + since AS standing_since,
               $first + migrated AS migrated_on, migrated IS NOT NULL AND standing IN ('holdout', 'mixed') AS relapsed,
               '' AS reason, program AS client_program, 1 + hash(pk, 9) % $waves AS wave
        FROM people
        JOIN (SELECT pk, max(day) FILTER (way <> 'smtp_auth') AS old, max(day) FILTER (way = 'smtp_auth') AS new
              FROM use GROUP BY pk) USING (pk)
        JOIN (SELECT pk, arg_max(standing, day) AS standing, max(day) AS since,
                     min(day) FILTER (standing = 'migrated') AS migrated
              FROM changes GROUP BY pk) USING (pk)
        ORDER BY pk""",
    "campaign_standingchange": """
        SELECT pk AS holdout_id, $first + day AS day, standing, previous FROM changes ORDER BY pk, day""",
    "campaign_standingcount": """
        SELECT 1 AS campaign_id, $first + CAST(day AS INTEGER) AS day, standing,
               sum(coalesce(came, 0)) OVER (PARTITION BY standing ORDER BY day) AS holdouts
        FROM (SELECT range AS day, unnest($standings) AS standing FROM range($days))
        LEFT JOIN (SELECT day, standing, CAST(sum(came) AS BIGINT) AS came
                   FROM (SELECT day, standing, 1 AS came FROM changes
                         UNION ALL SELECT day, previous, -1 FROM changes)
                   GROUP BY ALL) USING (day, standing)""",
    "campaign_dailycount": """
        SELECT $first + day AS day, way AS submission_class, 'confirmed' AS attribution, sum(mails) AS submissions
        FROM use GROUP BY ALL
        UNION ALL
        SELECT $first + day, way, 'ambiguous', sum(mails) // 50 FROM use WHERE way <> 'smtp_auth' GROUP BY ALL
        UNION ALL
        SELECT $first + CAST(range AS INTEGER), 'inbound', 'none', 4 * $holdouts FROM range($days)
        UNION ALL
        SELECT $first + CAST(range AS INTEGER), 'unexplained_relay', 'none', 3 FROM range($days)""",
    "campaign_attributedday": """
        SELECT $first + CAST(range AS INTEGER) AS day, written(day + INTERVAL '14:59:58')
                   AS attributed_at, false AS stale, 0 AS touched, attributed_at AS rolled_up_at
        FROM range($days)""",
    "campaign_coverage": """
        SELECT $first + CAST(range AS INTEGER) AS day, unnest(['logins', 'mail']) AS stream, 5 * $holdouts AS events,
               written(day + INTERVAL '14:59:58') AS last_at
        FROM range($days)""",
    "campaign_logfile": """
        SELECT range + 1 AS id, lpad((range + 1)::VARCHAR, 64, '0') AS digest, 4096 AS digest_length,
               '/var/log/mail.' || range AS name, digest AS segment, 100000000 AS "offset", 100000000 AS read_to,
               1000000 AS lines, '{}' AS state,
               written($first + CAST(range // 2 AS INTEGER) + INTERVAL '14:59:58') AS read_at
        FROM range(2 * $days)""",
    "campaign_programlines": """
        SELECT range + 1 AS log_file_id, unnest(['postfix/smtpd', 'postfix/qmgr', 'dovecot', 'kernel']) AS program,
               100000 AS lines, CASE WHEN program = 'kernel' THEN 7 ELSE 0 END AS not_understood, '' AS example
        FROM range(2 * $days)""",
    "notices_mailing": """
        SELECT mailing AS id, 1 AS campaign_id, kind, period,
               CASE WHEN last THEN 'sending' ELSE 'finished' END AS state, written(begins + INTERVAL 1 HOUR)
                   AS planned_at, planned_at AS approved_at, planned_at AS started_at,
               CASE WHEN NOT last THEN written(begins + INTERVAL 20 DAY) END AS ended_at, '' AS pause_reason,
               $cutoff AS expires_on, 50000 AS daily_cap, '' AS recent_attempts, '{}' AS audience
        FROM rounds""",
    "notices_notice": """
        SELECT id, mailing AS mailing_id, pk AS holdout_id,
               CAST(100000000 + id * 15485863 % 900000000 AS VARCHAR) AS number, message_id,
               digest_of(message_id) AS token_digest, CASE WHEN pk % 25 = 0 THEN 'en' ELSE 'ja' END AS language,
               program AS client_program, state, written(mailed($first + slot, pk)) AS send_after,
               $first + slot AS slot_on, CASE WHEN state = 'accepted' THEN 1 ELSE 0 END AS attempts,
               CASE WHEN state = 'accepted' THEN send_after END AS claimed_at, claimed_at AS accepted_at,
               CASE WHEN state <> 'waiting' THEN send_after END AS ended_at,
               CASE WHEN state = 'accepted' THEN '250 2.0.0 Ok' ELSE '' END AS reply
        FROM notices JOIN people USING (pk)
        ORDER BY id""",
    "notices_sendingday": """
        SELECT $first + slot AS day, count(*) AS taken FROM notices WHERE state = 'accepted' GROUP BY slot""",
    "notices_delivery": """
        SELECT CASE WHEN drawn(id, 500) < 0.96 THEN 'delivered' WHEN drawn(id, 500) < 0.99 THEN 'bounced'
                    ELSE 'deferred' END AS fate, written(mailed($first + slot, pk)) AS "at", '2.0.0' AS status_code,
               'sent to mailbox' AS text, 'mx1' AS host, '4Q' || lpad(id::VARCHAR, 10, '0') AS queue_id,
               id AS notice_id
        FROM notices WHERE state = 'accepted' ORDER BY id""",
    "notices_visit": """
        SELECT 'guide' AS act, '' AS client_program, written(mailed($first + slot, pk) + INTERVAL 1 HOUR) AS "at",
               id AS notice_id
        FROM notices WHERE state = 'accepted' AND id % 20 = 0""",
    "campaign_contact": """
        SELECT pk AS customer_id, written(mailed($first + slot, pk) + INTERVAL 2 HOUR) AS "at", 'phone' AS channel,
               5 + id % 9 AS minutes, 'how_to' AS topic, 'solved' AS outcome
        FROM notices WHERE state = 'accepted' AND id % 30 = 0""",
    "campaign_auditentry": """
        SELECT written(mailed($first + slot, pk) + INTERVAL 2 HOUR) AS "at", 'support' AS by_name, '10.0.0.1' AS remote,
               'seen' AS act, 'customer' AS kind, pk::VARCHAR AS key, '' AS what, pk AS customer_id, '' AS reason
        FROM notices WHERE state = 'accepted' AND id % 10 = 0 ORDER BY slot""",
}
