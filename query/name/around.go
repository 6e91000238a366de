package name

import (
	"cmp"
	"strings"
)

// What stands around a name in the same field: relations, aliases, and facts that are no part of it.

// relationAt recognises a relation at i: s/o, son of, पुत्र. It gives the pieces taken; relation "" is an address (r/o).
func (r *reader) relationAt(i int) (int, string) {
	w := r.words[i]
	if n, rel := r.slashedAt(i); n > 0 {
		return n, rel
	}
	if rel, ok := soWords[w.latin]; ok && r.hasWord() && r.peek(i, 1).mark == 0 && len(r.peek(i, 1).latin) > 1 && !isDevanagari(w.text) {
		return 1, rel // SO, DO, without a stroke
	}
	if r.peek(i, 1).latin == "of" {
		if rel := ofWords[w.latin]; rel != "" {
			return 2, rel
		}
	}
	rel := relations[w.latin]
	if s := spoken[w.latin]; s != "" && (fillers[r.peek(i, 1).latin] || isDevanagari(w.text) && r.peek(i, 1).mark == 0) {
		rel = s
	}
	if isDevanagari(w.text) && w.dot {
		switch w.text {
		case "पु":
			rel = "father"
		case "नि":
			if len(r.cur.Tokens) > 0 || len(r.out.Names) > 0 {
				return 1, ""
			}
		}
	}
	if rel == "" || len(r.cur.Tokens) == 0 && len(r.out.Names) == 0 {
		return 0, ""
	}
	n := 1
	for fillers[r.peek(i, n).latin] {
		n++
	}
	return n, rel
}

// slashedAt recognises a relation written as letters: s/o, S/O, s/d/o, W/0, C/-, एस/ओ, and S O or S-O behind a name.
func (r *reader) slashedAt(i int) (int, string) {
	letter := letterOf(r.words[i])
	rel, known := "", letter == 'r' // an address
	if letter != 0 {
		rel = slashed[letter]
		known = known || rel != ""
	}
	if !known {
		return 0, ""
	}
	n := 1
	for r.peek(i, n).mark == '/' {
		switch next := letterOf(r.peek(i, n+1)); {
		case next == 'o' || r.peek(i, n+1).latin == "of":
			return n + 2, rel
		case r.peek(i, n).dash && strings.IndexByte("swdcr", letter) >= 0:
			return n + 1, rel // C/-
		case next != 0 && slashed[next] != "":
			n += 2
		default:
			return 0, ""
		}
	}
	if n == 1 && strings.IndexByte("sdwcr", letter) >= 0 && letterOf(r.peek(i, 1)) == 'o' && r.peek(i, 2).mark == 0 && len(r.peek(i, 2).latin) > 1 && r.hasWord() {
		return 2, rel
	}
	return 0, ""
}

// letterOf is the letter that a word is, by itself or by its Hindi name; a zero is an o. 0 for any other.
func letterOf(p piece) byte {
	switch {
	case p.mark != 0:
	case p.text == "0":
		return 'o'
	case len(p.latin) == 1:
		return p.latin[0]
	case letterNames[p.text] != "":
		return letterNames[p.text][0]
	}
	return 0
}

// hasWord reports whether the current name has more than initials.
func (r *reader) hasWord() bool {
	for _, t := range r.cur.Tokens {
		if !t.Initial {
			return true
		}
	}
	return false
}

// aliasAt recognises a word that parts aliases; a.k.a. only where a word follows, since A. K. A. are initials too.
func (r *reader) aliasAt(i int) int {
	w := r.words[i]
	if aliasWords[w.latin] || aliasWords[w.text] {
		return 1
	}
	if (w.latin == "or" && !isDevanagari(w.text) || w.text == "या") && r.hasWord() && r.peek(i, 1).mark == 0 && r.peek(i, 1).latin != "" {
		return 1
	}
	j, n := i, 0
	for _, c := range []string{"a", "k", "a"} {
		if j < len(r.words) && n > 0 && r.words[j].mark == '/' {
			j++
		}
		if j >= len(r.words) || r.words[j].latin != c {
			return 0
		}
		j++
		n++
	}
	if j < len(r.words) && r.words[j].mark == 0 && len(r.words[j].latin) > 1 && len(r.cur.Tokens) > 0 {
		return j - i
	}
	return 0
}

// addressAt tells whether an address begins at i, or the police station of the case. PS and P.S. are initials too: they are a
// station's behind a name of two words, or before a word that stations are called by.
func (r *reader) addressAt(i int) bool {
	w, next := r.peek(i, 0), r.peek(i, 1)
	if addressWords[w.latin] || addressWords[w.text] {
		return true
	}
	if !r.hasWord() && len(r.outer.Tokens) == 0 {
		return false
	}
	if w.latin == "police" && next.latin == "station" {
		return true
	}
	n := r.spelledAt(i, "ps", "पी")
	if n == 0 {
		return false
	}
	for r.peek(i, n).mark == ',' {
		n++
	}
	station := r.peek(i, n).latin
	return stationWords[station] || len(station) > 1 && r.fullWords() > 1
}

// spelledAt gives the pieces at i that spell an abbreviation in one word or letter by letter, in either script: PS, P.S., P/S,
// पीएस, पी.एस.; 0 where they do not. first is the name of its first letter in Hindi.
func (r *reader) spelledAt(i int, short, first string) (n int) {
	if w := r.peek(i, 0); w.latin == "" || w.latin[0] != short[0] && !strings.HasPrefix(w.text, first) {
		return 0
	}
	for ; short != ""; n++ {
		w := r.peek(i, n)
		if n > 0 && w.mark == '/' {
			continue
		}
		letters := w.latin
		if isDevanagari(w.text) {
			letters = cmp.Or(letterNames[w.text], letterRun(w.text))
		}
		rest, ok := strings.CutPrefix(short, letters)
		if letters == "" || !ok {
			return 0
		}
		short = rest
	}
	return n
}

// factAt recognises what is told of a person amid the names, and gives the pieces it takes: an age, a telephone number, a
// caste, an occupation, "and others". A number behind which a further name follows parts the names of a numbered list.
func (r *reader) factAt(i int) int {
	w := r.words[i]
	if w.mark != 0 {
		return 0
	}
	if w.number() {
		n := 1
		if ageUnits[r.peek(i, 1).latin] && r.peek(i, 1).mark == 0 {
			n = 2
		}
		return n
	}
	k, told := facts[w.latin]
	if !told {
		k, told = facts[w.text]
	}
	n := 1
	if short := r.spelledAt(i, "fir", "एफ"); short > 0 {
		k, told, n = numberFact, true, short
	}
	if !told {
		return 0
	}
	for numberLabels[r.peek(i, n).latin] || numberLabels[r.peek(i, n).text] || r.peek(i, n).mark == ',' && n < 3 {
		n++
	}
	switch k {
	case numberFact: // with the numbers behind it
		if !r.peek(i, n).number() {
			return 0
		}
		for r.peek(i, n).number() || ageUnits[r.peek(i, n).latin] && r.peek(i, n).mark == 0 ||
			(r.peek(i, n).mark == ',' || r.peek(i, n).mark == '/') && r.peek(i, n+1).number() {
			n++
		}
		return n
	case wordFact: // with one word behind it
		if !r.hasWord() || r.peek(i, n).mark != 0 {
			return 0
		}
		return n + 1
	case textFact: // with all up to a mark, a relation or an address
		if !r.hasWord() {
			return 0
		}
		for r.peek(i, n).mark == 0 {
			if took, _ := r.relationAt(i + n); took > 0 || r.addressAt(i+n) {
				break
			}
			n++
		}
		return n
	}
	if !r.hasWord() { // emptyFact
		return 0
	}
	return 1
}
