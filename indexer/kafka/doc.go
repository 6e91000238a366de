// Package kafka is the update log's room: the only one that imports a Kafka
// client. It reads the topic of updates, publishes updates and dead letters,
// makes the topics, and holds an embedded broker for a machine without Kafka.
//
// There are only a few types. A Client is one cluster and the two topics; Dial
// makes it. Client.Run reads every partition into a Sink, which keeps the
// offsets itself, in the same transaction as their effect: there is no
// consumer group, and the broker is never asked where we were. A Broker is the
// embedded one.
//
// What Run promises, for each partition on its own:
//
//   - Every committed message from the sink's offset on is handed over once,
//     in order of offset. Messages of aborted transactions and control
//     records are not. After an error of the broker or of the sink, reading
//     starts again at the offset that the sink names.
//   - It never stands still and never spins: offsets that hold nothing (control
//     records, aborted messages, batches emptied by compaction) move Batch.Next.
//   - It skips nothing in silence. Offsets that should be there and are not are
//     counted in Batch.Missing, for the sink to keep. An offset below the start of the log or
//     beyond its end stops that partition and shows in Status as Degraded; so does a log that lost
//     its end and grew again past our offset, which the batch that was read last gives away
//     (proof.go). The other partitions go on. A record batch with a wrong checksum is
//     asked for again until it is whole. A batch with a right checksum that
//     cannot be decoded is the producer's fault and goes to the dead letters.
//   - Batch.Through is set only when the answer of the broker shows that nothing
//     stands behind Next, open transactions included.
//
// Why not the client library's Reader or Client.Fetch: version 0.4.51 of
// segmentio/kafka-go delivers aborted messages and control records, waits for
// ever at the last record of a compacted batch, jumps over missing offsets
// without a word, and hangs on a connection that goes silent. So this package
// sends the fetch request through the library's Transport (routing, TLS, SASL,
// versions) and reads the answer and its record batches itself, see fetch.go
// and batch.go; the rules are those of Kafka's own Java consumer.
//
// What it does not do: it knows nothing of forms and cases, and it keeps no offsets and no proofs;
// of the log it keeps the topic's id alone (identity.go), by which a topic that was
// deleted and made again is told from the one that was read.
package kafka
