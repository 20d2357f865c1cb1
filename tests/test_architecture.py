"""The rules of the house, held by reading the source: which room may import which, and how big things get."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 50

# The data has one way, and imports run against it: from higher to lower numbers only.
ROOMS = {
    "campaign.settings": 0,
    "campaign.env": 0,
    "campaign.jinja": 0,
    "campaign.tables": 0,
    "campaign.brands": 0,
    "campaign.locks": 0,
    "campaign.models": 0,
    "campaign.audit": 1,
    "campaign.roles": 1,
    "campaign.logs": 1,
    "campaign.submissions": 2,
    "campaign.customers": 3,
    "campaign.plan": 4,
    "campaign.cutoff": 5,
    "notices.models": 6,
    "notices.guides": 6,
    "notices.deliveries": 7,
    "notices.pages": 8,
    "notices": 6,  # selection, mailings, pacing, compose, dispatch, links
    "campaign.dashboard": 8,
    "campaign.sample": 9,
}
"""The number of a room by the beginning of a module's name; the longest beginning counts."""

# Wiring and doors stand around the rooms: they may call any room, and no room imports them.
SHELL = (
    "campaign.apps",
    "campaign.celery",
    "campaign.checks",
    "campaign.management",
    "campaign.middleware",
    "campaign.tasks",
    "campaign.turns",
    "campaign.urls",
    "campaign.wsgi",
    "notices.apps",
    "notices.management",
    "notices.tasks",
    "notices.urls",
)
MAY_IMPORT_NOTICES = ("campaign.dashboard", "campaign.sample", "campaign.management", "campaign.tasks", "campaign.urls")
CLOCKS = ("time.time", "timezone.now", "timezone.localdate", "datetime.now", "date.today")
NO_NAMES_FOR_MODULES = {"utils", "util", "services", "helpers", "common", "misc"}


@dataclass(frozen=True)
class Import:
    """`module` imports `target`, maybe not before a function of it runs."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, ast.Module]:
    paths = sorted([*ROOT.glob("campaign/**/*.py"), *ROOT.glob("notices/**/*.py")])
    return {name_of(path): ast.parse(path.read_text(), str(path)) for path in paths}


def python_files() -> list[Path]:
    folders = ("campaign", "notices", "tests", "bench")
    return [path for folder in folders for path in sorted(ROOT.glob(f"{folder}/**/*.py"))]


@cache
def imports() -> tuple[Import, ...]:
    """Every import of one of our own modules, as the module that is really meant."""
    return tuple(dict.fromkeys(found for name, tree in modules().items() for found in _imports_of(name, tree)))


def _imports_of(name: str, tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        for target in _targets(name, node):
            yield Import(name, target, node.lineno)


def _targets(name: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{name}:{node.lineno}: a relative import hides from where"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in modules() else node.module


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def inside(module: str, *places: str) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def room_of(module: str) -> tuple[str, int] | None:
    """The room and its number; None for the shell and for what is not ours."""
    if inside(module, *SHELL) or module in ("campaign", "campaign.migrations", "notices.migrations"):
        return None
    places = [place for place in ROOMS if inside(module, place)]
    return max(((place, ROOMS[place]) for place in places), key=lambda room: len(room[0]), default=None)


def ours() -> list[Import]:
    return [found for found in imports() if inside(found.target, "campaign", "notices")]


def test_every_module_has_a_place_in_the_house():
    homeless = [name for name in modules() if not room_of(name) and not inside(name, *SHELL)]
    assert {name for name in homeless if ".migrations" not in name} == {"campaign"}


def test_imports_run_from_higher_to_lower_rooms():
    wrong = []
    for found in ours():
        here, there = room_of(found.module), room_of(found.target)
        if here and there and here[0] != there[0] and here[1] < there[1]:
            wrong.append(f"{found}: from {here[1]} up to {there[1]}")
    assert not wrong, "\n".join(wrong)


def test_no_room_imports_the_shell_around_it():
    wrong = [str(found) for found in ours() if room_of(found.module) and inside(found.target, *SHELL)]
    assert not wrong, "\n".join(wrong)


def test_rooms_of_the_campaign_never_import_notices():
    wrong = [
        str(found)
        for found in ours()
        if inside(found.target, "notices")
        and inside(found.module, "campaign")
        and not inside(found.module, *MAY_IMPORT_NOTICES)
    ]
    assert not wrong, "\n".join(wrong)


def test_only_its_own_commands_import_the_sample():
    commands = ("campaign.sample", "campaign.management.commands.simulate", "campaign.management.commands.run")
    wrong = [str(one) for one in ours() if inside(one.target, "campaign.sample") and not inside(one.module, *commands)]
    assert not wrong, "\n".join(wrong)


def test_parsers_know_no_django_and_no_clock():
    allowed = ("campaign.logs",)
    wrong = []
    for found in imports():
        if inside(found.module, *allowed):
            foreign = inside(found.target, "campaign", "notices") and not inside(found.target, *allowed)
            if foreign or inside(found.target, "django", "time"):
                wrong.append(str(found))
    wrong += [f"{name}:{line} looks at the clock" for name, line in clock_reads() if inside(name, *allowed)]
    assert not wrong, "\n".join(wrong)


def clock_reads() -> Iterator[tuple[str, int]]:
    """Calls that answer something else every time: `datetime.now()`, `timezone.now()`, `date.today()`, ..."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                told = called == "timezone.localdate" and node.args  # the day of a given moment
                if called in CLOCKS and not told:
                    yield name, node.lineno


def test_time_comes_in_through_the_door():
    doors = (*SHELL, "campaign.dashboard", "campaign.sample", "notices.pages")
    wrong = [f"{name}:{line}" for name, line in clock_reads() if not inside(name, *doors)]
    assert not wrong, "these look at the clock instead of being told the time: " + ", ".join(wrong)


def test_no_import_goes_in_a_circle():
    graph = {name: set() for name in modules()}
    for found in ours():
        if found.target in graph and found.target != found.module:
            graph[found.module].add(found.target)
    assert not (circle := _circle(graph)), " -> ".join(circle)


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, the first one again at the end; empty when there is none."""
    done: set[str] = set()

    def follow(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name not in done:
            for target in sorted(graph[name]):
                if found := follow(target, [*path, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := follow(name, []))), [])


def test_no_module_is_a_drawer_for_odds_and_ends():
    wrong = [str(path) for path in python_files() if path.stem in NO_NAMES_FOR_MODULES]
    assert not wrong, wrong


def test_tests_are_no_packages():
    assert not list((ROOT / "tests").glob("**/__init__.py")), "they would hide the real packages"


def test_files_stay_readable():
    lengths = {path: len(path.read_text().splitlines()) for path in python_files() if "migrations" not in path.parts}
    wrong = [f"{path.relative_to(ROOT)}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST_FILE]
    assert not wrong, "\n".join(wrong)


def test_functions_fit_a_screen():
    wrong = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if _is_function(node):
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_rows_are_locked_without_their_keys():
    """The stronger lock would hold up whoever writes a row that refers to it, up to the end of the transaction."""
    wrong = [f"{name}:{call.lineno}" for name, call in calls("select_for_update") if not _locks_no_key(call)]
    assert not wrong, "wanted select_for_update(no_key=True) at " + ", ".join(wrong)


def calls(method: str) -> Iterator[tuple[str, ast.Call]]:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
                yield name, node


def _locks_no_key(call: ast.Call) -> bool:
    return any(given.arg == "no_key" and ast.unparse(given.value) == "True" for given in call.keywords)


def test_no_page_brings_script_or_style_in_its_lines():
    wrong = []
    for path in sorted((ROOT / "templates").glob("**/*.html")):
        if "mail" in path.relative_to(ROOT).parts:
            continue  # mail programs read nothing else
        for number, line in enumerate(path.read_text().splitlines(), 1):
            inline = ("<script" in line and "src=" not in line) or "<style" in line or " style=" in line
            if inline or "onclick=" in line or "{% trans" in line or "{% blocktrans" in line:
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)
