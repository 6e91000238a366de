#!/usr/bin/env bash
# Runs every fuzz target of the project, each for the time given (default 30s), one after the other.
set -euo pipefail
cd "$(dirname "$0")/.."
each="${1:-30s}"
grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -hoE '^func (Fuzz[A-Za-z0-9]+)' "$dir"/*_test.go | awk '{print $2}' | while read -r target; do
    echo "== $dir $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$each" "$dir" </dev/null
  done
done
