#!/usr/bin/env bash
# Writes constraints.txt: the exact versions that a fresh installation of the project and its tools takes today.
set -euo pipefail
cd "$(dirname "$0")/.."

# Raised by hand: each release weighs gigabytes and comes with its own CUDA packages.
TORCH=torch==2.14.1
TORCHVISION=torchvision==0.29.1
PIP_VERSION=26.1
export PIP_DISABLE_PIP_VERSION_CHECK=1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=$(scripts/find_python.sh)
"$python" -m venv "$folder/venv"
pip=("$folder/venv/bin/python" -m pip)
"${pip[@]}" install --quiet "pip==$PIP_VERSION"
"${pip[@]}" install "$TORCH" "$TORCHVISION" ".[postgres,lite,approximate,mlflow]" --group dev
{
    echo "# The locked versions, written by \`make lock\` with $("$python" --version). Do not edit."
    "${pip[@]}" freeze --exclude margin
} >"$folder/constraints.txt"
mv "$folder/constraints.txt" constraints.txt
