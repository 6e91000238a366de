package indexer

import (
	"fmt"
	"time"

	"anvesh/storage"
)

// A Message is one entry of the update log as the log's room hands it over.
// Its bytes belong to the receiver until Apply returns.
type Message struct {
	Offset int64     // position in its partition, from 0
	Time   time.Time // when the log took it, by the log's clock
	Key    []byte    // FIR registration number; nil and empty are both "no key"
	Value  []byte    // one form instance as JSON; nil (not merely empty) withdraws the case
}

// A Batch is a run of messages of one partition, in order of offset.
// Next is the offset to apply after it; it may lie beyond the last message + 1
// where the log holds control records or compacted gaps, and Messages may then be empty.
type Batch struct {
	Topic     string
	Partition int
	Messages  []Message
	Next      int64
	// Missing is how many offsets before Next the log should hold and does not: compaction or damage took them away.
	Missing int64
	// Unreadable is how many messages before Next stand in the log and could not be decoded; each is among the dead
	// letters, alone or with those behind it.
	Unreadable int64
	// Proof is the record batch that holds the message before Next, or ends before it; zero where it is not known.
	Proof Proof
	// Before are the record batches of the Messages before that of Proof, in order: of a Batch that is applied in parts each
	// part is proved by its own.
	Before []Proof
	// Through: everything that was appended to this partition before this time is in the log before Next.
	// Zero when the fetch did not reach the end of the partition.
	Through time.Time
}

// A Rejection describes a message that could not be read or broke a rule, as it is
// published to the dead letter topic. Head holds at most 4 KiB of the value.
type Rejection struct {
	Reason    string `json:"reason"` // what would be right; never holds personal data
	Field     string `json:"field"`  // path of the field at fault, "" when it is the whole message
	Topic     string `json:"topic"`
	Partition int    `json:"partition"`
	Offset    int64  `json:"offset"`
	Size      int    `json:"size"`   // bytes of the value
	SHA256    string `json:"sha256"` // of the value, hex
	Head      string `json:"head"`   // first bytes of the value, invalid UTF-8 replaced
}

// A Proof tells a log from another that has taken its place: see storage.
type Proof = storage.Proof

// proofAt is what proves the log where only the messages below next are applied; zero where no batch of b reaches there.
func (b *Batch) proofAt(next int64) (p Proof) {
	for _, q := range append(b.Before[:len(b.Before):len(b.Before)], b.Proof) {
		if q.Base < next {
			p = q
		}
	}
	return p
}

// A Look is what a log shows of itself to whoever wants to go on reading it at an offset.
type Look struct {
	End int64 // the offset after its last message
	// Batch is the first batch that the log holds at or behind the beginning of the proof's; zero if it holds none.
	Batch   Proof
	Records int32 // that are left in Batch
	// EpochEnd is the offset at which the log says that the proof's leader epoch ended, -1 where it does not say.
	EpochEnd int64
}

// A Verdict is what a Look says about a log.
type Verdict int

// The verdicts. Of a log that has deleted the batch of the proof (by age, or compacted) nobody can tell more than its
// leader epochs do.
const (
	Untold Verdict = iota // neither proved nor refuted: no proof is kept, or the log does not hold the batch any more
	Same                  // the batch that was read last stands where it stood
	Other                 // the log is not the one that was read
)

// Compare tells whether a log that looks so is the one that p was kept of, where next is the offset to go on from.
func Compare(p Proof, next int64, l Look) Verdict {
	b := l.Batch
	stands := b != (Proof{}) && b.Base < p.End
	span := b.Base == p.Base && b.End == p.End
	switch {
	case l.End < next:
		return Other
	case p == Proof{}:
		return Untold
	case stands && span && b.CRC == p.CRC:
		return Same
	case stands && !(span && b.Epoch == p.Epoch && int64(l.Records) < b.End-b.Base): // or compaction has thinned it
		return Other
	case l.EpochEnd >= 0 && l.EpochEnd < next:
		return Other
	}
	return Untold
}

// Doubtful tells whether a batch that follows in the log is reason to compare again: it comes from another leader than
// the batch that was read last, and a new leader may have cut the log.
func Doubtful(p Proof, epoch int32) bool { return p != Proof{} && p.Epoch != epoch }

// Contradiction says what a log that is another shows, and what to do.
func Contradiction(p Proof, next int64, l Look) string {
	const todo = "its messages below that offset may be unread: give --accept-gap once to read it again from its start, " +
		"or restore a backup with --forget-offsets"
	if b := l.Batch; b != (Proof{}) && b.Base < p.End {
		return fmt.Sprintf("the log is not the one that was read: at offset %d it holds another batch than the one applied last, "+
			"so it lost its end and grew again past offset %d; %s", p.Base, next, todo)
	}
	return fmt.Sprintf("the log is not the one that was read: what was applied up to offset %d came from leader epoch %d, which the log "+
		"says ended at %d, so it lost its end and grew again; %s", next, p.Epoch, l.EpochEnd, todo)
}
