#!/bin/sh
# venv.sh FOLDER [LOCKFILE]: a fresh virtual environment with exactly what the lock file names, hashes checked.
# PYTHON names an interpreter to use; UV names a uv to install with (pip does it otherwise).
set -eu
folder=$1
lock=${2:-}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Holdfast needs Python 3.11 or newer and found none: install one, or name it with PYTHON=/path/to/python3." >&2
    return 1
}

python=$(find_python)
echo "Setting up $folder with $("$python" --version) ${lock:+from $lock}"
if ! "$python" -m venv --clear "$folder" >"$folder.log" 2>&1; then
    cat "$folder.log" >&2
    rm -f "$folder.log"
    echo "Python cannot make a virtual environment: on Debian and Ubuntu, 'apt-get install python3-venv' adds that." >&2
    exit 1
fi
rm -f "$folder.log"

[ -n "$lock" ] || exit 0
if [ -n "${UV:-}" ]; then
    "$UV" pip install --quiet --python "$folder/bin/python" --require-hashes -r "$lock"
else
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
