#!/usr/bin/env bash
# Fetches about a million lines of Python (source distributions from PyPI) and the peers into a scratch folder, and times them.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=${SCRATCH:-target/peers}
mkdir -p "$scratch/sources" "$scratch/downloads"
if [ ! -x "$scratch/env/bin/semgrep" ]; then
  python3 -m venv "$scratch/env"
  "$scratch/env/bin/pip" install --quiet bandit ruff semgrep
fi
for package in django celery mlflow apache-superset label-studio langchain-community jupyterhub sentry-sdk flask starlette; do
  "$scratch/env/bin/pip" download --quiet --no-deps --no-binary :all: -d "$scratch/downloads" "$package" || true
done
for archive in "$scratch"/downloads/*.tar.gz; do
  tar xzf "$archive" -C "$scratch/sources"
done
cargo build --release --quiet
PEERS=$(realpath "$scratch/env") BARTIZAN=$(realpath target/release/bartizan) python3 benches/peers.py "$scratch/sources" "$@"
