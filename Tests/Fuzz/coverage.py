#!/usr/bin/env python3
"""Runs the fuzz targets of Tests/Fuzz/Targets under libFuzzer, one after the other, and prints a line for each.

    coverage.py .build/fuzz/release/fuzz --seconds 30 [--jobs 2] [TARGET …]
    coverage.py .build/fuzz/release/fuzz --merge [TARGET …]

What is new goes to .build/fuzz-corpus; what fails goes to .build/fuzz-findings, and the exit code is 1. `--merge` makes the corpus of
the repository anew: the fewest inputs that reach every edge that the old ones and the new ones reach.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "Tests/Fuzz/Corpus"
DICTIONARIES = ROOT / "Tests/Fuzz/Dictionaries"
FAILURES = ROOT / "Tests/Fixtures/fuzz"
WORK = ROOT / ".build/fuzz-corpus"
FINDINGS = ROOT / ".build/fuzz-findings"
# In bytes. The longest lines and headers are the tests' own; here length only costs executions.
LONGEST = 4096

# Swift's own report of a trap would end the program before libFuzzer has kept the input.
ENVIRONMENT = dict(os.environ, SWIFT_BACKTRACE="enable=no")


def folders(target):
    """Where inputs come from, the folder of new ones first."""
    work = WORK / target
    work.mkdir(parents=True, exist_ok=True)
    known = [folder / target for folder in (CORPUS, FAILURES)]
    return [str(work)] + [str(folder) for folder in known if folder.is_dir()]


def fuzz(binary, target, seconds, hang):
    """Returns the line to print, and how many inputs have failed."""
    findings = FINDINGS / target
    shutil.rmtree(findings, ignore_errors=True)
    findings.mkdir(parents=True)
    command = [
        binary, target, "-fork=1", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1",
        f"-max_total_time={seconds}", f"-timeout={hang}", "-rss_limit_mb=2048", f"-max_len={LONGEST}",
        f"-artifact_prefix={findings}/",
    ]
    dictionary = DICTIONARIES / f"{target}.txt"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    with open(findings / "log", "w") as log:
        status = subprocess.run(command + folders(target), env=ENVIRONMENT, stdout=log, stderr=log).returncode
    text = (findings / "log").read_text(errors="replace")
    lines = re.findall(
        r"^#(\d+): cov: (\d+) ft: (\d+) corp: (\d+) .*oom/timeout/crash: (\d+)/(\d+)/(\d+) time: (\d+)s", text, re.M)
    if not lines:
        return f"{target}: did not run, exit code {status}; see {findings}/log", 1
    executions, edges, features, corpus, ooms, hangs, crashes, time = map(int, lines[-1])
    # A run that ends while a job is at work counts what that job has kept.
    kept = [len(list(findings.glob(f"{kind}-*"))) for kind in ("crash", "timeout", "oom")]
    crashes, hangs, ooms = (max(pair) for pair in zip((crashes, hangs, ooms), kept))
    line = (
        f"{target}: {executions:,} executions in {time} s, {edges:,} edges, {features:,} features, {corpus} inputs, "
        f"{crashes} crashes, {hangs} hangs, {ooms} out of memory")
    for sentence in sorted(set(re.findall(r"Fatal error: (.*)", text)))[:5]:
        line += f"\n    {sentence[:200]}"
    return line, crashes + hangs + ooms


def merge(binary, target):
    """Puts the fewest inputs that reach every edge into the repository, however often they pass it."""
    with tempfile.TemporaryDirectory() as folder:
        status = subprocess.run(
            [binary, target, "-set_cover_merge=1", "-use_counters=0", f"-max_len={LONGEST}", "-timeout=10", folder] + folders(target),
            env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        found = sorted(path for path in pathlib.Path(folder).iterdir())
        if status != 0 or not found:
            return f"{target}: cannot be merged, exit code {status}", 1
        own = CORPUS / target
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True)
        for path in found:
            shutil.copy(path, own / path.name[:12])
        size = sum(path.stat().st_size for path in found)
        return f"{target}: {len(found)} inputs, {size:,} bytes", 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=30, help="for each target")
    parser.add_argument("--hang", type=int, default=10, help="seconds after which an input hangs")
    parser.add_argument("--jobs", type=int, default=1, help="how many targets run at once")
    parser.add_argument("--merge", action="store_true")
    arguments = parser.parse_intermixed_args()
    known = subprocess.run([arguments.binary], capture_output=True, text=True, check=True).stdout.split()
    targets = arguments.targets or known
    for target in set(targets) - set(known):
        parser.error(f"no target is called {target}; there is {', '.join(known)}")

    def run(target):
        if arguments.merge:
            return merge(arguments.binary, target)
        return fuzz(arguments.binary, target, arguments.seconds, arguments.hang)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for line, failures in pool.map(run, targets):
            print(line, flush=True)
            failed += failures
    if failed:
        print(f"{failed} inputs failed; they are in {FINDINGS}. Mend, and keep each in {FAILURES}/TARGET.")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
