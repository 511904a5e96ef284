#!/usr/bin/env python3
"""Compares bartizan's reading of nginx configuration with crossplane (PyPI) and with an installed nginx.

usage: tests/conformance/nginx.py [CORPUS]

CORPUS is the unpacked folder of configuration files (default: ../shared/corpus/configs.tar.xz is unpacked by the test).
Installs crossplane into a scratch virtual environment, then runs the ignored tests of tests/nginx_conformance.rs.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

# What the test asks for: one file path a line on standard input, one JSON document a line on standard output.
DUMP = r"""
import json, sys, crossplane
for line in sys.stdin:
    path = line.rstrip("\n")
    payload = crossplane.parse(path, single=True, catch_errors=True, comments=False, check_ctx=False, check_args=False)
    print(json.dumps(payload["config"][0]), flush=True)
"""


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    environment = dict(os.environ)
    if len(sys.argv) > 1:
        environment["BARTIZAN_CORPUS"] = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        python = Path(scratch, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "crossplane==0.5.8"], check=True)
        dump = Path(scratch, "dump.py")
        dump.write_text(DUMP)
        environment["BARTIZAN_CROSSPLANE"] = f"{python} {dump}"
        command = ["cargo", "test", "--test", "nginx_conformance", "--", "--include-ignored", "--nocapture"]
        return subprocess.run(command, cwd=root, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
