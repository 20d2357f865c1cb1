"""Findings for people and for programs."""

import json
from collections.abc import Iterable, Iterator

from django.core.management.base import OutputWrapper
from django.core.management.color import Style

from notices.doctor.finding import Finding, Verdict

MARKS = {Verdict.OK: "SUCCESS", Verdict.WARNING: "WARNING", Verdict.PROBLEM: "ERROR", Verdict.UNCHECKED: "NOTICE"}


def tell(findings: Iterable[Finding], *, out: OutputWrapper, style: Style, for_programs: bool) -> None:
    """To who called a command, which ends with exit status 1 where there is a problem."""
    findings = list(findings)
    for line in [_as_json(findings)] if for_programs else _lines(findings, style):
        out.write(line)
    if any(finding.verdict == Verdict.PROBLEM for finding in findings):
        raise SystemExit(1)


def _lines(findings: Iterable[Finding], style: Style) -> Iterator[str]:
    for finding in findings:
        mark = getattr(style, MARKS[finding.verdict])
        yield f"{mark(str(finding.verdict.label))} {finding.check}: {finding.said}"
        if finding.advice:
            yield f"    {finding.advice}"


def _as_json(findings: Iterable[Finding]) -> str:
    rows = [{"check": f.check, "verdict": f.verdict.value, "said": f.said, "advice": f.advice} for f in findings]
    return json.dumps({"findings": rows}, ensure_ascii=False, indent=2)
