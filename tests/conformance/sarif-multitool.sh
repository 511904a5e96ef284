#!/usr/bin/env bash
# Validates SARIF files by Microsoft's sarif-multitool (npm package @microsoft/sarif-multitool, MIT; its Linux, macOS and
# Windows packages bring a self-contained binary, so no .NET is needed). Fails on any result of level "error".
#
#   tests/conformance/sarif-multitool.sh [FILE.sarif ...]
#
# Without arguments it validates what tests/sarif_profile.rs writes, and a scan of fixtures/projects/storefront.
# MULTITOOL_HOME names a folder to install into and keep; by default a scratch folder is made and removed.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
home=${MULTITOOL_HOME:-$scratch/multitool}
mkdir -p "$home"
if [ ! -x "$home/node_modules/.bin/sarif-multitool" ]; then
  npm install --silent --no-audit --no-fund --prefix "$home" @microsoft/sarif-multitool@5.7.0
fi
# The package's own launcher hands arguments to a shell unquoted, so the binary is called directly. npm may be configured
# not to run install scripts; this package's only makes the binary executable.
multitool=$(ls -d "$home"/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool* | grep -E 'Multitool(\.exe)?$')
chmod u+x "$multitool"

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
  cargo test --quiet --test sarif_profile >&2
  target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
  files=("$target"/tmp/profile*.sarif)
  cargo run --quiet -- scan fixtures/projects/storefront --exit-zero --format sarif -o "$scratch/storefront.sarif" >&2
  files+=("$scratch/storefront.sarif")
fi

failed=0
for file in "${files[@]}"; do
  report=$scratch/validation.sarif
  # The exit code also counts warnings on style; what matters stands in the report.
  "$multitool" validate "$file" --output "$report" --log ForceOverwrite \
    --level "Error;Warning;Note" --kind "Fail" --rule-kind "Sarif" > "$scratch/log" 2>&1 || true
  if [ ! -s "$report" ]; then
    echo "$file: the validator wrote no report" >&2
    cat "$scratch/log" >&2
    exit 2
  fi
  node - "$file" "$report" <<'JS' || failed=1
const [file, report] = process.argv.slice(2);
const run = JSON.parse(require('fs').readFileSync(report, 'utf8').replace(/^\uFEFF/, '')).runs[0];
const counts = { error: 0, warning: 0, note: 0 };
for (const result of run.results ?? []) {
  const level = result.level ?? 'warning';
  counts[level] += 1;
  const rule = (run.tool.driver.rules ?? []).find((it) => it.id === result.ruleId) ?? {};
  const form = (rule.messageStrings ?? {})[result.message.id] ?? {};
  const values = result.message.arguments ?? [];
  const text = result.message.text ?? (form.text ?? '').replace(/\{(\d+)\}/g, (_, index) => values[index] ?? '');
  if (level === 'error' || process.env.VERBOSE) console.error(`${file}: ${level} ${result.ruleId} ${text}`);
}
const broken = (run.invocations ?? []).flatMap((it) => it.toolExecutionNotifications ?? []);
for (const it of broken.filter((it) => it.level === 'error')) {
  counts.error += 1;
  console.error(`${file}: ${it.message.text}`);
}
console.log(`${file}: ${counts.error} errors, ${counts.warning} warnings, ${counts.note} notes`);
process.exit(counts.error === 0 ? 0 : 1);
JS
done
exit "$failed"
