package name

import (
	"slices"
	"strings"
)

// A reader walks the words once. Names are filled in turn: the name, its aliases, and the relative behind a relation.
type reader struct {
	words []piece
	out   Reading
	cur   Name
	outer Name // the name that a bracket interrupted; it goes on behind the bracket
	at    int  // where the held name belongs in out.Names
	rel   bool // the current name is the relative's
	alias bool // the second name is an alias of the first
}

func (r *reader) run() {
	for i := 0; i < len(r.words); {
		n, stop := r.step(i)
		if stop {
			break
		}
		i += n
	}
	r.closeAll()
	r.shareSurname()
	if r.out.Relative == nil {
		r.out.Relation = ""
	}
}

// shareSurname lends the first of two names what follows the first word of its alias: Rakesh alias Kala Lohan is Rakesh
// Lohan too, if Lohan is no part of the nickname.
func (r *reader) shareSurname() {
	if names := r.out.Names; r.alias && len(names) > 1 && len(names[0].Tokens) == 1 && !names[0].Tokens[0].Initial {
		for _, t := range names[1].Tokens[1:] {
			t.Maybe = true
			names[0].Tokens = append(names[0].Tokens, t)
		}
		names[0].Written = WrittenOf(names[0].Tokens)
	}
}

// step reads the piece at i and says how many pieces it took, and whether the rest is an address.
func (r *reader) step(i int) (took int, stop bool) {
	w := r.words[i]
	if w.mark != 0 {
		return 1, r.marked(i)
	}
	if n, relation := r.relationAt(i); n > 0 {
		r.closeAll()
		if relation == "" {
			return 0, true
		}
		r.rel = true
		if r.out.Relative == nil {
			r.out.Relation = relation
		}
		return n, false
	}
	if n := r.aliasAt(i); n > 0 {
		r.alias = r.alias || len(r.out.Names) == 0
		r.close()
		return n, false
	}
	if (andWords[w.text] || andWords[w.latin] && !isDevanagari(w.text)) && len(r.cur.Tokens) > 0 && r.moreAfter(i) {
		r.and(i)
		return 1, false
	}
	if w.number() && (w.dot || r.peek(i, 1).mark == ')') && !r.rel { // of a numbered list
		r.close()
	}
	if w.number() && r.rel && (w.dot && r.personAt(i+1) || r.peek(i, 1).mark == ')' && r.personAt(i+2)) {
		r.nextPerson()
	}
	if n := r.factAt(i); n > 0 {
		return n, false
	}
	if r.addressAt(i) {
		if len(r.outer.Tokens) > 0 { // in brackets, behind which the person goes on
			for took = 1; i+took < len(r.words) && r.words[i+took].mark != ')'; took++ {
			}
			return took, false
		}
		return 1, len(r.out.Names) > 0 || len(r.cur.Tokens) > 0
	}
	r.word(i)
	return 1, false
}

// peek is the piece k behind i, a mark that parts nothing beyond the end.
func (r *reader) peek(i, k int) piece {
	if i+k >= 0 && i+k < len(r.words) {
		return r.words[i+k]
	}
	return piece{mark: ' '}
}

// marked handles the mark at i: aliases behind @, in brackets and behind a stroke, a further person behind &, an address
// behind the comma after the relative.
func (r *reader) marked(i int) (stop bool) {
	switch r.words[i].mark {
	case '@':
		r.close()
	case '/':
		if before, after := r.peek(i, -1), r.peek(i, 1); len(before.latin) > 1 && len(after.latin) > 1 {
			r.close()
		}
	case '&':
		r.and(i)
	case '(':
		if len(r.outer.Tokens) == 0 {
			r.outer, r.cur, r.at = r.cur, Name{}, len(r.out.Names)
		}
	case ')':
		r.close()
		r.cur, r.outer = r.outer, Name{}
	case ',':
		if r.rel && len(r.cur.Tokens) > 0 {
			if !r.personAt(i + 1) {
				return true
			}
			r.nextPerson()
		}
	}
	return false
}

// nextPerson ends a relative, behind whom another person stands in the same field.
func (r *reader) nextPerson() {
	r.closeAll()
	r.rel = false
}

// personAt tells whether another person begins at i, behind a relative: a name of some words, perhaps with a number or an
// age, and a relation of its own. An address does not count.
func (r *reader) personAt(i int) bool {
	for words := 0; i < len(r.words) && words <= MaxTokens; i++ {
		w := r.words[i]
		if w.mark == '(' || w.mark == ')' || w.mark == '@' && words > 0 {
			continue
		}
		if w.mark != 0 || r.addressAt(i) {
			return false
		}
		if n, relation := r.relationAt(i); n > 0 {
			return words > 0 && relation != ""
		}
		if n := r.factAt(i); n > 0 {
			i += n - 1
			continue
		}
		words++
	}
	return false
}

// and ends a name before a further person's. Behind a relative only a person of whom a relation or an age is told is one;
// else it is the relative's wife or brother, and is not read.
func (r *reader) and(i int) {
	r.close()
	for k := i + 1; r.rel && k < len(r.words); k++ {
		n, relation := r.relationAt(k)
		r.rel = !(n > 0 && relation != "" || r.factAt(k) > 0)
	}
}

// word takes one word as title, fact or token.
func (r *reader) word(i int) {
	w := r.words[i]
	dev := isDevanagari(w.text)
	if dev {
		if w = r.devanagari(i); w.latin == "" {
			return
		}
	}
	if w.latin == "" {
		return
	}
	if code := w.text; len(code) == 2 && (code[0] == 'A' || code[0] == 'B') && code[1] >= '1' && code[1] <= '9' && r.solid() == 0 && r.moreAfter(i) {
		return // an accused's code in his FIR
	}
	if late[w.latin] {
		r.out.Deceased = r.out.Deceased || !r.rel
		return
	}
	if parts[w.latin] || r.titled(i, w) {
		return
	}
	r.token(w, dev)
}

// devanagari reads what a Devanagari word is short for. A word of letters' names alone is taken here, एचसी as H C.
func (r *reader) devanagari(i int) piece {
	w := r.words[i]
	if t, ok := devTitles[w.text]; ok && (w.dot || r.solid() == 0) {
		w.latin = t
	} else if l, ok := letterNames[w.text]; ok && !r.lastJi(i, l) {
		w.latin = l
	} else if l, ok := devWords[w.text]; ok {
		w.latin = l
	} else if stem, ok := joinedSingh(w.text); ok {
		w.latin = latinOf(stem + "सिंह")
	} else if w.text == "मो" || w.text == "मौ" || w.text == "मु" {
		w.latin = "mohd"
	} else if letters := letterRun(w.text); letters != "" {
		for k := range letters {
			r.add(Token{Written: letters[k : k+1], Latin: letters[k : k+1], Initial: true, Devanagari: true})
		}
		w.latin = ""
	}
	return w
}

// joinedSingh gives what stands before a misspelt सिंह in one word.
func joinedSingh(text string) (stem string, ok bool) {
	for _, end := range wrongSingh {
		if stem, ok = strings.CutSuffix(text, end); ok {
			return stem, true
		}
	}
	return "", false
}

// letterRun gives the letters of a Devanagari word that names two or more of them: आरके is rk. बीबी is a name.
func letterRun(text string) string {
	if text == "बीबी" {
		return ""
	}
	var out []byte
next:
	for text != "" {
		for _, n := range letterNamesLongest {
			if rest, ok := strings.CutPrefix(text, n); ok {
				out = append(out, letterNames[n][0])
				text = rest
				continue next
			}
		}
		return ""
	}
	if len(out) < 2 {
		return ""
	}
	return string(out)
}

// letterNamesLongest are the names of letters, the longest first.
var letterNamesLongest = func() (names []string) {
	for n := range letterNames {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return names
}()

// lastJi keeps जी behind a name from being read as the letter G: it is an honorific there, unless a dot follows.
func (r *reader) lastJi(i int, letter string) bool {
	return letter == "g" && r.hasWord() && !r.words[i].dot && !r.moreAfter(i)
}

// titled takes the word at i as a title, if it is one where it stands. What may be initials as well stays with the name as
// tokens that may be no part of it: HC Verma is Harish Chander, or a head constable.
func (r *reader) titled(i int, w piece) bool {
	next := r.peek(i, 1)
	h, first := leading[w.latin], r.solid() == 0
	switch more := r.moreAfter(i); {
	case h != "" && first && more && !(ambiguous[w.latin] && secondNames[next.latin]):
	case h != "" && !first && more && anywhere[w.latin]:
	case trailing[w.latin] != "" && r.solid() > 0 && !more:
		h = trailing[w.latin]
	default:
		return false
	}
	if !r.rel {
		r.out.Honorifics = append(r.out.Honorifics, h)
	}
	if letterTitles[w.latin] && !(w.dot && strings.ToLower(w.text[1:]) == w.text[1:]) && !isDevanagari(w.text) {
		for k := 0; k < len(w.latin); k++ {
			r.add(Token{Written: w.text[k : k+1], Latin: w.latin[k : k+1], Initial: true, Maybe: true})
		}
	}
	if always, known := namesWithShri[next.latin]; partOfName[w.latin] && first && known && (always || !r.moreAfter(i+1)) {
		r.add(Token{Written: w.text, Latin: w.latin, Devanagari: isDevanagari(w.text), Maybe: true})
	}
	return true
}

// solid counts the current name's tokens that are part of it.
func (r *reader) solid() (n int) {
	for _, t := range r.cur.Tokens {
		if !t.Maybe {
			n++
		}
	}
	return n
}

// fullWords counts the current name's words that are part of it and no initials.
func (r *reader) fullWords() (n int) {
	for _, t := range r.cur.Tokens {
		if !t.Maybe && !t.Initial {
			n++
		}
	}
	return n
}

// moreAfter reports whether a further word of the same name follows, so that a title never eats the whole name.
func (r *reader) moreAfter(i int) bool {
	next := r.peek(i, 1)
	if next.mark != 0 || next.latin == "" || aliasWords[next.latin] || parts[next.latin] || r.aliasAt(i+1) > 0 || r.addressAt(i+1) {
		return false
	}
	n, _ := r.relationAt(i + 1)
	return n == 0 && r.factAt(i+1) == 0
}

// token adds a word to the current name. Two or three letters that no word begins or ends with are initials written together.
func (r *reader) token(w piece, dev bool) {
	if !dev && runTogether(w) {
		for k := 0; k < len(w.latin); k++ {
			r.add(Token{Written: w.text[k : k+1], Latin: w.latin[k : k+1], Initial: true})
		}
		return
	}
	l := withoutJi(w.latin)
	if !dev && len(l) == 2 && l[1] == 'h' && !IsVowel(l[0]) && shortNames[l] == "" && r.solid() > 0 {
		l = l[:1] // Sh, Kh: the beginning of a word that was cut off
	}
	if len(l) > MaxLatin {
		l = l[:MaxLatin]
	}
	r.add(Token{Written: w.text, Latin: l, Initial: len(l) == 1, Devanagari: dev})
}

// withoutJi cuts an honorific that is written on to a name of two words: banvarilalji. Six letters are left at least, and
// Mukharji, Sambhaji, Mansinhji keep what belongs to them.
func withoutJi(latin string) string {
	for _, e := range []string{"ji", "jee"} {
		if stem, ok := strings.CutSuffix(latin, e); ok && len(stem) >= 6 && !strings.ContainsRune("raoh", rune(stem[len(stem)-1])) {
			return stem
		}
	}
	return latin
}

func (r *reader) add(t Token) {
	if r.cur.Tokens == nil {
		r.cur.Tokens = make([]Token, 0, len(r.words)+1)
	}
	if len(r.cur.Tokens) < MaxTokens {
		r.cur.Tokens = append(r.cur.Tokens, t)
	}
}

// runTogether recognises initials without dots: RK, BSP, OP. Known abbreviations and names of two letters are words.
func runTogether(w piece) bool {
	l := w.latin
	if len(l) < 2 || len(l) > 3 || len(w.text) != len(l) {
		return false
	}
	if _, known := shortNames[l]; known || leading[l] != "" || twoLetterNames[l] {
		return false
	}
	if len(l) == 2 && (IsVowel(l[0]) && !IsVowel(l[1]) || IsVowel(l[1]) && strings.ToUpper(w.text) == w.text && !IsVowel(l[0]) && l[1] != 'i') {
		return true
	}
	for i := 0; i < len(l); i++ {
		if IsVowel(l[i]) || l[i] == 'y' && len(l) == 3 || l[i] == 'h' && i > 0 {
			return false
		}
	}
	return true
}

// closeAll ends the current name and the one that an open bracket holds.
func (r *reader) closeAll() {
	r.close()
	if len(r.outer.Tokens) > 0 {
		r.cur, r.outer = r.outer, Name{}
		r.close()
	}
}

// close ends the current name and puts it where it belongs: a name that a bracket interrupted before its alias.
func (r *reader) close() {
	if len(r.cur.Tokens) == 0 {
		return
	}
	n := r.cur
	switch words := r.fullWords(); {
	case r.solid() == 0: // nothing else is there: they are the name
		for i := range n.Tokens {
			n.Tokens[i].Maybe = false
		}
	case words > 1: // before a whole name a title is one: HC Rakesh Verma
		n.Tokens = slices.DeleteFunc(n.Tokens, func(t Token) bool { return t.Maybe && t.Initial })
	}
	n.Written = WrittenOf(n.Tokens)
	r.cur = Name{}
	at := len(r.out.Names)
	if len(r.outer.Tokens) == 0 && r.at < at {
		at = r.at
	}
	if len(r.outer.Tokens) == 0 {
		r.at = maxNames
	}
	switch {
	case r.rel && r.out.Relative == nil:
		relative := n
		r.out.Relative = &relative
	case !r.rel && len(r.out.Names) < maxNames:
		r.out.Names = slices.Insert(r.out.Names, at, n)
	}
}

// WrittenOf is what was written for tokens that follow each other, with blanks between them.
func WrittenOf(tokens []Token) string {
	if len(tokens) == 1 {
		return tokens[0].Written
	}
	size := len(tokens)
	for _, t := range tokens {
		size += len(t.Written)
	}
	var sb strings.Builder
	sb.Grow(size)
	for i, t := range tokens {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(t.Written)
	}
	return sb.String()
}

func isDevanagari(s string) bool {
	for _, r := range s {
		if scriptOf(r) == devanagari {
			return true
		}
	}
	return false
}
