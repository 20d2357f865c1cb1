import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import until

from campaign.sample.processes import Ended, Family

SLEEPER = "import time; time.sleep(600)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', '{SLEEPER}']); time.sleep(600)"


@pytest.fixture
def family(tmp_path):
    made = Family(dict(os.environ) | {"FAMILY": str(tmp_path)}, lambda text: None)
    yield made
    made.end()


def living(mark: Path) -> list[int]:
    """Processes with this mark in their environment, as the kernel knows them."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"FAMILY={mark}\0".encode() in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def test_children_and_their_children_end_with_the_family(family, tmp_path):
    family.start("first", sys.executable, "-c", PARENT)
    family.start("second", sys.executable, "-c", PARENT)
    until(lambda: len(living(tmp_path)) == 4)
    family.end()
    until(lambda: not living(tmp_path), "their children to end")


def test_a_child_that_will_not_end_is_made_to(family, tmp_path, monkeypatch):
    monkeypatch.setattr("campaign.sample.processes.PATIENCE", 0.3)
    deaf = "import os, pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    told = "pathlib.Path(os.environ['FAMILY'], 'deaf').touch()"
    family.start("stubborn", sys.executable, "-c", f"{deaf}; {told}; {SLEEPER}")
    until((tmp_path / "deaf").exists)
    family.end()
    until(lambda: not living(tmp_path), "the child to end")


def test_a_child_that_ends_is_named(family):
    family.start("good", sys.executable, "-c", SLEEPER)
    family.start("bad", sys.executable, "-c", "raise SystemExit(3)")
    with pytest.raises(Ended, match="bad ended by itself with exit status 3"):
        family.wait(lambda: False)


def test_every_line_says_whose_it_is():
    said = []
    family = Family(dict(os.environ), said.append)
    family.run("talker", sys.executable, "-c", "print('one'); print('two')")
    family.end()
    assert said == ["talker   | one", "talker   | two"]


def test_children_end_when_their_parent_is_killed(tmp_path):
    script = (
        "import os, sys, time\n"
        "from campaign.sample.processes import Family\n"
        "family = Family(os.environ, print)\n"
        f"family.start('child', sys.executable, '-c', {SLEEPER!r})\n"
        "time.sleep(600)\n"
    )
    environment = dict(os.environ) | {"FAMILY": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", script], env=environment)
    until(lambda: len(living(tmp_path)) == 2)
    parent.kill()
    parent.wait(60)
    until(lambda: not living(tmp_path))
