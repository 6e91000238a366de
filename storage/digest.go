package storage

import (
	"fmt"
	"math/bits"
	"runtime/debug"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/cespare/xxhash/v2"
)

// A Digest sums up what one shard holds, in any order: its documents, and a hash of each pair of document
// and term. That of every shard is carried on with each commit (State.Digests) from the parts that the case
// entries keep of their records, so that check need not make the terms of every record again.
type Digest struct {
	Docs  int    `json:"docs"`
	Terms uint64 `json:"terms"`
}

func pairHash(id, term uint64) uint64 {
	h, l := bits.Mul64(id^0x9e3779b97f4a7c15, term|1)
	return h ^ l
}

// docSum is a document's part of Digest.Terms; 0 where there is no document. Each distinct term counts once, as in Bleve.
func docSum(id string, terms []string) (sum uint64) {
	if len(terms) == 0 {
		return 0
	}
	h := xxhash.Sum64String(id)
	if len(terms) > fewTerms {
		return longDocSum(h, terms)
	}
	for i, t := range terms {
		if !slices.Contains(terms[:i], t) {
			sum += pairHash(h, xxhash.Sum64String(t))
		}
	}
	return sum
}

// fewTerms are compared with each other one by one, which costs less than hashing them.
const fewTerms = 64

func longDocSum(h uint64, terms []string) (sum uint64) {
	seen := make(map[string]struct{}, len(terms))
	for _, t := range terms {
		if _, again := seen[t]; !again {
			seen[t] = struct{}{}
			sum += pairHash(h, xxhash.Sum64String(t))
		}
	}
	return sum
}

// add counts a document with this sum; take is its reverse.
func (d *Digest) add(sum uint64) {
	if sum != 0 {
		d.Docs++
		d.Terms += sum
	}
}

func (d *Digest) take(sum uint64) {
	if sum != 0 {
		d.Docs--
		d.Terms -= sum
	}
}

// plus adds digests shard by shard.
func plus(a, b []Digest) []Digest {
	c := slices.Clone(a)
	for i := range b {
		c[i].Docs += b[i].Docs
		c[i].Terms += b[i].Terms
	}
	return c
}

// digests reads the shards as they are at this moment, later: read may be called when updates go on again.
func (g *generation) digests() (read func() ([]Digest, error), err error) {
	var reads []func() (Digest, error)
	for i, sh := range g.shards {
		r, err := sh.snapshot()
		if err != nil {
			return nil, fmt.Errorf("storage: read shard %d: %w", i, err)
		}
		reads = append(reads, r)
	}
	return func() ([]Digest, error) {
		all := make([]Digest, len(reads))
		var first error
		for i, r := range reads { // all of them, as each lets go of its snapshot
			d, err := r()
			if all[i] = d; err != nil && first == nil {
				first = fmt.Errorf("storage: read shard %d: %w", i, err)
			}
		}
		return all, first
	}, nil
}

// snapshot reads all postings of the shard. A damaged segment can make Bleve panic; that is an error here.
func (sh bleveShard) snapshot() (func() (Digest, error), error) {
	r, err := sh.ix.Reader()
	if err != nil {
		return nil, err
	}
	return func() (d Digest, err error) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: a segment cannot be read", ErrCorrupt)
			}
		}()
		defer r.Close()
		for _, seg := range r.(*scorch.IndexSnapshot).Segments() {
			if err := d.addSegment(seg); err != nil {
				return d, fmt.Errorf("%w: a segment cannot be read: %w", ErrCorrupt, err)
			}
		}
		return d, nil
	}, nil
}

func (d *Digest) addSegment(seg *scorch.SegmentSnapshot) error {
	ids := make([]uint64, seg.Segment().Count())
	for i := range ids {
		if del := seg.Deleted(); del != nil && del.Contains(uint32(i)) {
			continue
		}
		id, err := seg.DocID(uint64(i))
		if err != nil {
			return err
		}
		ids[i] = xxhash.Sum64(id)
		d.Docs++
	}
	dict, err := seg.Segment().Dictionary(termField)
	if err != nil {
		return err
	}
	it := dict.AutomatonIterator(nil, nil, nil)
	for e, err := it.Next(); e != nil || err != nil; e, err = it.Next() {
		if err != nil {
			return err
		}
		b, err := postings(dict, e.Term, seg.Deleted())
		if err != nil {
			return err
		}
		term := xxhash.Sum64String(e.Term)
		for p := b.Iterator(); p.HasNext(); {
			d.Terms += pairHash(ids[p.Next()], term)
		}
	}
	return nil
}
