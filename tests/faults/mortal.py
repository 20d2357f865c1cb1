"""Does what it is asked in a process that may end at one exact step: `python mortal.py CLOCK`.

It has loaded the product once, and forks for each request (base64 of a pickle, a line): `(verb, words, death)`.
The answer says how that process ended: `signal 9`, or `done`, or what it raised. A debugger's hook looks for
the step; the product knows nothing of it.
"""

import base64
import importlib
import os
import pickle
import signal
import sys
import traceback
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import django
from faults.clock import Clock


class Death(NamedTuple):
    """At the call of a function, at its return, or in the middle of sending a text, the nth time."""

    file: str
    function: str
    event: str = "call"
    nth: int = 1


def die_at(death: Death) -> None:
    passed = count(1)

    def at_return(frame: FrameType, event: str, value: object):
        if event == "return" and next(passed) == death.nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return at_return

    def look(frame: FrameType, event: str, value: object):
        code = frame.f_code
        if code.co_name != death.function or not code.co_filename.endswith(death.file):
            return None
        if death.event == "return":
            return at_return
        if death.event == "half" and len(frame.f_locals["data"]) < 500:
            return None  # a command, no text
        if next(passed) == death.nth:
            if death.event == "half":
                frame.f_locals["self"]._smtp.sock.sendall(frame.f_locals["data"][:400])
            os.kill(os.getpid(), signal.SIGKILL)
        return None

    sys.settrace(look)


def live(verb: str, words: dict[str, object], death: Death | None) -> None:
    module, _, name = verb.rpartition(".")
    act = getattr(importlib.import_module(module), name)
    if death:
        die_at(death)
    act(**words)


def answer(request: str) -> str:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            live(*pickle.loads(base64.b64decode(request)))
        except BaseException:
            os.write(write, traceback.format_exc()[-8000:].encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as raised:
        words = raised.read()
    _, status = os.waitpid(pid, 0)
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else words or "done"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "campaign.settings"
    Clock(Path(sys.argv[1])).rule()
    django.setup()
    # All of it is loaded once, for all that are forked.
    import campaign.submissions.gaps
    import campaign.submissions.intake
    import campaign.tasks  # noqa: F401
    import notices.deliveries.record
    import notices.dispatch
    import notices.tasks

    notices.dispatch.LONGEST_CHUNK = timedelta(hours=1)  # how slow this machine is says nothing about a step

    for line in sys.stdin:
        print(base64.b64encode(answer(line).encode()).decode(), flush=True)
