package names

import "anvesh/query/name"

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

// any is 1 where the signature has a bit of a mask, else 0, told without a branch.
func (s signature) any(mask signature) int {
	hit := s & mask
	return int((hit | -hit) >> 63)
}

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

// postingsOf are those of a token, in base and tail; empty where no name holds it.
func (x *Index) postingsOf(t uint32) (p [2]postings) {
	p[0] = x.base.postingsOf(t)
	if int(t) < len(x.posts) {
		p[1] = x.posts[t]
	}
	return p
}

// holders is how many names hold a token.
func (x *Index) holders(t uint32) (n int) {
	for _, p := range x.postingsOf(t) {
		n += len(p.ords)
	}
	return n
}
