#!/usr/bin/env bash
# Makes the virtual environment .venv with the locked versions; safe to repeat, quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

# The first pip that knows --group is 25.1; pinned so that everybody resolves alike.
PIP_VERSION=26.1
export PIP_DISABLE_PIP_VERSION_CHECK=1

if ! .venv/bin/python -c 'import sys' 2>/dev/null; then
    python=$(scripts/find_python.sh)
    "$python" -m venv --clear .venv
fi
pip=(.venv/bin/python -m pip)
"${pip[@]}" install --quiet "pip==$PIP_VERSION"
quiet=()
if [[ -e .venv/installed ]]; then quiet=(--quiet); fi
echo "Installing the locked versions into .venv (several gigabytes the first time, most of it PyTorch)"
if [[ -n "${TORCH_INDEX:-}" ]]; then
    "${pip[@]}" install "${quiet[@]}" --no-deps -c constraints.txt --index-url "$TORCH_INDEX" torch torchvision
fi
"${pip[@]}" install "${quiet[@]}" -c constraints.txt --editable ".[postgres,lite,approximate,mlflow]" --group dev
touch .venv/installed
