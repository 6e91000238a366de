#!/usr/bin/env bash
# Runs the packages' benchmarks at a commit and in the working tree, in turn, and compares them. A shared machine gives a
# step another tenth or more from minute to minute: what benchstat marks with ~ is noise, and so is a change below that.
# Each side runs those of the packages that it has, and benchmarks are matched by name, so that one whose package was
# renamed or split is still compared; a name must therefore stand in one package only.
set -euo pipefail
cd "$(dirname "$0")/.."
ref="$1" count="$2" steps="${STEPS:-.}"
packages="bench query query/name query/names query/numbers query/plate query/web indexer indexer/iif storage"
work="$(mktemp -d)"
trap 'git worktree remove --force "$work/then"; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/then" "$ref"
run() { # directory, file
  (
    cd "$1"
    have=()
    for p in $packages; do [ ! -d "$p" ] || have+=("./$p"); done
    go test -run '^$' -bench "$steps" -benchmem -benchtime 200ms -cpu 1 "${have[@]}"
  ) >> "$2"
}
for i in $(seq "$count"); do
  echo "round $i of $count" >&2
  run "$work/then" "$work/then.txt"
  run . "$work/now.txt"
done
go run golang.org/x/perf/cmd/benchstat@v0.0.0-20250813145418-2f7363a06fe1 -ignore pkg "$ref=$work/then.txt" "here=$work/now.txt"
echo "Noise: both sides ran in turn on one machine; ~ means that no difference can be told from it."
