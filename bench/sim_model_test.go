package bench

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"time"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/storage"
)

// The model holds the messages that were acknowledged as a set, and finds out from all of them at once which count: it
// knows the rule of withdrawals (indexer/instances.go) and nothing of how the indexer keeps to it.

// A simMessage is one that was acknowledged.
type simMessage struct {
	form  *iif.Form // nil for a withdrawal
	sum   [sha256.Size]byte
	stamp storage.Stamp
	at    time.Time // when the log took it
}

// acknowledge adds messages of a partition to the model.
func (s *sim) acknowledge(p int, ms []indexer.Message) {
	s.harm.log = append(s.harm.log, indexer.Batch{Topic: "t", Partition: p, Messages: ms})
	for _, m := range ms {
		s.clock[p] = max(s.clock[p], m.Time.UnixMilli())
		a := simMessage{sum: sha256.Sum256(m.Value), stamp: storage.Stamp{Time: s.clock[p], Partition: p, Offset: m.Offset}, at: m.Time}
		if m.Value != nil {
			var err error
			if a.form, err = iif.Parse(m.Key, m.Value); err != nil {
				panic("BUG: " + err.Error())
			}
		}
		s.model[string(m.Key)] = append(s.model[string(m.Key)], a)
	}
}

// counting are those that count in a case, the newest of each instance, and when they arrived.
func counting(all []simMessage) (forms []*iif.Form, arrived []time.Time) {
	var last *storage.Stamp
	for i := range all {
		if all[i].form == nil && (last == nil || all[i].stamp.After(*last)) {
			last = &all[i].stamp
		}
	}
	newest := map[string]simMessage{}
	for _, m := range all {
		if m.form == nil || last != nil && (!m.form.Reinstates || !m.stamp.After(*last)) {
			continue
		}
		h, ok := newest[m.form.FormID]
		order := cmp.Or(cmp.Compare(m.form.Version, versionOf(h)), bytes.Compare(m.sum[:], h.sum[:]))
		switch {
		case !ok || order > 0:
			newest[m.form.FormID] = m
		case order == 0 && m.form.Reinstates && m.stamp.After(h.stamp): // a copy: the last, where it reinstates
			newest[m.form.FormID] = m
		case order == 0 && !m.form.Reinstates && m.at.Before(h.at): // else the first
			newest[m.form.FormID] = m
		}
	}
	for _, m := range newest {
		if m.form.Reinstates {
			m.at = time.UnixMilli(m.stamp.Time)
		}
		forms, arrived = append(forms, m.form), append(arrived, m.at)
	}
	return forms, arrived
}

func versionOf(m simMessage) int {
	if m.form == nil {
		return 0
	}
	return m.form.Version
}

// records are those that the model has.
func (s *sim) records() []storage.Record {
	var all []storage.Record
	for fir, messages := range s.model {
		forms, arrived := counting(messages)
		all = append(all, indexer.FoldArrived(fir, forms, arrived).Records...)
	}
	slices.SortFunc(all, func(a, b storage.Record) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// now is the time at which a partition's log takes the next message; now and then its clock stands still or runs back.
func (s *sim) now(p int) time.Time {
	s.time[p] = s.time[p].Add(time.Duration(s.rng.IntN(5)-1) * time.Second)
	return s.time[p]
}

// simStart is when the simulated log begins.
var simStart = time.Date(2026, 3, 1, 10, 0, 0, 0, storage.IST)
