#!/usr/bin/env python3
"""Time bartizan, ruff, bandit and semgrep on the same Python files, in one run.

usage: benches/peers.py FOLDER [--repeat N]    (FOLDER holds unpacked source distributions; benches/peers.sh makes one)

Prints a Markdown table: wall time (best of N), processor time, peak memory, ratio to bartizan. No shell, no network.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(command, repeat):
    best = None
    for _ in range(repeat):
        with tempfile.TemporaryFile() as sink:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 1):
            sys.exit(f"{command[0]} failed with {code}")
        sample = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        best = min(best, sample) if best else sample
    return best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--semgrep-rules", type=Path, help="rules for both; benches/semgrep_rules.py writes them")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files):,} files, {lines:,} lines, {size / 1e6:.1f} MB of Python; {os.cpu_count()} cores\n")
    folder = str(arguments.folder)
    bartizan = os.environ.get("BARTIZAN", "target/release/bartizan")
    tools = Path(os.environ["PEERS"]) / "bin"
    commands = {
        "bartizan": [bartizan, "scan", folder, "--no-config", "--no-ignore", "--include", "*.py", "--summary", "--exit-zero"],
        "ruff --select S": [str(tools / "ruff"), "check", "--select", "S", "--no-cache", "--isolated", "--exit-zero", "--quiet", folder],
        "bandit": [str(tools / "bandit"), "-r", "-q", "--exit-zero", folder],
    }
    if arguments.semgrep_rules:
        commands["bartizan, semgrep's rules"] = [
            bartizan, "scan", folder, "--no-config", "--no-ignore", "--include", "*.py", "--summary", "--exit-zero", "--no-builtin",
            "--rules", str(arguments.semgrep_rules), "--profile", "audit",
        ]
        commands["semgrep"] = [
            str(tools / "semgrep"), "scan", "--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore",
            "--config", str(arguments.semgrep_rules), folder,
        ]
    os.environ["PATH"] = f"{tools}:{os.environ['PATH']}"
    results = {}
    for name, command in commands.items():
        results[name] = measure(command, 1 if name in ("bandit", "semgrep") else arguments.repeat)
    print("| tool | wall s | cpu s | peak MB | bartizan is |")
    print("|---|---:|---:|---:|---|")
    for name, (wall, cpu, memory) in results.items():
        # Semgrep knows a part of our rules: it is held against the same part.
        base = results["bartizan, semgrep's rules" if name == "semgrep" else "bartizan"][0]
        ratio = "" if name.startswith("bartizan") else f"{wall / base:.1f} times faster" if wall >= base else f"{base / wall:.1f} times slower"
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {ratio} |")
    one = arguments.folder / "one_small_file.py"
    one.write_text("import subprocess\nsubprocess.run(['ls'])\n")
    wall, _, memory = measure([bartizan, "scan", str(one), "--no-config", "--summary", "--exit-zero"], 5)
    one.unlink()
    print(f"\nOne small file: {wall * 1000:.0f} ms, {memory:.0f} MB.")


if __name__ == "__main__":
    main()
