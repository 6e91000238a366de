package plate

// AppendPlateTerms appends the exact terms under which a registration is kept in the durable index, at most five:
// "p:" and a canonical reading, "f:" and the canonical form with look-alikes folded, "e:" and the last four characters.
// A string with nothing in it gives none.
func AppendPlateTerms(dst []string, s string) []string {
	p := Parse(s)
	if p.Canonical == "" {
		return dst
	}
	dst = append(dst, "p:"+p.Canonical)
	for _, split := range p.Splits {
		if split.Canonical != p.Canonical && len(p.Splits) < 3 {
			dst = append(dst, "p:"+split.Canonical)
		}
	}
	dst = append(dst, "f:"+lookFold(p.Canonical))
	if n := len(p.Canonical); n >= 4 {
		dst = append(dst, "e:"+p.Canonical[n-4:])
	}
	return dst
}

// AppendNumberTerms appends the exact terms of a chassis or engine number: "n:" and the canonical form, "g:" and the
// form with look-alikes folded, "t:" and the last five characters. A number with nothing in it gives none.
func AppendNumberTerms(dst []string, s string) []string {
	n := Number(s)
	if n == "" {
		return dst
	}
	dst = append(dst, "n:"+n, "g:"+lookFold(n))
	if len(n) >= 5 {
		dst = append(dst, "t:"+n[len(n)-5:])
	}
	return dst
}

// lookFold writes one character for each class of look-alikes: {0 O D Q} {1 I L T J} {2 Z} {5 S} {6 G} {8 B} {4 A} {7 Y}.
func lookFold(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch c {
		case 'O', 'D', 'Q':
			b[i] = '0'
		case 'I', 'L', 'T', 'J':
			b[i] = '1'
		case 'Z':
			b[i] = '2'
		case 'S':
			b[i] = '5'
		case 'G':
			b[i] = '6'
		case 'B':
			b[i] = '8'
		case 'A':
			b[i] = '4'
		case 'Y':
			b[i] = '7'
		}
	}
	return string(b)
}
