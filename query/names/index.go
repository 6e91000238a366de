package names

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/name"
)

// Index holds distinct names and the postings from their tokens. What a token is stands in the vocabulary, how often it is
// borne in the frequencies.
//
//	base         the names with ordinals below base.Len(), which lie in a file; the others are the tail:
//	words        their token numbers
//	posts        token number -> the names that hold it, ascending, each with a signature of its other tokens
//	ident        open hash table of ordinals+1, by token numbers
//	joins        hash of the skeleton of two neighbours joined, or of the whole name -> ordinals
//	bearers      ordinal -> how many bear the name, of base and tail
//
// A name stands in one of the two. Ordinals are never reused; a name that nobody bears keeps its place and is not found. One
// writer, many readers: the caller locks. Two indexes have nothing in common that is written to, also where one is the Clone
// of the other. The zero value is not usable; see NewIndex.
type Index struct {
	vocab   *vocabulary
	freq    *Frequencies
	base    *Base
	words   words
	posts   []postings
	bearers []uint32
	ident   []uint32
	joins   multimap
}

// NewIndex gives an empty index that weighs by the standard costs.
func NewIndex() *Index {
	v := newVocabulary()
	x := &Index{vocab: v, base: noBase, ident: make([]uint32, leastTable)}
	x.freq = &Frequencies{vocab: v, index: x}
	return x
}

// Clone gives an index of the same names and bearers, which shares the base: what is done to one is not done to the other.
func (x *Index) Clone() *Index {
	y, f := *x, *x.freq
	y.vocab, y.freq = x.vocab.clone(), &f
	f.vocab, f.index = y.vocab, &y
	f.tokens, f.ranks = slices.Clone(f.tokens), slices.Clone(f.ranks)
	y.words = words{slices.Clip(x.words.list), slices.Clip(x.words.more)}
	y.posts = slices.Clone(x.posts)
	for t, p := range y.posts {
		y.posts[t] = postings{slices.Clip(p.ords), slices.Clip(p.signs)}
	}
	y.bearers, y.ident, y.joins = slices.Clone(x.bearers), slices.Clone(x.ident), x.joins.clone()
	return &y
}

// Len is the number of distinct names that were ever added: ordinals are below it.
func (x *Index) Len() int { return x.base.Len() + len(x.words.list) }

// Bearers is how many bear the name of this ordinal.
func (x *Index) Bearers(ord uint32) int { return int(x.bearers[ord]) }

// Frequencies are what the index weighs by.
func (x *Index) Frequencies() *Frequencies { return x.freq }

// Tokens is the number of distinct tokens of the vocabulary.
func (x *Index) Tokens() int { return x.vocab.Len() }

// Key is the key of the name of this ordinal, as Name.Key gives it.
func (x *Index) Key(ord uint32) string {
	var sb strings.Builder
	for i, t := range x.tokensOf(ord) {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(x.vocab.sounds[t].Latin)
	}
	return sb.String()
}

// keyHash is a hash of a name's key, the same in every index.
func (x *Index) keyHash(toks []uint32) uint64 {
	h := uint64(fnvBasis)
	for _, t := range toks {
		h = (h ^ x.vocab.hashes[t]) * fnvPrime
		h ^= h >> 32
	}
	return h
}

// Fetch reads a word of the name of this ordinal, so that it is near when it is weighed; the value means nothing.
func (x *Index) Fetch(ord uint32) uint32 {
	if base := x.base.words.list; int(ord) < len(base) {
		return base[ord][0]
	}
	return x.words.list[int(ord)-x.base.Len()][0]
}

// Is tells whether n is the name of this ordinal.
func (x *Index) Is(ord uint32, n name.Name) bool {
	toks := x.tokensOf(ord)
	if len(toks) != len(n.Tokens) {
		return false
	}
	for i, t := range toks {
		if x.vocab.sounds[t].Latin != n.Tokens[i].Latin {
			return false
		}
	}
	return true
}

// As reads a text that writes the name of this ordinal word for word in Latin letters, which Read would read the same
// at ten times the price; ok is false for any other.
func (x *Index) As(ord uint32, text string) (n name.Name, ok bool) {
	toks := x.tokensOf(ord)
	n = name.Name{Written: text, Tokens: make([]name.Token, 0, len(toks))}
	for _, t := range toks {
		latin := x.vocab.sounds[t].Latin
		if len(n.Tokens) > 0 {
			if text == "" || text[0] != ' ' {
				return name.Name{}, false
			}
			text = text[1:]
		}
		if len(text) < len(latin) || !name.OnlyLetters(text[:len(latin)]) || !strings.EqualFold(text[:len(latin)], latin) {
			return name.Name{}, false
		}
		n.Tokens = append(n.Tokens, name.Token{Written: text[:len(latin)], Latin: latin, Initial: len(latin) == 1})
		text = text[len(latin):]
	}
	return n, text == ""
}

// Add counts one more bearer of n and gives the ordinal of the name: the same for the same Key.
func (x *Index) Add(n name.Name) uint32 {
	ord := x.Number(n)
	x.bear(ord, 1)
	return ord
}

// BearAll counts one more bearer of each of the names.
func (x *Index) BearAll(ords []uint32) {
	for _, o := range ords {
		x.bear(o, 1)
	}
}

// Remove counts one bearer fewer. It panics if nobody bears the name, which is a mistake of the caller.
func (x *Index) Remove(ord uint32) {
	if x.bearers[ord] == 0 {
		panic("BUG: name: nobody bears the name removed")
	}
	x.bear(ord, -1)
}

// tokensOf gives the token numbers of a name, at least one.
func (x *Index) tokensOf(ord uint32) []uint32 {
	if n := uint32(x.base.Len()); ord >= n {
		return x.words.of(ord - n)
	}
	return x.base.words.of(ord)
}

// bear changes the number of bearers of ord by d, and with it the frequencies.
func (x *Index) bear(ord uint32, d int) {
	toks := x.tokensOf(ord)
	had := int(x.bearers[ord])
	x.bearers[ord] = uint32(had + d)
	x.freq.bear(toks, had, d)
}

// CountAll sets how many bear each name, in order of ordinals, and with it the frequencies.
func (x *Index) CountAll(bearers []uint32) {
	if len(bearers) != x.Len() {
		panic("BUG: names: bearers of other names")
	}
	copy(x.bearers, bearers)
	x.freq.clear()
	for o, n := range x.bearers {
		if n > 0 {
			x.freq.bearTokens(x.tokensOf(uint32(o)), int(n))
		}
	}
	x.freq.rankAll()
	for o, n := range x.bearers {
		if n > 1 {
			x.freq.count(x.tokensOf(uint32(o)), int(n), 1)
		}
	}
}

// Number gives the ordinal of n, a new one that nobody bears for a new Key.
func (x *Index) Number(n name.Name) uint32 {
	var buf [name.MaxTokens]uint32
	toks := buf[:0]
	if len(n.Tokens) == 0 {
		n.Tokens = []name.Token{{}} // a name without a token stands for itself, and is not found
	}
	for _, t := range n.Tokens[:min(len(n.Tokens), name.MaxTokens)] {
		toks = append(toks, x.vocab.add(t.Latin))
	}
	x.freq.grow()
	if ord, ok := x.lookup(toks); ok {
		return ord
	}
	return x.append(toks)
}

// append gives a new name the next ordinal and enters it everywhere.
func (x *Index) append(toks []uint32) uint32 {
	x.bearers = append(x.bearers, 0)
	ord := x.enter(toks)
	var s name.Sound
	var b [2 * name.MaxLatin]byte
	for i := 0; i+1 < len(toks); i++ {
		if x.joined(&s, b[:0], toks[i:i+2]) {
			x.joins.add(skeletonHash(s.Skeleton()), ord)
		}
	}
	if len(toks) > 2 && x.joined(&s, b[:0], toks) {
		x.joins.add(skeletonHash(s.Skeleton()), ord)
	}
	return ord
}

// enter enters the name of the next ordinal into all of the tail but joins.
func (x *Index) enter(toks []uint32) uint32 {
	ord := uint32(x.Len())
	x.words.add(toks)
	for i, t := range toks {
		if int(t) >= len(x.posts) {
			x.posts = append(x.posts, make([]postings, int(t)+1-len(x.posts))...)
		}
		if !repeated(toks, i) {
			x.posts[t].add(ord, x.sign(toks, i))
		}
	}
	if n := len(x.words.list); tableSize(n) > len(x.ident) {
		x.ident = x.table(x.base.Len(), func(int) {})
	} else {
		place(x.ident, seqHash(toks), ord)
	}
	return ord
}

// Follow takes over the names that first has more, which had all that x has and counts for itself who bears them. What only
// grows both share from then on: only one of them may be added to until the other follows.
func (x *Index) Follow(first *Index) {
	x.vocab.follow(first.vocab)
	x.freq.grow()
	from := len(x.words.list)
	x.words, x.joins = first.words, first.joins
	size := tableSize(len(x.words.list))
	x.posts = append(x.posts, make([]postings, max(len(first.posts)-len(x.posts), 0))...)
	for i := from; i < len(x.words.list); i++ {
		toks := x.words.of(uint32(i))
		for _, t := range toks {
			x.posts[t] = first.posts[t]
		}
		x.bearers = append(x.bearers, 0)
		if size <= len(x.ident) {
			place(x.ident, seqHash(toks), uint32(x.base.Len()+i))
		}
	}
	if size > len(x.ident) {
		x.ident = x.table(x.base.Len(), func(int) {})
	}
}

// joinMin is the shortest skeleton of joined tokens that is worth a key.
const joinMin = 2

// joined makes the sound of tokens written without blanks. It is false for neighbours one of which is an initial, and for
// what is too short to tell.
func (x *Index) joined(s *name.Sound, b []byte, toks []uint32) bool {
	for _, t := range toks {
		latin := x.vocab.sounds[t].Latin
		if len(toks) == 2 && len(latin) < 2 {
			return false
		}
		b = append(b, latin...)
	}
	s.Read(b, x.vocab.costs)
	return len(s.Skeleton()) >= joinMin
}

// lookup finds the ordinal of a token sequence.
func (x *Index) lookup(toks []uint32) (uint32, bool) {
	h := seqHash(toks)
	for _, table := range [...][]uint32{x.base.ident, x.ident} {
		mask := len(table) - 1
		for i := int(h) & mask; table[i] != 0; i = (i + 1) & mask {
			if ord := table[i] - 1; slices.Equal(x.tokensOf(ord), toks) {
				return ord, true
			}
		}
	}
	return 0, false
}

// joinsOf appends the ordinals of the names in which neighbours, or all tokens, joined have a skeleton.
func (x *Index) joinsOf(dst []uint32, skeleton []byte) []uint32 {
	key := skeletonHash(skeleton)
	return x.joins.find(findIn(dst, x.base.joins, key), key)
}

// leastTable is the smallest table of names.
const leastTable = 64

// tableSize is the size of a table for n names: a power of two, at most three quarters full.
func tableSize(n int) int {
	size := leastTable
	for size*3 < n*4 {
		size *= 2
	}
	return size
}

// table makes the table of all names from an ordinal on, and calls step after each.
func (x *Index) table(from int, step func(int)) []uint32 {
	table := make([]uint32, tableSize(x.Len()-from))
	for o := from; o < x.Len(); o++ {
		place(table, seqHash(x.tokensOf(uint32(o))), uint32(o))
		step(1)
	}
	return table
}

func place(table []uint32, h uint64, ord uint32) {
	mask := len(table) - 1
	i := int(h) & mask
	for table[i] != 0 {
		i = (i + 1) & mask
	}
	table[i] = ord + 1
}

func seqHash(toks []uint32) uint64 {
	var buf [4 * name.MaxTokens]byte
	b := buf[:0]
	for _, t := range toks {
		b = binary.LittleEndian.AppendUint32(b, t)
	}
	return xxhash.Sum64(b)
}

// WithCosts gives a Clone that weighs by other costs, for a program that fits them.
func (x *Index) WithCosts(c *name.Costs) *Index {
	y := x.Clone()
	v := y.vocab
	v.costs, v.sounds = c, make([]name.Sound, len(v.sounds))
	for i := range v.sounds {
		v.sounds[i] = c.Hear(x.vocab.sounds[i].Latin)
	}
	return y
}
