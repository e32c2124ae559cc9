# shellcheck shell=bash
# What the administrator reads: Vietnamese first, then English.

say() { printf '• %s\n  %s\n' "$1" "$2"; }

warn() { printf '! %s\n  %s\n' "$1" "$2" >&2; }

# die VIETNAMESE ENGLISH [EXIT CODE]
die() {
  printf '✗ %s\n  %s\n' "$1" "$2" >&2
  exit "${3:-1}"
}
