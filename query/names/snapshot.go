package names

import (
	"slices"

	"anvesh/query/name"
	"anvesh/query/snapshot"
)

// Snapshot writes the index to a part of a snapshot, or reads it from one into an index that holds nothing: the letters of
// all tokens, the token numbers of all names, their bearers, and the joins. What can be derived (sounds, keys, postings,
// frequencies, digest) is derived when it is read.
func (x *Index) Snapshot(p *snapshot.Part) {
	tokens, names := x.vocab.Len(), x.Len()
	p.Count(&tokens)
	for t := range tokens {
		var latin string
		if !p.Reading() {
			latin = x.vocab.sounds[t].Latin
		}
		if p.String(&latin); p.Reading() && int(x.vocab.add(latin)) != t {
			p.Refuse("a token stands twice")
		}
	}
	p.Count(&names)
	var toks []uint32
	for ord := range uint32(names) {
		if !p.Reading() {
			toks = x.tokensOf(ord)
		}
		if snapshot.Slice(p, &toks); p.Reading() {
			if len(toks) == 0 || len(toks) > name.MaxTokens || int(slices.Max(toks)) >= tokens {
				p.Refuse("a name without its tokens")
				return
			}
			x.store(toks)
		}
	}
	joins := x.joins.sorted()
	snapshot.Slice(p, &x.bearers)
	snapshot.Slice(p, &joins)
	if !p.Reading() || p.Err() != nil {
		return
	}
	if len(x.bearers) != names || !slices.IsSorted(joins) || slices.ContainsFunc(joins, func(j uint64) bool { return int(uint32(j)) >= names }) {
		p.Refuse("bearers or joins of other names")
		return
	}
	if len(joins) > 0 {
		x.joins.runs = [][]uint64{joins}
	}
	x.derive()
}

// derive fills what a snapshot does not hold: postings, the table of names, frequencies and the digest.
func (x *Index) derive() {
	x.freq.grow()
	tokens := x.vocab.Len()
	x.posts = make([]postings, tokens)
	count := make([]uint32, tokens)
	total := 0
	for o := range x.bearers {
		for _, t := range x.tokensOf(uint32(o)) {
			count[t]++
			total++
		}
	}
	ords, signs := make([]uint32, total), make([]signature, total)
	for t, n := range count {
		x.posts[t] = postings{ords[:0:n], signs[:0:n]}
		ords, signs = ords[n:], signs[n:]
	}
	size := 64
	for size*3 < len(x.bearers)*4 {
		size *= 2
	}
	x.ident = make([]uint32, size)
	for o := range x.bearers {
		ord := uint32(o)
		toks := x.tokensOf(ord)
		for i, t := range toks {
			if !repeated(toks, i) {
				x.posts[t].add(ord, x.sign(toks, i))
			}
		}
		x.place(ord)
		n := int(x.bearers[o])
		x.bearers[o] = 0
		x.bear(ord, n)
	}
}
