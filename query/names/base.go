package names

import (
	"slices"

	"anvesh/query/snapshot"
)

// A Base is the names of an index with ordinals below its Len, as they lie in a flat file. Nothing of it changes, so that any
// number of indexes read it; the file must stay mapped as long as one does.
//
//	letters   uint8        Latin letters of all tokens, in order of their numbers
//	ends      uint32       token number -> where its letters end
//	words     [3]uint32    ordinal -> token numbers, noToken behind the last; of a longer name its place in more, how many
//	                       they are, longName
//	more      uint32       token numbers of the longer names
//	posts     uint32       token number -> where its postings begin, and where those of the last one end
//	ords      uint32       ordinals of the names that hold a token, ascending, token by token
//	signs     uint64       their signatures
//	ident     uint32       open hash table of ordinals+1, 0 where nothing stands: xxHash-64 of the token numbers, from its low
//	                       bits on; a power of two, at most three quarters full
//	joins     uint64       ascending: hash of a skeleton of neighbours joined in its upper half, an ordinal in its lower
type Base struct {
	letters []byte
	ends    []uint32
	words   words
	posts   []uint32
	ords    []uint32
	signs   []signature
	ident   []uint32
	joins   []uint64
}

// noBase is that of an index whose names all stand in its tail.
var noBase = &Base{posts: []uint32{0}, ident: []uint32{0}}

// OpenBase takes the base whose arrays' names begin with the prefix. Their bytes are taken as those that were written, which
// Flat.Verify proves; an error is about arrays that are not there or do not go together.
func OpenBase(f *snapshot.Flat, prefix string) (*Base, error) {
	b := &Base{
		letters: snapshot.Array[byte](f, prefix+"letters"),
		ends:    snapshot.Array[uint32](f, prefix+"ends"),
		words:   words{snapshot.Array[[inPlace]uint32](f, prefix+"words"), snapshot.Array[uint32](f, prefix+"more")},
		posts:   snapshot.Array[uint32](f, prefix+"posts"),
		ords:    snapshot.Array[uint32](f, prefix+"ords"),
		signs:   snapshot.Array[signature](f, prefix+"signs"),
		ident:   snapshot.Array[uint32](f, prefix+"ident"),
		joins:   snapshot.Array[uint64](f, prefix+"joins"),
	}
	if f.Err() == nil && !b.fits() {
		f.Refuse("arrays of names do not go together")
	}
	return b, f.Err()
}

func (b *Base) fits() bool {
	tokens := len(b.ends)
	return len(b.posts) == tokens+1 && slices.IsSorted(b.posts) && int(b.posts[tokens]) == len(b.ords) && len(b.ords) == len(b.signs) &&
		slices.IsSorted(b.ends) && (tokens == 0 || int(b.ends[tokens-1]) == len(b.letters)) &&
		len(b.ident) == tableSize(b.Len())
}

// Len is how many names it holds.
func (b *Base) Len() int { return len(b.words.list) }

// token gives the letters of a token, where they lie.
func (b *Base) token(t int) []byte {
	from := uint32(0)
	if t > 0 {
		from = b.ends[t-1]
	}
	return b.letters[from:b.ends[t]]
}

func (b *Base) postingsOf(t uint32) (p postings) {
	if int(t) < len(b.ends) {
		from, to := b.posts[t], b.posts[t+1]
		p = postings{b.ords[from:to], b.signs[from:to]}
	}
	return p
}

// Rebase makes b the base: names with ordinals below b.Len() are read from it, and the tail holds the others alone. It must
// hold the names of the index in their order, and no fewer than the base had; an index that holds nothing takes any, with
// bearers none. No search must be under way.
func (x *Index) Rebase(b *Base) {
	had, n := x.Len(), b.Len()
	switch {
	case had == 0:
		x.bearers = make([]uint32, n)
	case n < x.base.Len() || n > had || n > 0 && !slices.Equal(b.words.of(uint32(n-1)), x.tokensOf(uint32(n-1))):
		panic("BUG: names: the base of other names")
	}
	for t := range b.ends {
		latin := b.token(t)
		if t == x.vocab.Len() {
			x.vocab.add(string(latin))
		}
		if t >= x.vocab.Len() || x.vocab.sounds[t].Latin != string(latin) {
			panic("BUG: names: the base of other tokens")
		}
	}
	x.freq.grow()
	old, from := x.words, n-x.base.Len()
	x.base, x.words, x.posts, x.ident, x.joins = b, words{}, nil, make([]uint32, leastTable), x.joins.from(uint32(n))
	for i := from; i < len(old.list); i++ {
		x.enter(old.of(uint32(i)))
	}
}

// Frozen are the names of an index at some moment. They can be written while the index is written to; its base must stay
// mapped until that is done.
type Frozen struct{ x Index }

// Frozen gives the names that are held. What only grows (words, postings, sounds of tokens) is shared as far as it went;
// what says where it stands (the heads of the postings, 48 bytes a token, and the list of runs of joins) is copied.
func (x *Index) Frozen() *Frozen {
	v := &vocabulary{sounds: x.vocab.sounds}
	return &Frozen{Index{vocab: v, base: x.base, words: x.words, posts: slices.Clone(x.posts), joins: x.joins.clone()}}
}

// A Tail is what SnapshotNames writes of an index at some moment. It can be written while the index is written to.
type Tail struct{ x Index }

// Tail gives the names that are not in the base. Nothing is copied but the list of runs of joins.
func (x *Index) Tail() *Tail {
	return &Tail{Index{vocab: &vocabulary{sounds: x.vocab.sounds}, base: x.base, words: x.words, joins: x.joins.clone()}}
}

// SnapshotNames writes them to a part of a snapshot.
func (z *Tail) SnapshotNames(p *snapshot.Part) { z.x.SnapshotNames(p) }

// Len is how many names they are.
func (z *Frozen) Len() int { return z.x.Len() }

// Write writes a base of all the names, in arrays whose names begin with the prefix. It takes twelve bytes of memory a name for
// the table and some twenty for joins.
func (z *Frozen) Write(f *snapshot.FlatWriter, prefix string) {
	x, b := &z.x, z.x.base
	tokens := x.vocab.Len()
	var ends []uint32
	snapshot.Begin[byte](f, prefix+"letters")
	end := 0
	for t := range x.vocab.sounds {
		latin := x.vocab.sounds[t].Latin
		snapshot.Add(f, []byte(latin)...)
		end += len(latin)
		ends = append(ends, uint32(end))
	}
	snapshot.Put(f, prefix+"ends", ends)
	snapshot.Begin[[inPlace]uint32](f, prefix+"words")
	snapshot.Add(f, b.words.list...)
	for _, w := range x.words.list {
		if w[2] == longName {
			w[0] += uint32(len(b.words.more))
		}
		snapshot.Add(f, w)
	}
	snapshot.Begin[uint32](f, prefix+"more")
	snapshot.Add(f, b.words.more...)
	snapshot.Add(f, x.words.more...)
	z.writePostings(f, prefix, tokens)
	snapshot.Put(f, prefix+"ident", x.table(0, f.Step))
	snapshot.Put(f, prefix+"joins", mergeRuns(b.joins, x.joins.sorted()))
}

func (z *Frozen) writePostings(f *snapshot.FlatWriter, prefix string, tokens int) {
	begins := make([]uint32, 1, tokens+1)
	for t := range uint32(tokens) {
		begins = append(begins, begins[t]+uint32(z.x.holders(t)))
	}
	snapshot.Put(f, prefix+"posts", begins)
	snapshot.Begin[uint32](f, prefix+"ords")
	for t := range uint32(tokens) {
		for _, p := range z.x.postingsOf(t) {
			snapshot.Add(f, p.ords...)
		}
	}
	snapshot.Begin[signature](f, prefix+"signs")
	for t := range uint32(tokens) {
		for _, p := range z.x.postingsOf(t) {
			snapshot.Add(f, p.signs...)
		}
	}
}
