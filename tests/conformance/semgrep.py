#!/usr/bin/env python3
"""Compare our engine with semgrep on the same patterns.

Every search rule of rules/ that uses only Semgrep's own operators is given to semgrep (PyPI) with the keys that are ours
alone taken out. Both run on the rule's fixtures; the lines they report must be the same. Rules that differ and are not
listed in semgrep-differences.txt fail the run; so does a share of equal rules below 97 % in the languages other than
Rust, where semgrep's own support is young (docs/semgrep.md).

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
    "secret", "audit",
}
SEVERITY = {"critical": "ERROR", "high": "ERROR", "medium": "WARNING", "low": "INFO", "info": "INFO"}
LANGUAGES = {"python", "rust", "yaml", "json", "dockerfile"}
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
        for rule in YAML(typ="safe", pure=True).load(path.read_text())["rules"]:
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


def main():
    os.chdir(ROOT)
    plain, targets = [], []
    for rule in rules():
        stripped = {key: value for key, value in rule.items() if key not in OURS}
        stripped["severity"] = SEVERITY.get(rule["severity"], rule["severity"])
        stripped["id"] = rule["id"].replace("/", ".")
        plain.append(stripped)
        targets += [p.relative_to(ROOT) for p in fixtures(rule)]
    targets = sorted(set(targets))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "rules.yaml"
        config.write_text(json.dumps({"rules": plain}))  # JSON is YAML
        theirs, errors = semgrep(config, targets)
        ours = bartizan(config, targets)
    same, different = [], []
    for rule in plain:
        id_ = rule["id"]
        left, right = ours.get(id_, set()), theirs.get(id_, set())
        if id_ in errors:
            different.append((id_, f"semgrep does not take the rule: {errors[id_]}"))
        elif not left and not right:
            different.append((id_, "neither reports anything on the fixtures"))
        elif left == right:
            same.append(id_)
        else:
            only_ours, only_theirs = sorted(left - right)[:5], sorted(right - left)[:5]
            different.append((id_, f"only bartizan {only_ours}; only semgrep {only_theirs}"))
    unexplained = [(id_, what) for id_, what in different if id_ not in EXPLAINED]
    for id_, what in different:
        print(f"{'explained' if id_ in EXPLAINED else 'DIFFERENT'} {id_}: {EXPLAINED.get(id_) or what}")
    stale = set(EXPLAINED) - {id_ for id_, _ in different}
    for id_ in sorted(stale):
        print(f"STALE {id_} is listed as different, but is the same")
    mature = [rule["id"] for rule in plain if rule["languages"] != ["rust"]]
    share = len([id_ for id_ in mature if id_ in same]) / max(len(mature), 1)
    print(f"{sum(len(ours.get(id_, ())) for id_ in same)} lines equal")
    print(f"{len(plain)} rules, {len(same)} equal, {len(different)} different; {share:.1%} equal outside Rust")
    sys.exit(1 if unexplained or stale or share < 0.97 else 0)


if __name__ == "__main__":
    main()
