package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"

	"anvesh/indexer"
)

// The simulated log loses its end and grows again, past what was applied or not, while it is read (another leader) or
// while the reader is away. What must hold: no message that stands in the log below the applied offset was passed over
// unread, and reading stops only where the log is another.

// A simLog is what the simulation knows of a partition's log beside its messages.
type simLog struct {
	serials []int           // of the messages: no two are alike
	batches []indexer.Proof // in which they were appended
	epoch   int32           // of the leader
	read    []int           // serials as they were applied, by offset
	anew    bool            // the reader has connected again, and has not compared since
	stopped bool
}

// appended notes a batch of the messages from base to the end of the log.
func (s *sim) appended(p int, base int64) {
	l := &s.logs[p]
	sum := crc32.NewIEEE()
	for o := base; o < int64(len(s.log[p])); o++ {
		s.serial++
		l.serials = append(l.serials, s.serial)
		fmt.Fprint(sum, s.serial)
	}
	l.batches = append(l.batches, indexer.Proof{Epoch: l.epoch, Base: base, End: int64(len(s.log[p])), CRC: sum.Sum32()})
}

// batchAt is the batch that holds an offset, or the first behind it, zero where there is none.
func (l *simLog) batchAt(offset int64) indexer.Proof {
	for _, b := range l.batches {
		if b.End > offset {
			return b
		}
	}
	return indexer.Proof{}
}

// cut takes the end of a log away, at the beginning of a batch; another leader has less, or a broker came back with less.
func (s *sim) cut() error {
	p := s.rng.IntN(len(s.log))
	l := &s.logs[p]
	if len(l.batches) == 0 || len(s.harm.harmed) > 0 {
		return nil
	}
	s.harm.cut = true
	keep := s.rng.IntN(len(l.batches))
	end := l.batches[keep].Base
	l.batches, l.serials, s.log[p] = l.batches[:keep:keep], l.serials[:end:end], s.log[p][:end:end]
	if seen := s.rng.IntN(2) == 0; seen { // another connection, to a broker that came back or to another
		l.anew = true
		l.epoch += s.rng.Int32N(2)
	} else { // the same one, to a broker that followed and leads again
		l.epoch++
	}
	return nil
}

// mayRead is the reader's look at the log before it takes what stands at an offset, as indexer/kafka has it.
func (s *sim) mayRead(p int) (bool, error) {
	l := &s.logs[p]
	if l.stopped {
		return false, nil
	}
	next, proof, known, err := s.x.Next("t", p)
	if err != nil || !known || s.trusting {
		return err == nil && s.next[p] <= int64(len(s.log[p])), nil
	}
	end := int64(len(s.log[p]))
	if next <= end && !l.anew && !indexer.Doubtful(proof, l.batchAt(next).Epoch) {
		return true, nil
	}
	look := indexer.Look{End: end, Batch: l.batchAt(proof.Base), EpochEnd: -1}
	look.Records = int32(look.Batch.End - look.Batch.Base)
	if indexer.Compare(proof, next, look) != indexer.Other {
		l.anew = false
		return true, nil
	}
	if next <= end && s.passedOver(p) == nil {
		return false, fmt.Errorf("partition %d stops at offset %d though its log is the one that was read", p, next)
	}
	l.stopped = true
	return false, nil
}

// passedOver finds a message that stands in the log below the applied offset and was not applied.
func (s *sim) passedOver(p int) error {
	l := &s.logs[p]
	for o := range min(s.next[p], int64(len(l.serials))) {
		if l.read[o] != l.serials[o] {
			return fmt.Errorf("offset %d of partition %d was passed over in silence: its log was cut and grew again", o, p)
		}
	}
	return nil
}

// applied notes which messages were applied.
func (s *sim) applied(p int, from, to int64) error {
	l := &s.logs[p]
	for int64(len(l.read)) < to {
		l.read = append(l.read, 0)
	}
	copy(l.read[from:to], l.serials[from:to])
	if from == to && !l.anew {
		return nil // an answer without messages shows nothing of a leader that came and went on the same connection
	}
	return s.passedOver(p)
}

// accept lets a partition that stopped be read again from the start of its log.
func (s *sim) accept() error {
	for p := range s.logs {
		l := &s.logs[p]
		if !l.stopped || s.down {
			continue
		}
		err := s.x.Rewind(context.Background(), "t", p, 0, 0)
		if errors.Is(err, errFault) {
			return nil
		}
		if err != nil && s.store.Err() == nil {
			return fmt.Errorf("rewind: %w", err)
		}
		if err == nil {
			s.next[p], s.clock[p], l.stopped, l.read, l.anew = 0, 0, false, nil, false
		}
	}
	return nil
}

// reconnected makes the reader compare before it reads on.
func (s *sim) reconnected() {
	for p := range s.logs {
		s.logs[p].anew, s.logs[p].stopped = true, false
	}
}

// trustsTheLog is the planted fault that an offset alone is taken for proof.
func trustsTheLog(s *sim) { s.trusting = true }
