package names

import (
	"math/bits"

	"anvesh/query/name"
)

// Frequencies are how often tokens and names of an index are borne: what makes a match rare. They depend on what is held
// alone, not on the order in which it came.
//
// One writer, many readers, as the index: a bearer added to it is counted here.
type Frequencies struct {
	vocab     *vocabulary
	index     *Index     // whose bearers are counted
	tokens    []uint32   // token number -> bearers of names that hold it
	ranks     []uint8    // token number -> class of tokens for the price of leaving it out, see rankOf
	letters   [26]uint32 // first letter class -> bearers' tokens that begin with it, initials not among them
	persons   int        // bearers in all
	namesakes namesakes
}

// Persons is how many bearers are held in all.
func (f *Frequencies) Persons() int { return f.persons }

// grow makes room for all tokens of the vocabulary.
func (f *Frequencies) grow() {
	for t := len(f.tokens); t < f.vocab.Len(); t++ {
		f.tokens, f.ranks = append(f.tokens, 0), append(f.ranks, rankOf(f.vocab.sounds[t].Latin, 0))
	}
}

// bear counts d bearers more of a name that has had as many.
func (f *Frequencies) bear(toks []uint32, had, d int) {
	f.count(toks, had, -1)
	f.bearTokens(toks, d)
	for i, t := range toks {
		if repeated(toks, i) {
			continue
		}
		latin := f.vocab.sounds[t].Latin
		f.setRank(t, rankOf(latin, f.tokens[t]), toks)
		if len(latin) > 1 {
			c := name.LetterClass(latin[0])
			f.letters[c] = uint32(int(f.letters[c]) + d)
		}
	}
	f.count(toks, had+d, 1)
}

// bearTokens counts d bearers more of a name, and of its tokens.
func (f *Frequencies) bearTokens(toks []uint32, d int) {
	f.persons += d
	for i, t := range toks {
		if !repeated(toks, i) {
			f.tokens[t] = uint32(int(f.tokens[t]) + d)
		}
	}
}

// clear forgets all bearers, and with them ranks and namesakes; rankAll gives ranks, and letters, by those who came since.
func (f *Frequencies) clear() {
	clear(f.tokens)
	f.persons, f.letters, f.namesakes = 0, [26]uint32{}, namesakes{}
}

func (f *Frequencies) rankAll() {
	for t, n := range f.tokens {
		latin := f.vocab.sounds[t].Latin
		if f.ranks[t] = rankOf(latin, n); len(latin) > 1 {
			f.letters[name.LetterClass(latin[0])] += n
		}
	}
}

// joinedBearers is how many bear names in which neighbours, or all tokens, joined have a skeleton.
func (f *Frequencies) joinedBearers(buf []uint32, skeleton []byte) (n int, scratch []uint32) {
	buf = f.index.joinsOf(buf[:0], skeleton)
	for _, o := range buf {
		n += f.index.Bearers(o)
	}
	return n, buf
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
func rankOf(latin string, bearers uint32) uint8 {
	if len(latin) <= 1 {
		return 0
	}
	return uint8(1 + bits.Len32(bearers))
}

const ranks = 34

// rank is the rank of a token that may be unknown.
func (f *Frequencies) rank(latin string) uint8 {
	if id, ok := f.vocab.number[latin]; ok {
		return rankOf(latin, f.bearersOf(id))
	}
	return rankOf(latin, 0)
}

// bearersOf is how many bear names with a token.
func (f *Frequencies) bearersOf(t uint32) uint32 { return f.tokens[t] }
