"""Known vulnerabilities of the locked versions: ``python tests/audit.py`` in an environment with pip-audit.

pip-audit ends with 0 and "no known vulnerabilities" also where no service answered. Here it is said for how
many packages one did; only a vulnerability ends with 1, for CI has no such service in reach everywhere.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[1] / ".ci" / "lock.txt"
OPTIONS = ("--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off")


def verdict(packages):
    """A sentence and an exit status, of what pip-audit says of each package; of none where it failed."""
    asked = [package for package in packages if "vulns" in package]
    found = [
        f"{package['name']} {package['version']}: {', '.join(fault['id'] for fault in package['vulns'])}"
        for package in asked
        if package["vulns"]
    ]
    if found:
        return "known vulnerabilities: " + "; ".join(found), 1
    if not asked:
        return "NOT AUDITED: no service of known vulnerabilities answered for any package", 0
    rest = f"; no answer for {len(packages) - len(asked)}" if len(asked) < len(packages) else ""
    return f"no known vulnerabilities in {len(asked)} packages{rest}", 0


def audited():
    """What pip-audit says of each package of the lock; nothing where it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), *OPTIONS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.stderr.write(done.stderr[-2000:])
        return []


if __name__ == "__main__":
    sentence, status = verdict(audited())
    print(sentence)
    sys.exit(status)
