#!/usr/bin/env bash
# Prints the first Python 3.11 or newer that can make virtual environments; PYTHON=... chooses another.
set -euo pipefail

for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3 /usr/bin/python3.11 /usr/bin/python3}; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
done
echo "Margin needs Python 3.11 or newer with its venv module (on Debian and Ubuntu: apt-get install python3-venv)." >&2
echo "Install it, or name it: make setup PYTHON=/path/to/python3.11" >&2
exit 1
