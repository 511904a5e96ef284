#!/usr/bin/env python3
"""Write the Python rules that semgrep understands as well, without the keys that are ours alone.

usage: benches/semgrep_rules.py FILE    (run by a Python that has semgrep's ruamel.yaml)
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/conformance"))
import semgrep  # noqa: E402


def main():
    plain, _ = semgrep.pack_rules()
    python = [rule for rule in plain if rule["languages"] == ["python"]]
    Path(sys.argv[1]).write_text(json.dumps({"rules": python}))  # JSON is YAML
    print(f"{len(python)} rules")


if __name__ == "__main__":
    main()
