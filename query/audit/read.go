package audit

import (
	"encoding/json"
	"fmt"
)

// An Entry is an entry of the log as it can be read: what is under keys that were dropped is away.
type Entry struct {
	Year    int        `json:"year"`
	Number  int64      `json:"entry"`
	At      string     `json:"at"`
	Kind    string     `json:"kind"`
	Who     Who        `json:"who"`
	Address string     `json:"address,omitempty"`
	Request string     `json:"request,omitempty"`
	Rows    []EntryRow `json:"rows"`
}

// An EntryRow is a Row as it can be read.
type EntryRow struct {
	ID       string          `json:"id,omitempty"`
	About    string          `json:"about"`
	Why      string          `json:"why,omitempty"`
	Asked    json.RawMessage `json:"asked,omitempty"` // absent where a key was dropped
	Found    []Found         `json:"found,omitempty"` // one without an id was pseudonymised
	Total    int             `json:"total,omitempty"`
	Complete bool            `json:"complete,omitempty"`
	Through  string          `json:"through,omitempty"`
}

// Entry reads one entry; ErrNoEntry where there is none.
func (l *Log) Entry(year int, number int64) (*Entry, error) {
	p, err := l.Prove(year, number)
	if err != nil {
		return nil, err
	}
	return l.readEntry(year, number, p.Entry)
}

// readEntry reads an entry's bytes.
func (s *secrets) readEntry(year int, number int64, raw []byte) (*Entry, error) {
	e, err := decode(year, number, raw)
	if err != nil {
		return nil, err
	}
	return s.open(year, number, e), nil
}

// decode is an entry as it stands in the log.
func decode(year int, number int64, raw []byte) (*entry, error) {
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil || e.Version != entryVersion {
		return nil, fmt.Errorf("%w: entry %d of %d is of another version, or none", ErrDamaged, number, year)
	}
	return &e, nil
}

// open decrypts an entry as far as there are keys.
func (s *secrets) open(year int, number int64, e *entry) *Entry {
	out := &Entry{Year: year, Number: number, At: e.At, Kind: e.Kind, Who: e.Who, Address: e.Address, Request: e.Request}
	through := ""
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Through != "" {
			through = r.Through
		}
		o := EntryRow{ID: r.ID, About: r.About, Why: r.Why, Total: r.Total, Complete: r.Complete, Through: through}
		o.Asked, o.Found = s.openRow(r)
		out.Rows = append(out.Rows, o)
	}
	return out
}
