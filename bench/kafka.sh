#!/usr/bin/env bash
# Runs a command beside a real Apache Kafka: bench/kafka.sh NODES COMMAND... with NODES 1 or 3. The command finds the
# brokers in ANVESH_TEST_BROKERS and their process ids, in the same order, in ANVESH_TEST_BROKER_PIDS. Needs Java 17 or
# later and Maven, which fetches the jars (45 MB) into bench/out/kafka once. Ports: KAFKA_PORT (default 19092) and those
# behind it. Exits with 3 where Java, Maven or the jars cannot be had. Three nodes replicate thrice and acknowledge what two of them hold.
set -euo pipefail
nodes="$1"; shift
home="$(cd "$(dirname "$0")" && pwd)"
jars="$home/out/kafka/jars" port="${KAFKA_PORT:-19092}"
without() { echo "no real Kafka: $1" >&2; exit 3; }
version="$( (java -version 2>&1 || true) | sed -n 's/.*version "\([0-9]*\).*/\1/p')"
[ "${version:-0}" -ge 17 ] || without "Java 17 or later is needed, found ${version:-none}"
if [ ! -e "$jars/.whole" ]; then
  rm -rf "$jars"
  mvn -q -B -f "$home/kafka/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$jars" || without "Maven could not fetch the jars"
  touch "$jars/.whole"
fi
dir="$(mktemp -d)"
pids=() brokers=() voters=()
stop() {
  local status=$?
  kill "${pids[@]}" 2> /dev/null || true
  for _ in $(seq 50); do kill -0 "${pids[@]}" 2> /dev/null || break; sleep 0.1; done
  kill -9 "${pids[@]}" 2> /dev/null || true # the last of three cannot end well once the others are gone
  if [ "$status" != 0 ] && ls "$dir"/*.log > /dev/null 2>&1; then
    rm -rf "$home/out/kafka/logs"
    mkdir -p "$home/out/kafka/logs"
    cp "$dir"/*.log "$home/out/kafka/logs/"
    echo "the brokers' logs are kept in bench/out/kafka/logs" >&2
  fi
  rm -rf "$dir"
}
trap stop EXIT
for i in $(seq "$nodes"); do voters+=("$i@127.0.0.1:$((port + 2 * i - 1))"); done
replicas="$nodes" insync="$((nodes / 2 + 1))"
java=(java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$jars/*")
cluster="$("${java[@]}" kafka.tools.StorageTool random-uuid)"
for i in $(seq "$nodes"); do
  here="127.0.0.1:$((port + 2 * i - 2))"
  cat > "$dir/$i.properties" <<PROPS
process.roles=broker,controller
node.id=$i
controller.quorum.voters=$(IFS=,; echo "${voters[*]}")
listeners=PLAINTEXT://$here,CONTROLLER://127.0.0.1:$((port + 2 * i - 1))
advertised.listeners=PLAINTEXT://$here
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/$i
auto.create.topics.enable=false
default.replication.factor=$replicas
min.insync.replicas=$insync
offsets.topic.replication.factor=$replicas
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$insync
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$insync
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.backoff.ms=1000
log.initial.task.delay.ms=1000
broker.session.timeout.ms=6000
controller.quorum.election.timeout.ms=3000
controller.quorum.fetch.timeout.ms=6000
PROPS
  "${java[@]}" kafka.tools.StorageTool format -t "$cluster" -c "$dir/$i.properties" > /dev/null
done
for i in $(seq "$nodes"); do
  "${java[@]}" kafka.Kafka "$dir/$i.properties" > "$dir/$i.log" 2>&1 < /dev/null &
  pids+=($!) brokers+=("127.0.0.1:$((port + 2 * i - 2))")
done
for i in $(seq "$nodes"); do # a broker listens once it is caught up
  until (exec 3<> "/dev/tcp/127.0.0.1/$((port + 2 * i - 2))") 2> /dev/null; do
    kill -0 "${pids[$((i - 1))]}" || { cat "$dir/$i.log"; exit 1; }
    sleep 0.1
  done
done
export ANVESH_TEST_BROKERS="$(IFS=,; echo "${brokers[*]}")" ANVESH_TEST_BROKER_PIDS="$(IFS=,; echo "${pids[*]}")"
"$@"
