package backend

import (
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// A Digest sums up what one shard holds, in any order: its documents, and a hash of each pair of document
// and term. That of every shard is carried on with each commit (State.Digests) from the parts that the case
// entries keep of their records, so that check need not make the terms of every record again.
type Digest struct {
	Docs  int    `json:"docs"`
	Terms uint64 `json:"terms"`
}

// PairHash is the share of one document and one of its terms.
func PairHash(id, term uint64) uint64 {
	h, l := bits.Mul64(id^0x9e3779b97f4a7c15, term|1)
	return h ^ l
}

// DocSum is a document's part of Digest.Terms; 0 where there is no document. Each distinct term counts once, as in Bleve.
func DocSum(id string, terms []string) (sum uint64) {
	if len(terms) == 0 {
		return 0
	}
	h := xxhash.Sum64String(id)
	if len(terms) > fewTerms {
		return longDocSum(h, terms)
	}
	for i, t := range terms {
		if !slices.Contains(terms[:i], t) {
			sum += PairHash(h, xxhash.Sum64String(t))
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
			sum += PairHash(h, xxhash.Sum64String(t))
		}
	}
	return sum
}

// Add counts a document with this sum; take is its reverse.
func (d *Digest) Add(sum uint64) {
	if sum != 0 {
		d.Docs++
		d.Terms += sum
	}
}

// Take is the reverse of Add.
func (d *Digest) Take(sum uint64) {
	if sum != 0 {
		d.Docs--
		d.Terms -= sum
	}
}

// Plus adds digests shard by shard.
func Plus(a, b []Digest) []Digest {
	c := slices.Clone(a)
	for i := range b {
		c[i].Docs += b[i].Docs
		c[i].Terms += b[i].Terms
	}
	return c
}
