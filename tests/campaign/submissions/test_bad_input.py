"""What is no log, or half of one: said with file and line, the rest read, the exit status not 0."""

import gzip
import json
import os

import pytest
from loglines import NOON, login, message, minutes

HOME, HANAKO, FAR = "198.51.100.7", "hanako@isp.example", "friend@elsewhere.example"
GOOD = login(HANAKO, HOME) + message(HOME, HANAKO, FAR, at=minutes(1))


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.log"
    path.write_text(GOOD)
    return path


def classes(done) -> list[str]:
    return [json.loads(line)["class"] for line in done.stdout.splitlines()]


def test_a_good_log_gives_exit_status_0_and_every_field(classify_command, good):
    done = classify_command(good, good)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    queue_id = found.pop("queue_id")
    assert found == {
        "time": "2026-05-04T12:01:00+09:00",
        "host": "mx1",
        "message_id": f"<{queue_id}@pc>",
        "class": "pop_before_smtp",
        "user": HANAKO,
        "attribution": "confirmed",
        "client_ip": HOME,
        "client_program": None,
        "auth_failed": False,
    }


def test_standard_input_and_a_last_line_without_its_end(classify_command, good):
    done = classify_command("-", "-", input=GOOD.rstrip("\n"))
    assert done.returncode == 0
    assert classes(done) == ["pop_before_smtp"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("notes.txt", b"milk\neggs\n", "notes.txt:1: is not a mail log ('…'); wanted a mail log: a time stamp"),
        ("photo.jpg", bytes(range(256)) * 40, "photo.jpg:1: is not a mail log"),
        ("auth.log", b"May  4 12:00:00 h sshd[1]: Accepted\n", "auth.log: no line of a program that is known here, only of sshd"),
        ("cut.gz", gzip.compress(os.urandom(4000).hex().encode() + b"\n")[:-900], "cut.gz:1: gzip data damaged or cut off"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_said_and_the_other_files_are_read(classify_command, good, tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    done = classify_command(tmp_path / name, good)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert classes(done) == ["unexplained_relay"] or classes(done) == ["pop_before_smtp"]


def test_an_empty_file_is_nothing_wrong(classify_command, good, tmp_path):
    (tmp_path / "empty.log").touch()
    done = classify_command(tmp_path / "empty.log", good)
    assert done.returncode == 0
    assert "empty.log: empty, nothing to read yet" in done.stderr


def test_a_missing_file_a_folder_and_a_forbidden_file(classify_command, good, tmp_path):
    assert "missing.log: No such file" in classify_command(tmp_path / "missing.log", good).stderr
    done = classify_command(tmp_path, good)
    assert done.returncode == 1 and "Is a directory" in done.stderr
    assert classes(done) == ["pop_before_smtp"]


def test_what_stood_before_the_damage_of_a_truncated_gzip_is_read(classify_command, tmp_path):
    text = "".join(message(HOME, HANAKO, FAR, at=minutes(number), sasl=HANAKO) for number in range(400))
    whole = gzip.compress(text.encode())
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) * 3 // 4])
    done = classify_command(tmp_path / "cut.gz", tmp_path / "cut.gz")
    assert done.returncode == 1
    assert "cut.gz:" in done.stderr and "what came before it was read" in done.stderr
    assert 100 < len(classes(done)) < 400


def test_a_long_line_a_future_date_and_bad_bytes_cost_only_their_own_lines(classify_command, tmp_path):
    long = f"May  4 12:00:00 mx1 postfix/smtpd[1]: {'x' * 1_000_000}\n"
    future = login(HANAKO, HOME).replace("May  4 12:00:00", "2099-01-01T00:00:00Z")
    log = tmp_path / "mail.log"
    log.write_bytes(long.encode() + future.encode() + b"\xff\xfe\n" + GOOD.encode())
    done = classify_command(log, log)
    assert done.returncode == 1
    assert f"{log}:1: line of 1000038 bytes left out" in done.stderr
    assert f"{log}:2: time stamp in the future" in done.stderr
    assert classes(done) == ["pop_before_smtp"]


ORDER_CHANGED = "".join(
    f"May  4 12:0{minute}:00 pop1 dovecot: pop3-login: Login: user=<u{minute}@isp.example>, rip={HOME}, method=PLAIN\n"
    for minute in range(4)
)


def test_logins_in_a_form_that_is_none_are_said_as_such(classify_command, good, tmp_path):
    log = tmp_path / "pop.log"
    log.write_text(ORDER_CHANGED)
    done = classify_command(log, good)
    assert done.returncode == 1 and "known here" not in done.stderr
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"{log}: 4 of 4 lines of dovecot not understood, the first in line 1: ")
    assert said.endswith("; wanted `Login: user=<U>, method=M, rip=IP, …`, with these fields in this order")
    assert "u0@isp.example" not in said and HOME not in said


def test_one_line_of_the_future_hides_none_that_was_not_understood(classify_command, tmp_path):
    future = login(HANAKO, HOME).replace("May  4 12:00:00", "2099-01-01T00:00:00Z")
    log = tmp_path / "mail.log"
    log.write_text(GOOD + future + ORDER_CHANGED)
    done = classify_command(log, log)
    first = GOOD.count("\n") + 2
    assert f"{log}:{first - 1}: time stamp in the future" in done.stderr
    assert f"{log}: 4 of 5 lines of dovecot not understood, the first in line {first}: " in done.stderr


@pytest.mark.parametrize("data", [b"\n\n\n", b"2099-01-01T00:00:00Z pop1 dovecot: pop3-login: Login: x\n"])
def test_a_file_of_nothing_says_so_once(classify_command, good, tmp_path, data):
    (tmp_path / "odd.log").write_bytes(data)
    done = classify_command(tmp_path / "odd.log", good)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "odd.log" in line] == done.stderr.splitlines()
    assert ("is not a mail log" in done.stderr) != ("in the future" in done.stderr)


def test_wrong_options_say_what_would_be_right(classify_command, good):
    assert "wanted a time zone such as" in classify_command(good, good, "--time-zone", "Nowhere/None").stderr
    assert "wanted an address or a network" in classify_command(good, good, "--own-network", "300.1.2.3").stderr
    assert "--window" in classify_command(good, good, "--window", "0").stderr


def test_the_window_the_own_networks_and_the_filters_are_options(classify_command, tmp_path):
    log = tmp_path / "mail.log"
    log.write_text(login(HANAKO, HOME, NOON) + message(HOME, HANAKO, FAR, at=minutes(20)))
    assert classes(classify_command(log, log, "--window", "10")) == ["unexplained_relay"]
    assert classes(classify_command(log, log, "--own-network", "198.51.100.0/24")) == ["local_port25"]
    assert classes(classify_command(log, log, "--filter-address", HOME)) == []


def test_a_pattern_of_logins_that_is_none_is_said_before_a_file_is_opened(classify_command, tmp_path):
    done = classify_command(tmp_path / "no", tmp_path / "no", env=os.environ | {"LOGIN_PATTERN": r"(?P<user>\S+"})
    assert done.returncode == 1
    assert done.stderr.startswith(r"CommandError: LOGIN_PATTERN: `(?P<user>\S+` is no pattern")
