#!/bin/sh
# node.sh: the benchmark's peers that run on Node. Without Node, or where they cannot be installed, they are left out.
set -u
cd "$(dirname "$0")/node" || exit 1
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || exit 0
[ node_modules -nt package-lock.json ] && exit 0
echo "Setting up bench/node/node_modules with Node $(node --version) from bench/node/package-lock.json"
npm ci >/dev/null || echo "The peers on Node could not be installed: they are left out." >&2
[ ! -d node_modules ] || touch node_modules
exit 0
