#!/usr/bin/env bash
# Runs every fuzz target of the project, one after the other, each for its share of the minutes given (default 10). What
# fails is kept under testdata/fuzz of its package and is a seed of go test from then on. Many targets look at machinery
# that does not take the same paths twice, so little time goes into making inputs smaller.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes="${1:-10}"
mapfile -t targets < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+' . | sed 's|/[^/]*:func | |' | sort)
share="$((minutes * 60 / ${#targets[@]}))"
echo "${#targets[@]} targets, $share seconds each"
for t in "${targets[@]}"; do
  read -r dir target <<< "$t"
  echo "== $dir $target"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "${share}s" -fuzzminimizetime 2s "$dir" < /dev/null | tail -n 8
done
