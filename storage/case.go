package storage

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Form names a value that the store holds of one form instance: the newest, or a spare.
type Form struct {
	ID      string // of the instance; of a spare with a suffix, see SpareID
	Version int
	Sum     [sha256.Size]byte // of the value
	// Arrived is when the log took the value, by its clock, in milliseconds since 1970, 0 where that is not known: the
	// first copy of it, of a value that reinstates the last, at Stamp.
	Arrived    int64
	Reinstates bool  // it says that it reinstates a withdrawn case
	Stamp      Stamp // of its last copy in the log; of values that reinstate only
	// Spare marks a value that reinstates and is not the newest of its instance: it counts if a withdrawal comes, from
	// another partition, that the newest one cannot outlast.
	Spare bool
}

// SpareID is the id of a spare of an instance. No form has U+0001 in its id.
func SpareID(instance string, sum [sha256.Size]byte) string {
	return fmt.Sprintf("%s\x01%x", instance, sum[:8])
}

// Instance is the id of the form instance that f is of.
func (f *Form) Instance() string {
	id, _, _ := strings.Cut(f.ID, "\x01")
	return id
}

// A Stamp is the place of a message in the order of all partitions of a topic: by the log's clock, which does not run back
// within a partition (Tx.Clock), and within a millisecond by partition and offset.
type Stamp struct {
	Time      int64 // milliseconds since 1970
	Partition int
	Offset    int64
}

// After reports whether s comes after t.
func (s Stamp) After(t Stamp) bool {
	return cmp.Or(cmp.Compare(s.Time, t.Time), cmp.Compare(s.Partition, t.Partition), cmp.Compare(s.Offset, t.Offset)) > 0
}

// A Case is what the store holds of one FIR. Withdrawn is final: it is never unset.
//
// On disk, after one byte of layout version (3): flags (bit 0 withdrawn, bit 1 hidden), uvarint Options.TermsVersion,
// the stamp of the last withdrawal if there was one (uvarints time, partition, offset), then uvarint counts and
// entries: forms (uvarint length, id, uvarint version, 32 bytes SHA-256, flags: bit 0 reinstates, bit 1 spare; uvarint
// arrived; if it reinstates uvarints partition and offset of its stamp) and records (uvarint length, id without the
// FIR, then 8 bytes each: checksum of the stored value, Options.TermsSum, docSum). Layout 2 lacked stamps, flags of
// forms and arrived, layout 1 also TermsVersion and docSum.
type Case struct {
	FIR        string
	Withdrawn  bool
	Withdrawal Stamp // of the last withdrawal; zero where it is not known
	Hidden     bool  // nothing of it may be shown: an order seals it
	Forms      []Form
	Records    []string // ids, sorted; those of a case that is put are told by its records
}

// An entry is a case as it is stored.
type entry struct {
	Case
	records []recordRef // sorted by suffix
	terms   int         // TermsVersion of the records' docs; -1 where they are not known
	stored  bool
	sum     uint64 // checksum of the value that it was read from
}

// shown is the case of an entry, which the caller may change.
func (c *entry) shown() *Case {
	s := c.Case
	s.Forms = slices.Clone(c.Forms)
	s.Records = make([]string, len(c.records))
	for i, r := range c.records {
		s.Records[i] = c.FIR + r.suffix
	}
	return &s
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

// Current returns the forms that count: all but spares.
func (c *Case) Current() []Form {
	if !slices.ContainsFunc(c.Forms, func(f Form) bool { return f.Spare }) {
		return c.Forms
	}
	return slices.DeleteFunc(slices.Clone(c.Forms), func(f Form) bool { return f.Spare })
}

const caseLayout = 3

func (c *entry) append(b []byte) []byte {
	var flags byte
	if c.Withdrawn {
		flags |= 1
	}
	if c.Hidden {
		flags |= 2
	}
	b = append(b, caseLayout, flags)
	b = binary.AppendUvarint(b, uint64(c.terms))
	if c.Withdrawn {
		b = binary.AppendUvarint(b, uint64(c.Withdrawal.Time))
		b = c.Withdrawal.appendPlace(b)
	}
	b = binary.AppendUvarint(b, uint64(len(c.Forms)))
	for _, f := range c.Forms {
		b = appendString(b, f.ID)
		b = binary.AppendUvarint(b, uint64(f.Version))
		b = append(b, f.Sum[:]...)
		b = f.appendArrival(b)
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

// appendPlace writes where a stamp's message stands.
func (s Stamp) appendPlace(b []byte) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.Partition)), uint64(s.Offset))
}

func (f *Form) appendArrival(b []byte) []byte {
	var flags byte
	if f.Reinstates {
		flags |= 1
	}
	if f.Spare {
		flags |= 2
	}
	b = binary.AppendUvarint(append(b, flags), uint64(f.Arrived))
	if f.Reinstates {
		b = f.Stamp.appendPlace(b)
	}
	return b
}

func (f *Form) readArrival(d *decoder) {
	flags := d.byte()
	f.Reinstates, f.Spare, f.Arrived = flags&1 != 0, flags&2 != 0, int64(d.uvarint())
	if f.Reinstates {
		f.Stamp = Stamp{f.Arrived, int(d.uvarint()), int64(d.uvarint())}
	}
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errCaseLayout = errors.New("case entry cannot be read")

// decodeCase reads what append wrote.
func decodeCase(fir string, b []byte) (*entry, error) {
	d := decoder{b: b}
	layout := d.byte()
	if layout < 1 || layout > caseLayout {
		return nil, fmt.Errorf("storage: case layout %d: %w", layout, errCaseLayout)
	}
	flags := d.byte()
	c := &entry{Case: Case{FIR: fir, Withdrawn: flags&1 != 0, Hidden: flags&2 != 0}, stored: true, terms: -1}
	if layout > 1 {
		c.terms = int(d.uvarint())
	}
	if layout > 2 && c.Withdrawn {
		c.Withdrawal = Stamp{int64(d.uvarint()), int(d.uvarint()), int64(d.uvarint())}
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		f := Form{ID: d.string(), Version: int(d.uvarint())}
		copy(f.Sum[:], d.bytes(sha256.Size))
		if layout > 2 {
			f.readArrival(&d)
		}
		c.Forms = append(c.Forms, f)
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
