package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A Form names the newest value that the store holds of one form instance.
type Form struct {
	ID      string
	Version int
	Sum     [sha256.Size]byte // of the value
}

// A Case is what the store holds of one FIR. Withdrawn is final: it is never unset.
//
// On disk, after one byte of layout version (2): flags (1: bit 0 withdrawn), uvarint Options.TermsVersion,
// then uvarint counts and entries: forms (uvarint length, id, uvarint version, 32 bytes SHA-256) and records
// (uvarint length, id without the FIR, then 8 bytes each: checksum of the stored value, Options.TermsSum, docSum).
// Layout 1 lacked version and docSum.
type Case struct {
	FIR       string
	Withdrawn bool
	Forms     []Form

	records []recordRef // sorted by suffix
	terms   int         // TermsVersion of the records' docs; -1 where they are not known
	stored  bool
	kept    []string // ids of the forms on disk when it was read
}

type recordRef struct {
	suffix string // "/p/A1"
	sum    uint64
	terms  uint64 // Options.TermsSum of the record
	doc    uint64 // docSum of its document under the case's TermsVersion
}

// Form returns the entry of one form instance.
func (c *Case) Form(id string) (Form, bool) {
	i := slices.IndexFunc(c.Forms, func(f Form) bool { return f.ID == id })
	if i < 0 {
		return Form{}, false
	}
	return c.Forms[i], true
}

// SetForm replaces the entry of f's instance, or adds it.
func (c *Case) SetForm(f Form) {
	if i := slices.IndexFunc(c.Forms, func(g Form) bool { return g.ID == f.ID }); i >= 0 {
		c.Forms[i] = f
		return
	}
	c.Forms = append(c.Forms, f)
}

// RecordIDs returns the ids of the case's records, sorted.
func (c *Case) RecordIDs() []string {
	ids := make([]string, len(c.records))
	for i, r := range c.records {
		ids[i] = c.FIR + r.suffix
	}
	return ids
}

const caseLayout = 2

func (c *Case) append(b []byte) []byte {
	var flags byte
	if c.Withdrawn {
		flags |= 1
	}
	b = append(b, caseLayout, flags)
	b = binary.AppendUvarint(b, uint64(c.terms))
	b = binary.AppendUvarint(b, uint64(len(c.Forms)))
	for _, f := range c.Forms {
		b = appendString(b, f.ID)
		b = binary.AppendUvarint(b, uint64(f.Version))
		b = append(b, f.Sum[:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(c.records)))
	for _, r := range c.records {
		b = appendString(b, r.suffix)
		b = binary.LittleEndian.AppendUint64(b, r.sum)
		b = binary.LittleEndian.AppendUint64(b, r.terms)
		b = binary.LittleEndian.AppendUint64(b, r.doc)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errCaseLayout = errors.New("case entry cannot be read")

// decodeCase reads what append wrote.
func decodeCase(fir string, b []byte) (*Case, error) {
	d := decoder{b: b}
	layout := d.byte()
	if layout < 1 || layout > caseLayout {
		return nil, fmt.Errorf("storage: case layout %d: %w", layout, errCaseLayout)
	}
	c := &Case{FIR: fir, Withdrawn: d.byte()&1 != 0, stored: true, terms: -1}
	if layout > 1 {
		c.terms = int(d.uvarint())
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		f := Form{ID: d.string(), Version: int(d.uvarint())}
		copy(f.Sum[:], d.bytes(sha256.Size))
		c.Forms = append(c.Forms, f)
		c.kept = append(c.kept, f.ID)
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		r := recordRef{suffix: d.string()}
		r.sum = binary.LittleEndian.Uint64(d.bytes(8))
		r.terms = binary.LittleEndian.Uint64(d.bytes(8))
		if layout > 1 {
			r.doc = binary.LittleEndian.Uint64(d.bytes(8))
		}
		c.records = append(c.records, r)
	}
	if d.bad || len(d.b) != 0 {
		return nil, fmt.Errorf("storage: %w", errCaseLayout)
	}
	return c, nil
}

// A decoder reads fields off the front of b. After a short read bad is set and zero values follow.
type decoder struct {
	b   []byte
	bad bool
}

var zeroes [sha256.Size]byte

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.bad, d.b = true, nil
		return zeroes[:min(max(n, 0), len(zeroes))]
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte { return d.bytes(1)[0] }

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count is a uvarint that is not larger than the bytes left, so that a damaged one cannot ask for much.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) string() string {
	n := d.count()
	if d.bad {
		return ""
	}
	return string(d.bytes(n))
}
