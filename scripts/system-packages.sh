#!/bin/sh
# system-packages.sh NAME...: see to it that these programs are there (chromium, redis-server, nats-server).
# Silent where they are. As root with apt-get it installs them; otherwise one sentence says what to install.
set -eu

present() {
    command -v "$1" >/dev/null 2>&1 && return
    # Chromium goes by several names.
    [ "$1" = chromium ] || return
    command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

missing=""
for name in "$@"; do
    present "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "Please install$missing (on Debian: sudo apt-get install$missing), then run this again." >&2
    exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing the system packages$missing"
export DEBIAN_FRONTEND=noninteractive
# The names are meant to be split into words.
# shellcheck disable=SC2086
if ! { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt-get could not install$missing: please install what is missing by hand, then run this again." >&2
    exit 1
fi
