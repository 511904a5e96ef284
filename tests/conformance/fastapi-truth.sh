#!/usr/bin/env bash
# Holds `bartizan routes` against the running framework: installs FastAPI from PyPI into a scratch environment and asks it
# for the routes of the applications in tests/data/fastapi and in the documentation of FastAPI
# (the source package brings more than 350 small ones). Takes about a minute. Skipped, with a note, where PyPI is not reached.
#
#   tests/conformance/fastapi-truth.sh [--published] [BARTIZAN]
#
# With --published, applications published on PyPI are installed too, each into an environment of its own: some minutes and
# some gigabytes. FASTAPI_TRUTH_HOME names a folder to install into and keep.
set -euo pipefail
cd "$(dirname "$0")/../.."
published=false
if [ "${1:-}" = --published ]; then published=true; shift; fi
bartizan=${1:-}
if [ -z "$bartizan" ]; then
  cargo build --quiet --locked
  target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
  bartizan=$target/debug/bartizan
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
home=${FASTAPI_TRUTH_HOME:-$scratch}
mkdir -p "$home"

# The version whose answers are explained in fastapi_differences.txt.
fastapi=0.165.0
python=$home/venv/bin/python
if [ ! -x "$python" ]; then
  if ! { python3 -m venv "$home/venv" && "$python" -m pip install --quiet --disable-pip-version-check "fastapi==$fastapi" \
      python-multipart pydantic-settings email-validator httpx jinja2 itsdangerous pyjwt pwdlib argon2-cffi sqlmodel \
      typing_extensions orjson; }; then
    rm -rf "$home/venv"
    echo "skipped: FastAPI could not be installed from PyPI"
    exit 0
  fi
fi

# Only the documentation's applications are read, not the framework's own source beside them.
if [ ! -d "$home/docsonly/docs_src" ]; then
  mkdir -p "$home/docsonly"
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: -d "$home" "fastapi==$fastapi"
  tar -xzf "$home/fastapi-$fastapi.tar.gz" -C "$home"
  mv "$home/fastapi-$fastapi/docs_src" "$home/docsonly/"
fi

applications=()
for module in annotations controllers dependencies factories kinds late loops mounting shop.main; do
  applications+=("tests/data/fastapi=$module:app")
done
while IFS= read -r file; do
  module=${file#"$home/docsonly/"}
  module=${module%.py}
  applications+=("$home/docsonly=${module//\//.}:app")
done < <(grep -rlE '^app = FastAPI\(' "$home/docsonly/docs_src" --include='*.py' | LC_ALL=C sort)
"$python" tests/conformance/fastapi_truth.py --bartizan "$bartizan" "${applications[@]}"

$published || exit 0

# What is installed, what is imported, and versions that go together.
published_application() {
  local name=$1 target=$2
  shift 2
  local environment=$home/published/$name
  if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$name" "$@"
  fi
  # The package alone: what is beside it in site-packages is not its own.
  mkdir -p "$home/published/read/$name"
  cp -r "$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/$name" "$home/published/read/$name/"
  PREFECT_HOME=$scratch/prefect CHAINLIT_APP_ROOT=$scratch \
    "$python" tests/conformance/fastapi_truth.py --bartizan "$bartizan" --python "$environment/bin/python" --share 0 \
    "$home/published/read/$name=$target"
}
published_application mlflow mlflow.server.fastapi_app:app
published_application chainlit chainlit.server:app
published_application tipg tipg.main:app
published_application prefect 'prefect.server.api.server:create_app()' fastapi==0.145.0
published_application chromadb chromadb.app:app opentelemetry-instrumentation-fastapi
published_application hayhooks 'hayhooks.server.app:create_app()'
