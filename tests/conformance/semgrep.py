#!/usr/bin/env python3
"""Compare our engine with semgrep on the same patterns.

Every search rule of rules/ that uses only Semgrep's own operators is given to semgrep (PyPI) with the keys that are ours
alone taken out. Both run on the rule's fixtures; the lines they report must be the same. Rules that differ and are not
listed in semgrep-differences.txt fail the run; so does a share of equal rules below 97 %.

The rules of operators/ go through Semgrep's operators one by one and in combination, each on a target of its language.

usage: tests/conformance/semgrep.sh [--keep]      (installs semgrep into a scratch environment and runs this)
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ruamel.yaml import YAML  # comes with semgrep

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    "class", "title", "confidence", "profile", "cwe", "help", "references", "tags", "in-tests", "safe-fix", "config",
    "secret", "audit", "superseded-by",
}
SEVERITY = {"critical": "ERROR", "high": "ERROR", "medium": "WARNING", "low": "INFO", "info": "INFO"}
LANGUAGES = {"python", "rust", "yaml", "json", "dockerfile"}
# Rules of operators/ and what they are tried on.
OPERATORS = {
    "applied": "applied.py", "applied-web": "applied-web.py", "applied-match": "applied-match.py", "applied-rust": "applied.rs",
    "applied-yaml": "applied-target.yaml", "applied-json": "applied.json", "applied-dockerfile": "applied.Dockerfile",
    "python": "python.py", "rust": "rust.rs", "yaml": "target.yaml", "json": "json.json", "dockerfile": "Dockerfile",
    "taint": "taint.py",
}
# Rule -> why the two differ, as docs/semgrep.md tells it.
EXPLAINED = {}
for line in (ROOT / "tests/conformance/semgrep-differences.txt").read_text().splitlines():
    if line.strip() and not line.startswith("#"):
        rule, _, reason = line.partition(" ")
        EXPLAINED[rule] = reason.strip()


def uses_ours(node):
    if isinstance(node, dict):
        return any(key in ("metavariable-value", "whole") or uses_ours(value) for key, value in node.items())
    if isinstance(node, list):
        return any(uses_ours(item) for item in node)
    return False


def rules():
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        for rule in YAML(typ="safe", pure=True).load(path.read_text()).get("rules", []):
            mode = rule.get("mode", "search")
            if mode != "search" or uses_ours(rule) or not set(rule["languages"]) <= LANGUAGES:
                continue
            yield rule


def fixtures(rule):
    """Files of the pack's fixtures that name the rule."""
    folder = ROOT / "fixtures" / rule["id"].split("/")[0]
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and rule["id"] in p.read_text(errors="replace")]


def semgrep(configs, targets):
    command = [os.environ["SEMGREP"], "scan", "--metrics=off", "--disable-version-check", "--json", "--no-git-ignore",
               "--no-rewrite-rule-ids", "--quiet", "--config", str(configs)]
    done = subprocess.run(command + [str(t) for t in targets], capture_output=True, text=True)
    try:
        result = json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"semgrep failed: {done.stderr[-2000:]}")
    lines = {}
    for found in result["results"]:
        lines.setdefault(found["check_id"], set()).add((found["path"], found["start"]["line"]))
    for error in result["errors"]:
        if not error.get("rule_id"):
            print("semgrep:", error.get("message", "")[:2000].strip(), file=sys.stderr)
    errors = {error.get("rule_id"): error.get("message", "")[:200] for error in result["errors"] if error.get("rule_id")}
    return lines, errors


def bartizan(configs, targets):
    command = [os.environ["BARTIZAN"], "scan", "--no-config", "--no-builtin", "--include-tests", "--rules", str(configs),
               "--profile", "audit", "--format", "json", "--exit-zero"]
    done = subprocess.run(command + [str(t) for t in targets], capture_output=True, text=True)
    lines = {}
    for found in json.loads(done.stdout)["findings"]:
        lines.setdefault(found["rule"], set()).add((found["path"], found["start"]["line"]))
    return lines


def compare(rules, targets):
    """Which rules report the same lines, what the others report, and which rules semgrep cannot parse."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "rules.yaml"
        config.write_text(json.dumps({"rules": rules}))  # JSON is YAML
        theirs, errors = semgrep(config, targets)
        ours = bartizan(config, targets)
    same, different, refused, lines = [], [], [], 0
    for rule in rules:
        id_ = rule["id"]
        left, right = ours.get(id_, set()), theirs.get(id_, set())
        if id_ in errors and not right:
            refused.append((id_, f"semgrep cannot parse it: {' '.join(errors[id_].split())}"))
        elif not left and not right and not id_.startswith(tuple(OPERATORS)):
            # An operator may well be there to match nothing; a rule of a pack has a fixture that it reports.
            different.append((id_, "neither reports anything"))
        elif left == right:
            same.append(id_)
            lines += len(left)
        else:
            only_ours, only_theirs = sorted(left - right)[:5], sorted(right - left)[:5]
            different.append((id_, f"only bartizan {only_ours}; only semgrep {only_theirs}"))
    return same, different, refused, lines


def pack_rules():
    """Rules of our packs without our own keys, and their fixtures."""
    plain, targets = [], set()
    for rule in rules():
        stripped = {key: value for key, value in rule.items() if key not in OURS}
        stripped["severity"] = SEVERITY.get(rule["severity"], rule["severity"])
        stripped["id"] = rule["id"].replace("/", ".")
        plain.append(stripped)
        targets |= {p.relative_to(ROOT) for p in fixtures(rule)}
    return plain, sorted(targets)


def operator_rules():
    """Each file of operators/ with the target beside it."""
    folder = ROOT / "tests/conformance/operators"
    for name, target in OPERATORS.items():
        rules = YAML(typ="safe", pure=True).load((folder / f"{name}.yaml").read_text())["rules"]
        yield rules, [(folder / target).relative_to(ROOT)]


def main():
    os.chdir(ROOT)
    same, different, refused, lines = [], [], [], 0
    for plain, targets in [pack_rules(), *operator_rules()]:
        results = compare(plain, targets)
        same += results[0]
        different += results[1]
        refused += results[2]
        lines += results[3]
        print(f"{targets[0]} ...: {len(plain)} rules, {len(results[0])} equal, {len(results[2])} refused by semgrep")
    unexplained = [(id_, what) for id_, what in different + refused if id_ not in EXPLAINED]
    for id_, what in different + refused:
        print(f"{'explained' if id_ in EXPLAINED else 'DIFFERENT'} {id_}: {EXPLAINED.get(id_) or what}")
    stale = set(EXPLAINED) - {id_ for id_, _ in different + refused}
    for id_ in sorted(stale):
        print(f"STALE {id_} is listed as different, but is the same")
    total = len(same) + len(different)
    share = len(same) / max(total, 1)
    print(f"{lines} lines equal")
    print(f"{total} rules, {len(same)} equal, {len(different)} different; {share:.1%} equal")
    sys.exit(1 if unexplained or stale or share < 0.97 else 0)


if __name__ == "__main__":
    main()
