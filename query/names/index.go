package names

import (
	"math/bits"
	"strings"

	"anvesh/query/name"
)

// Index holds distinct names, the vocabulary of their tokens, and the postings between them, in memory.
//
//	vocabulary   token number -> Latin, sound; skeleton keys -> token numbers
//	posts        token number -> the names that hold it, ascending, each with a signature of its other tokens
//	words        ordinal -> its token numbers, in order; of a name with more than three, the place in more where they are
//	more         token numbers of the longer names
//	bearers      ordinal -> how many bear the name
//	ident        open hash table of ordinals+1, by token numbers
//	joins        hash of the skeleton of two neighbours joined, or of the whole name -> ordinals
//
// Ordinals are never reused; a name that nobody bears keeps its place and is not found. One writer, many readers: the
// caller locks. The zero value is not usable; see NewIndex and ReadIndex.
type Index struct {
	costs     *name.Costs
	vocab     vocabulary
	posts     []postings
	borne     []uint32 // token number -> bearers of names that hold it
	rank      []uint8  // token number -> class of borne for the price of leaving it out, see rankOf
	words     [][inPlace]uint32
	more      []uint32
	bearers   []uint32
	ident     []uint32
	joins     multimap
	persons   int        // bearers in all
	letters   [26]uint32 // first letter class -> bearers' tokens that begin with it, initials not among them
	digest    uint64
	namesakes *namesakes
}

// inPlace is how many token numbers stand with the name itself: enough for 19 of 20 names, and one cache line to read.
const inPlace = 3

// NewIndex gives an empty index that weighs by the standard costs.
func NewIndex() *Index {
	return &Index{costs: name.StandardCosts(), namesakes: new(namesakes), vocab: newVocabulary(name.StandardCosts()), ident: make([]uint32, 64)}
}

// Len is the number of distinct names that were ever added: ordinals are below it.
func (x *Index) Len() int { return len(x.bearers) }

// Bearers is how many bear the name of this ordinal.
func (x *Index) Bearers(ord uint32) int { return int(x.bearers[ord]) }

// Persons is how many bearers are held in all.
func (x *Index) Persons() int { return x.persons }

// Tokens is the number of distinct tokens.
func (x *Index) Tokens() int { return len(x.vocab.sounds) }

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
	key := x.keyHash(ord)
	x.digest -= mix(key, uint64(x.bearers[ord]))
	x.count(ord, -1)
	x.bearers[ord] = uint32(int(x.bearers[ord]) + d)
	x.digest += mix(key, uint64(x.bearers[ord]))
	x.persons += d
	toks := x.tokensOf(ord)
	for i, t := range toks {
		if repeated(toks, i) {
			continue
		}
		x.borne[t] = uint32(int(x.borne[t]) + d)
		latin := x.vocab.sounds[t].Latin
		x.setRank(t, rankOf(latin, x.borne[t]), ord)
		if len(latin) > 1 {
			c := name.LetterClass(latin[0])
			x.letters[c] = uint32(int(x.letters[c]) + d)
		}
	}
	x.count(ord, 1)
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

// keyHash is a 64-bit FNV-1a over the hashes of the name's tokens.
func (x *Index) keyHash(ord uint32) uint64 {
	h := uint64(fnvBasis)
	for _, t := range x.tokensOf(ord) {
		h = (h ^ x.vocab.hashes[t]) * fnvPrime
		h ^= h >> 32
	}
	return h
}

// The parameters of a 64-bit FNV-1a.
const (
	fnvBasis = 14695981039346656037
	fnvPrime = 1099511628211
)

// hashOf is a 64-bit FNV-1a over the letters of a token.
func hashOf(latin string) uint64 {
	h := uint64(fnvBasis)
	for i := 0; i < len(latin); i++ {
		h = (h ^ uint64(latin[i])) * fnvPrime
	}
	return h
}

func repeated(toks []uint32, i int) bool {
	for _, t := range toks[:i] {
		if t == toks[i] {
			return true
		}
	}
	return false
}

// rankOf is the class of a token for the price of leaving it out: initials 0, others 1 + bits of the bearers.
func rankOf(latin string, borne uint32) uint8 {
	if len(latin) <= 1 {
		return 0
	}
	return uint8(1 + bits.Len32(borne))
}

const ranks = 34

// rankOf is the rank of a token that may be unknown.
func (x *Index) rankOf(latin string) uint8 {
	if id, ok := x.vocab.number[latin]; ok {
		return x.rank[id]
	}
	return rankOf(latin, 0)
}

// intern gives the ordinal of n, a new one for a new key.
func (x *Index) intern(n name.Name) uint32 {
	var buf [name.MaxTokens]uint32
	toks := buf[:0]
	if len(n.Tokens) == 0 {
		n.Tokens = []name.Token{{}} // a name without a token stands for itself, and is not found
	}
	for _, t := range n.Tokens[:min(len(n.Tokens), name.MaxTokens)] {
		id, fresh := x.vocab.add(t.Latin)
		if fresh {
			x.posts = append(x.posts, postings{})
			x.borne = append(x.borne, 0)
			x.rank = append(x.rank, rankOf(t.Latin, 0))
		}
		toks = append(toks, id)
	}
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
		if !repeated(toks, i) {
			x.posts[t].add(ord, x.sign(toks, i))
		}
	}
	x.enter(ord)
	var s name.Sound
	var b [2 * name.MaxLatin]byte
	for i := 0; i+1 < len(toks); i++ {
		if x.joined(&s, b[:0], toks[i:i+2]) {
			x.joins.add(hash32(1, s.Skeleton()), ord)
		}
	}
	if len(toks) > 2 && x.joined(&s, b[:0], toks) {
		x.joins.add(hash32(1, s.Skeleton()), ord)
	}
	return ord
}

// A postings is the list of the names that hold a token, ascending, each with a signature of its other tokens, by which a
// search passes it over without a look at the name. The two stand apart, since few signatures pass.
type postings struct {
	ords  []uint32
	signs []signature
}

// A signature says what tokens a name has beside that of the list:
//
//	3 bits    number of the name's tokens, less one
//	22 bits   one for the first letter of each other token that is no initial
//	10 bits   one for the letter of each other token that is an initial
//	29 bits   one for the first two consonants of each other token that is no initial, by their classes; so that tokens
//	          which are near, and are many, share a few bits
type signature uint64

func (s signature) tokens() int { return int(s>>61) + 1 }

func letterBit(class int) signature  { return 1 << (39 + class%22) }
func initialBit(class int) signature { return 1 << (29 + class%10) }

func skeletonBit(s *name.Sound) signature {
	h := uint32(31)
	for _, b := range s.Skeleton()[:min(len(s.Skeleton()), 2)] {
		h = h*37 + uint32(b)
	}
	return 1 << (uint64(h*0x9E3779B1>>16) * 29 >> 16)
}

// sign makes the signature of a name for its token i.
func (x *Index) sign(toks []uint32, i int) signature {
	s := signature(len(toks)-1) << 61
	for k, t := range toks {
		if k == i {
			continue
		}
		switch latin := x.vocab.sounds[t].Latin; len(latin) {
		case 0:
		case 1:
			s |= initialBit(name.LetterClass(latin[0]))
		default:
			s |= skeletonBit(&x.vocab.sounds[t]) | letterBit(name.LetterClass(latin[0]))
		}
	}
	return s
}

func (p *postings) add(ord uint32, s signature) {
	p.ords, p.signs = append(p.ords, ord), append(p.signs, s)
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
	s.Read(b, x.costs)
	return len(s.Skeleton()) >= joinMin
}

// lookup finds the ordinal of a token sequence.
func (x *Index) lookup(toks []uint32) (uint32, bool) {
	mask := len(x.ident) - 1
	for i := int(seqHash(toks)) & mask; x.ident[i] != 0; i = (i + 1) & mask {
		ord := x.ident[i] - 1
		if sameTokens(x.tokensOf(ord), toks) {
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

func seqHash(toks []uint32) uint32 {
	h := uint32(2166136261)
	for _, t := range toks {
		h = (h ^ t) * 0x85EBCA6B
		h ^= h >> 13
	}
	h *= 0xC2B2AE35
	return h ^ h>>16
}

func sameTokens(a, b []uint32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// WithCosts gives an index of the same names that weighs by other costs, for a program that fits them. It shares the
// names with x: write to neither while both are used.
func (x *Index) WithCosts(c *name.Costs) *Index {
	y := *x
	y.costs, y.vocab.costs = c, c
	y.vocab.sounds = make([]name.Sound, len(x.vocab.sounds))
	for i := range y.vocab.sounds {
		y.vocab.sounds[i] = c.Hear(x.vocab.sounds[i].Latin)
	}
	return &y
}
