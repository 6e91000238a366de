package name

// A Sound is a token as it is compared: codes, one byte each, with what it costs to lose each of them.
//
// Codes are letters: k K(kh) g G(gh) c(ch, chh) j J(jh) t T(th) d D(dh) n p f(ph, f) b B(bh) m y r l v(v, w) s S(sh) z
// h q, and the vowels a i(ee, ea) u(oo) e E(ai, ay, ei) o O(au, ou, ow). Where no vowel follows, ao is av, eo is ev and
// oy is E. A nasal is n before k, g, c, j, t, d and m before p, b, f. Doubled letters are one. The endings -ender,
// -endra, -inder, -indra are one ending.
type Sound struct {
	Latin string
	code  [MaxCodes]byte
	gap   [MaxCodes]uint16 // cost of leaving out this code, centinats
	n     uint8
	skel  [MaxCodes]byte // consonant classes: aspirates, b=v, p=f, s=S, j=z merged; h, y and vowels dropped
	k     uint8
	stem0 uint8 // the code at which the stem begins, see stemOf
	stemN uint8 // and how many codes it has; n without an affix
	Short bool  // latin is short for another name, whose sound this is
}

// MaxCodes is the longest sound compared; more is cut. The longest joined names measured are 24.
const MaxCodes = 28

// Codes are what is compared.
func (s *Sound) Codes() []byte { return s.code[:s.n] }

// Skeleton are the classes of the consonants.
func (s *Sound) Skeleton() []byte { return s.skel[:s.k] }

// Stem are the codes without affixes.
func (s *Sound) Stem() []byte { return s.code[s.stem0 : s.stem0+s.stemN] }

// Hear makes the sound of a Latin token, with the standard costs.
func Hear(latin string) Sound { return standard.Hear(latin) }

func (c *Costs) Hear(latin string) (s Sound) {
	s.Latin = latin
	if full := shortNames[latin]; full != "" {
		latin, s.Short = full, true
	}
	var b [2 * MaxLatin]byte
	s.Read(append(b[:0], latin...), c)
	return s
}

// Read fills a sound from Latin letters; latin stays as it is, empty for words that were joined.
func (s *Sound) Read(w []byte, c *Costs) {
	s.n, s.k = 0, 0
	for i := 0; i < len(w) && int(s.n) < MaxCodes-2; {
		i += s.next(w, i)
	}
	s.endings()
	s.gaps(c)
	s.k = uint8(len(AppendSkeleton(s.skel[:0], s.Codes())))
	s.stem0, s.stemN = 0, s.n
	if st := stemOf(s.Codes()); len(st) < int(s.n) {
		s.stemN = uint8(len(st))
		if &st[0] != &s.code[0] { // an affix before it
			s.stem0 = s.n - s.stemN
		}
	}
}

func (s *Sound) put(c byte) {
	if s.n > 0 {
		switch last := &s.code[s.n-1]; {
		case *last == 'm' && nasalN[c]:
			*last = 'n'
		case *last == 'n' && nasalM[c]:
			*last = 'm'
		}
	}
	if s.n > 0 && s.code[s.n-1] == c {
		return
	}
	if s.n > 0 && unaspirated[c] == s.code[s.n-1] { // ddh, tth, kkh
		s.code[s.n-1] = c
		return
	}
	s.code[s.n] = c
	s.n++
}

var (
	nasalN = [256]bool{'k': true, 'K': true, 'g': true, 'G': true, 'c': true, 'j': true, 'J': true, 'z': true, 't': true, 'T': true, 'd': true, 'D': true}
	nasalM = [256]bool{'p': true, 'b': true, 'B': true, 'f': true}
)

var unaspirated = [256]byte{'K': 'k', 'G': 'g', 'J': 'j', 'T': 't', 'D': 'd', 'B': 'b', 'S': 's'}

var aspirated = [256]byte{'k': 'K', 'g': 'G', 'j': 'J', 't': 'T', 'd': 'D', 'b': 'B', 's': 'S', 'p': 'f'}

// next reads the letters at i and says how many it took.
func (s *Sound) next(w []byte, i int) int {
	c := w[i]
	at := func(k int) byte {
		if i+k < len(w) {
			return w[i+k]
		}
		return 0
	}
	if IsVowel(c) {
		return s.vowel(w, i)
	}
	switch c {
	case 'c':
		return s.letterC(at(1), at(2), at(3))
	case 'x':
		s.put('k')
		s.put('S')
		return 1
	case 'w':
		s.put('v')
		return 1
	case 'q':
		s.put('q')
		if at(1) == 'u' && IsVowel(at(2)) {
			return 2
		}
		return 1
	case 'y':
		return s.letterY(at(1), i == 0)
	case 'j', 'd':
		if i == 0 && at(1) == 'n' {
			s.put('g')
			s.put('y')
			return 2
		}
	}
	if asp := aspirated[c]; asp != 0 && at(1) == 'h' {
		s.put(asp)
		if c == 's' && at(2) == 'h' {
			return 3
		}
		return 2
	}
	s.put(c)
	if (c == 'r' || c == 'l') && at(1) == 'h' { // rh: ढ़
		return 2
	}
	return 1
}

func (s *Sound) letterC(b, c, d byte) int {
	switch {
	case b == 'c' && c == 'h', b == 'h' && c == 'h':
		s.put('c')
		return 3
	case b == 'h' && c == 'c' && d == 'h':
		s.put('c')
		return 4
	case b == 'h':
		s.put('c')
		return 2
	case b == 'k':
		s.put('k')
		return 2
	case b == 'e' || b == 'i':
		s.put('s')
	default:
		s.put('k')
	}
	return 1
}

func (s *Sound) letterY(b byte, first bool) int {
	if !first && !IsVowel(b) {
		s.put('i')
	} else {
		s.put('y')
	}
	return 1
}

// vowel reads a vowel or two. A y that ends a syllable belongs to its vowel: ay is E.
func (s *Sound) vowel(w []byte, i int) int {
	var b, c byte
	if i+1 < len(w) {
		b = w[i+1]
	}
	if i+2 < len(w) {
		c = w[i+2]
	}
	switch [2]byte{w[i], b} {
	case [2]byte{'a', 'a'}:
		s.put('a')
		return 2
	case [2]byte{'e', 'e'}, [2]byte{'e', 'a'}, [2]byte{'i', 'e'}:
		if w[i] == 'i' && c == 0 || w[i] != 'i' && b == 'a' && c == 0 {
			break
		}
		s.put('i')
		return 2
	case [2]byte{'o', 'o'}, [2]byte{'u', 'u'}:
		s.put('u')
		return 2
	case [2]byte{'a', 'i'}, [2]byte{'e', 'i'}:
		s.put('E')
		return 2
	case [2]byte{'a', 'u'}, [2]byte{'o', 'u'}, [2]byte{'o', 'w'}:
		s.put('O')
		return 2
	case [2]byte{'e', 'y'}:
		if c == 0 {
			s.put('e')
			return 2
		}
		if !IsVowel(c) {
			s.put('E')
			return 2
		}
	case [2]byte{'a', 'y'}:
		if !IsVowel(c) {
			s.put('E')
			return 2
		}
	case [2]byte{'o', 'y'}:
		if !IsVowel(c) { // Roy, Vijoy
			s.put('E')
			return 2
		}
	case [2]byte{'a', 'o'}:
		if !IsVowel(c) {
			s.put('a')
			s.put('v')
			return 2
		}
	case [2]byte{'e', 'o'}:
		if !IsVowel(c) {
			s.put('e')
			s.put('v')
			return 2
		}
	}
	s.glide(w[i])
	return 1
}

// glide writes the y that is spoken between i and a further vowel: bhartia is bhartiya.
func (s *Sound) glide(c byte) {
	if s.n > 0 && s.code[s.n-1] == 'i' && c != 'i' {
		s.put('y')
	}
	if s.n > 0 && s.code[s.n-1] == 'e' && c == 'a' {
		s.code[s.n-1] = 'i'
		s.put('y')
	}
	s.put(c)
}

// endings gives -ender, -endra, -inder, -indra, -andar one form.
func (s *Sound) endings() {
	n := int(s.n)
	w := s.code[:n]
	vowelAt := func(i int) bool { return i > 0 && (w[i] == 'e' || w[i] == 'i' || w[i] == 'a') }
	switch {
	case n >= 6 && w[n-4] == 'n' && w[n-3] == 'd' && w[n-2] == 'r' && (w[n-1] == 'a' || w[n-1] == 'e' || w[n-1] == 'i') && vowelAt(n-5):
		w[n-5] = 'e'
		s.n--
	case n >= 6 && w[n-4] == 'n' && w[n-3] == 'd' && vowelAt(n-2) && w[n-1] == 'r' && vowelAt(n-5):
		w[n-5], w[n-2] = 'e', 'r'
		s.n--
	case n >= 5 && w[n-3] == 'n' && w[n-2] == 'd' && w[n-1] == 'r' && vowelAt(n-4):
		w[n-4] = 'e'
	}
}

// Costs of a code left out, in centinats; see cost.go for what a centinat is.
func (s *Sound) gaps(c *Costs) {
	for i := 0; i < int(s.n); i++ {
		s.gap[i] = uint16(s.gapAt(i, &c.Prices))
	}
}

func (s *Sound) gapAt(i int, p *[NumPrices]int) int {
	last := int(s.n) - 1
	first := 0
	if i == 0 {
		first = p[gapFirst]
	}
	switch c := s.code[i]; c {
	case 'a':
		switch {
		case i == last:
			return p[gapEndA]
		case i == 0:
			return p[gapFirstA]
		}
		return p[gapA]
	case 'i', 'u', 'e', 'o', 'E', 'O':
		switch {
		case i == last:
			return p[gapEndVowel] + first
		case c == 'i' && s.code[i+1] == 'y':
			return p[gapY]
		}
		return p[gapVowel] + first
	case 'h':
		return p[gapH] + first
	case 'y':
		return p[gapY] + first/2
	case 'n', 'm':
		if i > 0 && i < last && !isVowelCode(s.code[i+1]) {
			return p[gapNasal]
		}
		if i == last {
			return p[gapEndN]
		}
	case 'r':
		return p[gapR] + first
	}
	return p[gapConsonant] + first
}

func isVowelCode(c byte) bool { return IsVowel(c) || c == 'E' || c == 'O' }

// boneOf is the class of a consonant in the skeleton; 0 is dropped.
var skeletonClass = [256]byte{
	'k': 'k', 'K': 'k', 'q': 'k', 'g': 'g', 'G': 'g', 'c': 'c', 'j': 'j', 'J': 'j', 'z': 'j', 't': 't', 'T': 't',
	'd': 'd', 'D': 'd', 'n': 'n', 'p': 'p', 'f': 'p', 'b': 'b', 'B': 'b', 'v': 'b', 'm': 'n', 'r': 'r', 'l': 'l',
	's': 's', 'S': 's',
}

// ConsonantClass is the class of a code in the skeleton, 0 if it is dropped.
func ConsonantClass(code byte) byte { return skeletonClass[code] }

// AppendSkeleton appends the skeleton of codes.
func AppendSkeleton(dst, codes []byte) []byte {
	for _, c := range codes {
		if b := skeletonClass[c]; b != 0 {
			dst = append(dst, b)
		}
	}
	return dst
}

// LetterClass is the class of a first letter, 0..25: v and w, f and p, z and j, q and k begin the same names.
func LetterClass(b byte) int {
	switch b {
	case 'w':
		b = 'v'
	case 'f':
		b = 'p'
	case 'z':
		b = 'j'
	case 'q':
		b = 'k'
	}
	return int(b-'a') % 26
}
