#!/usr/bin/env bash
# Loads UPDATES made-up updates (default 200,000) into a service with its embedded broker and reports how fast they
# became searchable, its memory and CPU; then checks the store, and compares 1,000 searches before and after a restart.
set -euo pipefail
cd "$(dirname "$0")/.."
records="${RECORDS:-146300}" # about 200,000 updates
dir="$(mktemp -d)"
port="${PORT:-18080}" broker="${BROKER_PORT:-19092}"
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
bin/anvesh gen --records "$records" --seed 3 > "$dir/updates.ndjson"
key="$(bin/anvesh keys add --name bench --data "$dir/data")"
start() {
  bin/anvesh serve --embedded-broker --data "$dir/data" --listen "127.0.0.1:$port" --broker-listen "127.0.0.1:$broker" 2> "$dir/log" &
  pid=$!
  until curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; do kill -0 "$pid" || { cat "$dir/log"; exit 1; }; sleep 0.05; done
}
n="$(wc -l < "$dir/updates.ndjson")"
start
t0="$(date +%s.%N)"
token="$(bin/anvesh load "$dir/updates.ndjson" --brokers "127.0.0.1:$broker")"
t1="$(date +%s.%N)"
until [ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $key" "http://127.0.0.1:$port/v1/persons/search?name=Ram&reason=FIR+1/2026&limit=1&at_least=$token")" = 200 ]; do :; done
t2="$(date +%s.%N)"
read -r user sys < <(awk '{print $14, $15}' "/proc/$pid/stat")
awk -v n="$n" -v a="$t0" -v b="$t1" -v c="$t2" -v u="$user" -v s="$sys" -v hz="$(getconf CLK_TCK)" 'BEGIN {
  printf "%d updates: published in %.1f s, all searchable after %.1f s: %.0f updates a second from log to searchable; the service took %.0f microseconds of CPU an update\n", n, b-a, c-a, n/(c-a), (u+s)/hz*1e6/n }'
awk '/VmHWM|VmRSS/ {printf "%s %.0f MiB  ", $1, $2/1024} END {print ""}' "/proc/$pid/status"
ask() { # 1,000 searches, drawn from what was loaded; the answers without what differs from time to time
  python3 - "$dir/updates.ndjson" "http://127.0.0.1:$port" "$key" <<'PY'
import json, random, sys, urllib.parse, urllib.request, hashlib
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
rng, h, asked, found = random.Random(7), hashlib.sha256(), 0, 0
while asked < 1000:
    f = json.loads(rng.choice(lines))
    things = [("persons", "name", p["name"]) for p in f.get("persons", []) if p.get("role") == "accused" and p.get("name")]
    things += [("vehicles", "registration", v["registration"]) for v in f.get("vehicles", []) if len(v.get("registration", "")) > 5]
    if not things:
        continue
    kind, field, text = rng.choice(things)
    q = urllib.parse.urlencode({field: text, "reason": "FIR 1/2026"})
    r = urllib.request.Request(f"{sys.argv[2]}/v1/{kind}/search?{q}", headers={"Authorization": "Bearer " + sys.argv[3]})
    a = json.load(urllib.request.urlopen(r))
    h.update(json.dumps([[x["record"]["id"], x["class"], x["score"], x["why"]] for x in a["hits"]] + [a["total"]]).encode())
    asked, found = asked + 1, found + (1 if a["hits"] else 0)
print(asked, "searches,", found, "with hits, digest", h.hexdigest()[:16])
PY
}
before="$(ask)"; echo "before the restart: $before"
awk '/VmHWM|VmRSS/ {printf "%s %.0f MiB  ", $1, $2/1024} END {print ""}' "/proc/$pid/status"
kill "$pid"; wait "$pid"
bin/anvesh check --data "$dir/data" 2>/dev/null
du -sh "$dir/data"/* | tr '\n' ' '; echo
t0="$(date +%s.%N)"; start; t1="$(date +%s.%N)"
after="$(ask)"; echo "after the restart:  $after (ready in $(awk -v a="$t0" -v b="$t1" 'BEGIN {printf "%.2f", b-a}') s)"
[ "$before" = "$after" ] || { echo "the answers differ"; exit 1; }
