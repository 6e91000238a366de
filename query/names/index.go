package names

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/name"
)

// Index holds distinct names and the postings from their tokens, in memory. What a token is stands in the vocabulary, how
// often it is borne in the frequencies; one of each serves several indexes.
//
//	posts        token number -> the names that hold it, ascending, each with a signature of its other tokens
//	words        ordinal -> its token numbers, in order; of a name with more than three, the place in more where they are
//	more         token numbers of the longer names
//	bearers      ordinal -> how many bear the name
//	ident        open hash table of ordinals+1, by token numbers
//	joins        hash of the skeleton of two neighbours joined, or of the whole name -> ordinals
//
// Ordinals are never reused; a name that nobody bears keeps its place and is not found. One writer, many readers: the
// caller locks, all that share a vocabulary as one. The zero value is not usable; see NewIndex.
type Index struct {
	vocab   *Vocabulary
	freq    *Frequencies
	posts   []postings
	words   [][inPlace]uint32
	more    []uint32
	bearers []uint32
	ident   []uint32
	joins   multimap
	digest  uint64
}

// inPlace is how many token numbers stand with the name itself: enough for 19 of 20 names, and one cache line to read.
const inPlace = 3

// NewIndex gives an empty index that stands alone and weighs by the standard costs.
func NewIndex() *Index { return NewFrequencies(NewVocabulary()).NewIndex() }

// NewIndex gives an empty index whose bearers are counted in the frequencies, beside those of the others. A search finds
// the names of one index; what several find, merged, is what one index of all their names would.
func (f *Frequencies) NewIndex() *Index {
	x := &Index{vocab: f.vocab, freq: f, ident: make([]uint32, 64)}
	f.indexes = append(f.indexes, x)
	return x
}

// Len is the number of distinct names that were ever added: ordinals are below it.
func (x *Index) Len() int { return len(x.bearers) }

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

// keyHash is a hash of the name's key, the same in every index.
func (x *Index) keyHash(ord uint32) uint64 {
	h := uint64(fnvBasis)
	for _, t := range x.tokensOf(ord) {
		h = (h ^ x.vocab.hashes[t]) * fnvPrime
		h ^= h >> 32
	}
	return h
}

// Fetch reads a word of the name of this ordinal, so that it is near when it is weighed; the value means nothing.
func (x *Index) Fetch(ord uint32) uint32 { return x.words[ord][0] }

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
	ord := x.intern(n)
	x.bear(ord, 1)
	return ord
}

// Remove counts one bearer fewer. It panics if nobody bears the name, which is a mistake of the caller.
func (x *Index) Remove(ord uint32) {
	if x.bearers[ord] == 0 {
		panic("BUG: name: nobody bears the name removed")
	}
	x.bear(ord, -1)
}

// Digest is the same for two indexes with the same names and bearers, whatever the order they came in.
func (x *Index) Digest() uint64 { return x.digest }

// Marks in words: a place without a token, and the last place of a longer name, whose first two are where its tokens
// stand in more and how many they are.
const (
	noToken  = ^uint32(0)
	longName = ^uint32(0) - 1
)

// tokensOf gives the token numbers of a name, at least one.
func (x *Index) tokensOf(ord uint32) []uint32 {
	w := &x.words[ord]
	switch {
	case w[2] == longName:
		return x.more[w[0] : w[0]+w[1]]
	case w[2] != noToken:
		return w[:3]
	case w[1] != noToken:
		return w[:2]
	}
	return w[:1]
}

// bear changes the number of bearers of ord by d, and with it the frequencies and the digest.
func (x *Index) bear(ord uint32, d int) {
	toks := x.tokensOf(ord)
	had := int(x.bearers[ord])
	if len(x.freq.indexes) > 1 {
		had = x.freq.bearers(toks)
	}
	key := x.keyHash(ord)
	x.digest -= mix(key, uint64(x.bearers[ord]))
	x.bearers[ord] = uint32(int(x.bearers[ord]) + d)
	x.digest += mix(key, uint64(x.bearers[ord]))
	x.freq.bear(toks, had, d)
}

// mix makes the share of one name in the digest; a name that nobody bears has none.
func mix(key, n uint64) uint64 {
	if n == 0 {
		return 0
	}
	h := (key ^ n*0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9
	h ^= h >> 29
	return h * 0x94D049BB133111EB
}

// intern gives the ordinal of n, a new one for a new key.
func (x *Index) intern(n name.Name) uint32 {
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
	ord := uint32(len(x.bearers))
	x.store(toks)
	x.bearers = append(x.bearers, 0)
	for i, t := range toks {
		if int(t) >= len(x.posts) {
			x.posts = append(x.posts, make([]postings, int(t)+1-len(x.posts))...)
		}
		if !repeated(toks, i) {
			x.posts[t].add(ord, x.sign(toks, i))
		}
	}
	x.enter(ord)
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

// store enters the token numbers of the next name.
func (x *Index) store(toks []uint32) {
	w := [inPlace]uint32{noToken, noToken, noToken}
	if len(toks) > inPlace {
		w = [inPlace]uint32{uint32(len(x.more)), uint32(len(toks)), longName}
		x.more = append(x.more, toks...)
	} else {
		copy(w[:], toks)
	}
	x.words = append(x.words, w)
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
	mask := len(x.ident) - 1
	for i := int(seqHash(toks)) & mask; x.ident[i] != 0; i = (i + 1) & mask {
		ord := x.ident[i] - 1
		if slices.Equal(x.tokensOf(ord), toks) {
			return ord, true
		}
	}
	return 0, false
}

// enter puts ord into the hash table, which is kept at most three quarters full.
func (x *Index) enter(ord uint32) {
	if len(x.bearers)*4 > len(x.ident)*3 {
		x.ident = make([]uint32, 2*len(x.ident))
		for o := range x.bearers {
			x.place(uint32(o))
		}
		return
	}
	x.place(ord)
}

func (x *Index) place(ord uint32) {
	mask := len(x.ident) - 1
	i := int(seqHash(x.tokensOf(ord))) & mask
	for x.ident[i] != 0 {
		i = (i + 1) & mask
	}
	x.ident[i] = ord + 1
}

func seqHash(toks []uint32) uint64 {
	var buf [4 * name.MaxTokens]byte
	b := buf[:0]
	for _, t := range toks {
		b = binary.LittleEndian.AppendUint32(b, t)
	}
	return xxhash.Sum64(b)
}

// WithCosts gives an index of the same names that weighs by other costs, for a program that fits them. It shares the
// names with x: write to neither while both are used.
func (x *Index) WithCosts(c *name.Costs) *Index {
	y, f, v := *x, *x.freq, *x.vocab
	f.indexes = []*Index{&y}
	y.freq, y.vocab, f.vocab = &f, &v, &v
	v.costs, v.sounds = c, make([]name.Sound, len(v.sounds))
	for i := range v.sounds {
		v.sounds[i] = c.Hear(x.vocab.sounds[i].Latin)
	}
	return &y
}
