package indexer

import "time"

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
