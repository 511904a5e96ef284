#!/usr/bin/env bash
# Installs semgrep from PyPI into a scratch environment and compares it with bartizan on our own fixtures.
set -euo pipefail
cd "$(dirname "$0")/../.."
environment=${SEMGREP_ENV:-target/semgrep-env}
if [ ! -x "$environment/bin/semgrep" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet semgrep
fi
cargo build --release --quiet
SEMGREP=$(realpath "$environment/bin/semgrep") BARTIZAN=$(realpath "${BARTIZAN:-target/release/bartizan}") \
  PATH="$(realpath "$environment/bin"):$PATH" "$environment/bin/python" tests/conformance/semgrep.py
