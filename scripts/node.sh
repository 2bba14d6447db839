#!/bin/sh
# node.sh: is a Node here that can build the demo's page, and npm with it? Silent where they are.
set -eu
wanted="Node 20.19 or newer and npm, which build the demo's page"

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "Please install $wanted." >&2
    exit 1
fi
# The versions that frontend/package.json names, too.
if ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);
'; then
    echo "Please install $wanted: this is Node $(node --version)." >&2
    exit 1
fi
