#!/usr/bin/env bash
# Prints lines of code and tests and holds files and functions against the house's budgets:
# function p90 40 lines and never over 80, median file about 150 and never over 600, test to code at least 1.
set -euo pipefail
cd "$(dirname "$0")/.."
code=$(git ls-files '*.go' | grep -v _test.go)
tests=$(git ls-files '*_test.go')
echo "code $(cat $code | wc -l) lines in $(echo "$code" | wc -l) files, tests $(cat $tests | wc -l)"
wc -l $code | grep -v total | awk '{print $1}' | sort -n | awk '{a[NR]=$1} END {print "file: median " a[int((NR+1)/2)] ", longest " a[NR] " (budget 600)"}'
awk '/^func / {start=FNR; name=FILENAME": "$0} /^}/ && start {print FNR-start+1, name; start=0}' $code | sort -n > /tmp/anvesh-size.$$
awk '{a[NR]=$1} END {print "function: p90 " a[int(NR*0.9)] " (budget 40), longest " a[NR] " (budget 80)"}' /tmp/anvesh-size.$$
awk '$1 > 80' /tmp/anvesh-size.$$
rm -f /tmp/anvesh-size.$$
