package names

import (
	"slices"

	"anvesh/query/name"
	"anvesh/query/snapshot"
)

// SnapshotNames writes what is not in the base to a part of a snapshot: the letters of the tokens, the token numbers of the
// names and the joins of the tail. It reads it into an index that holds nothing but a base, the same or a longer one of the
// same names; nobody bears a name then. What can be derived (sounds, keys, postings) is.
func (x *Index) SnapshotNames(p *snapshot.Part) {
	x.snapshotTokens(p)
	first, last := x.base.Len(), x.Len()
	p.Count(&first)
	if p.Count(&last); p.Reading() && (x.Len() != x.base.Len() || first > x.Len()) {
		p.Refuse("names behind another base")
		return
	}
	var toks []uint32
	for ord := first; ord < last; ord++ {
		if !p.Reading() {
			toks = x.tokensOf(uint32(ord))
		}
		if snapshot.Slice(p, &toks); !p.Reading() {
			continue
		}
		if len(toks) == 0 || len(toks) > name.MaxTokens || int(slices.Max(toks)) >= x.vocab.Len() {
			p.Refuse("a name without its tokens")
			return
		}
		if ord == x.Len() {
			x.enter(toks)
		}
	}
	joins := x.joins.sorted()
	if snapshot.Slice(p, &joins); !p.Reading() || p.Err() != nil {
		return
	}
	if slices.ContainsFunc(joins, func(j uint64) bool { return int(uint32(j)) >= x.Len() }) {
		p.Refuse("joins of other names")
		return
	}
	x.joins = (&multimap{tail: joins}).from(uint32(x.base.Len()))
	x.bearers = make([]uint32, x.Len())
	x.freq.grow()
}

// snapshotTokens goes through the tokens that are not in the base.
func (x *Index) snapshotTokens(p *snapshot.Part) {
	first, last := len(x.base.ends), x.vocab.Len()
	p.Count(&first)
	p.Count(&last)
	for t := first; t < last; t++ {
		var latin string
		if !p.Reading() {
			latin = x.vocab.sounds[t].Latin
		}
		if p.String(&latin); p.Reading() && int(x.vocab.add(latin)) != t {
			p.Refuse("a token stands twice")
			return
		}
	}
}
