package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what is read. A form's name field is far below; what is longer is no name, and its rest is not read.
const (
	maxInput  = 1024 // bytes
	maxTokens = 8    // a name
	maxNames  = 8    // a reading
	maxLatin  = 40   // letters of one token
)

// Reading is what a typed name was taken for.
type Reading struct {
	Names      []Name   // the name first, then each alias; empty if nothing is readable
	Relative   *Name    // nil if none was written
	Relation   string   // what the relative is: father, husband, wife, mother, brother, child, care; "" with nil Relative
	Honorifics []string // titles that were stripped, in order, the relative's not among them
	Deceased   bool     // the person, not the relative, is called late
}

// Name is one name of a person: its tokens in the order written.
type Name struct {
	Written string
	Tokens  []Token
}

// Token is one word of a name.
type Token struct {
	Written    string // as written
	Latin      string // a-z only
	Initial    bool   // one letter
	Devanagari bool   // written in Devanagari
}

// Key is the identity of a distinct name: its Latin tokens joined by blanks.
func (n Name) Key() string {
	if len(n.Tokens) == 1 {
		return n.Tokens[0].Latin
	}
	var sb strings.Builder
	for i, t := range n.Tokens {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(t.Latin)
	}
	return sb.String()
}

// AppendTerms appends the exact index terms of the name: its distinct folded tokens, one for each way a token sounds.
func (n Name) AppendTerms(dst []string) []string {
	from := len(dst)
next:
	for _, t := range n.Tokens {
		h := hear(t.Latin)
		term := string(h.codes())
		for _, have := range dst[from:] {
			if have == term {
				continue next
			}
		}
		dst = append(dst, term)
	}
	return dst
}

// Read takes what a person typed or a form holds and makes of it names, aliases, relative and facts. It never fails;
// what cannot be read is left out.
func Read(s string) Reading {
	if len(s) > maxInput {
		cut := maxInput
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	var room [8]piece // more than most names have
	r := reader{words: split(room[:0], s), at: maxNames}
	r.run()
	return r.out
}

// A piece is one word of the input, or one mark that parts names.
type piece struct {
	text  string // as written
	latin string
	mark  byte // '@', '(', ')', ',' , '/' or 0 for a word
	dot   bool // a dot follows
}

// split appends the words and marks of the input. Joiners and apostrophes stay inside a word.
func split(out []piece, s string) []piece {
	start := -1
	end := func(at int) {
		if start >= 0 {
			w := strings.Trim(s[start:at], "'`’‘\u200c\u200d")
			if w != "" {
				out = append(out, piece{text: w, latin: latinOf(w)})
			}
			start = -1
		}
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), invisible(r), r == '\'', r == '’', r == '‘', r == '`':
			if start < 0 {
				start = i
			}
		default:
			end(i)
			out = mark(out, r)
		}
	}
	end(len(s))
	return out
}

func mark(out []piece, r rune) []piece {
	switch r {
	case '@', ',', '/':
		return append(out, piece{mark: byte(r)})
	case '\\', '|':
		return append(out, piece{mark: '/'})
	case ';', '\n', ':':
		return append(out, piece{mark: ','})
	case '(', '[', '{', '<':
		return append(out, piece{mark: '('})
	case ')', ']', '}', '>':
		return append(out, piece{mark: ')'})
	case '.', '।', '॰', '०', '…':
		if n := len(out); n > 0 && out[n-1].mark == 0 {
			out[n-1].dot = true
		}
	}
	return out
}

// A reader walks the words once. Names are filled in turn: the name, its aliases, and the relative behind a relation.
type reader struct {
	words []piece
	out   Reading
	cur   Name
	held  Name // the name that a bracket interrupted; it goes on behind the bracket
	at    int  // where the held name belongs in out.Names
	rel   bool // the current name is the relative's
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
	if r.out.Relative == nil {
		r.out.Relation = ""
	}
}

// step reads the piece at i and says how many pieces it took, and whether the rest is an address.
func (r *reader) step(i int) (took int, stop bool) {
	w := r.words[i]
	if w.mark != 0 {
		return 1, r.marked(w.mark)
	}
	if n, relation := r.relationAt(i); n > 0 {
		r.closeAll()
		if relation == "" {
			return 0, true
		}
		r.rel, r.out.Relation = true, relation
		return n, false
	}
	if n := r.aliasAt(i); n > 0 {
		r.close()
		return n, false
	}
	if addressWords[w.latin] || addressWords[w.text] {
		return 1, len(r.out.Names) > 0 || len(r.cur.Tokens) > 0
	}
	r.word(i)
	return 1, false
}

// marked handles a mark: aliases behind @ and in brackets, an address behind the comma after the relative.
func (r *reader) marked(m byte) (stop bool) {
	switch m {
	case '@':
		r.close()
	case '(':
		if len(r.held.Tokens) == 0 {
			r.held, r.cur, r.at = r.cur, Name{}, len(r.out.Names)
		}
	case ')':
		r.close()
		r.cur, r.held = r.held, Name{}
	case ',':
		if r.rel && len(r.cur.Tokens) > 0 {
			return true
		}
	}
	return false
}

// relationAt recognises a relation at i: s/o, son of, पुत्र. It gives the pieces taken; relation "" is an address (r/o).
func (r *reader) relationAt(i int) (int, string) {
	w := r.words[i]
	at := func(k int) piece {
		if i+k < len(r.words) {
			return r.words[i+k]
		}
		return piece{mark: ' '}
	}
	if len(w.latin) == 1 && at(1).mark == '/' && at(2).latin == "o" {
		if w.latin == "r" {
			return 3, ""
		}
		if rel := slashed[w.latin[0]]; rel != "" {
			return 3, rel
		}
	}
	if n := at(2); strings.ContainsAny(w.latin, "sdw") && len(w.latin) == 1 && at(1).latin == "o" && len(n.latin) > 1 && r.hasWord() {
		return 2, slashed[w.latin[0]] // S O without the stroke, behind a name and before one
	}
	if at(1).latin == "of" {
		if rel := ofWords[w.latin]; rel != "" {
			return 2, rel
		}
	}
	rel := relations[w.latin]
	if s := spoken[w.latin]; s != "" && (fillers[at(1).latin] || isDevanagari(w.text) && at(1).mark == 0) {
		rel = s
	}
	if rel == "" || len(r.cur.Tokens) == 0 && len(r.out.Names) == 0 {
		return 0, ""
	}
	n := 1
	for fillers[at(n).latin] {
		n++
	}
	return n, rel
}

// fillers stand between a relation and the name: पिता का नाम.
var fillers = map[string]bool{"ka": true, "ki": true, "nam": true, "naam": true, "name": true}

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

// word takes one word as title, fact or token.
func (r *reader) word(i int) {
	w := r.words[i]
	dev := isDevanagari(w.text)
	if dev {
		if t, ok := devTitles[w.text]; ok && (w.dot || len(r.cur.Tokens) == 0) {
			w.latin = t
		} else if l, ok := letterNames[w.text]; ok && !r.lastJi(i, l) {
			w.latin = l
		} else if l, ok := devWords[w.text]; ok {
			w.latin = l
		} else if w.text == "मो" || w.text == "मौ" || w.text == "मु" {
			w.latin = "mohd"
		}
	}
	if w.latin == "" {
		return
	}
	if late[w.latin] {
		r.out.Deceased = r.out.Deceased || !r.rel
		return
	}
	if h, ok := leading[w.latin]; ok && len(r.cur.Tokens) == 0 && r.moreAfter(i) && !(ambiguous[w.latin] && secondNames[r.words[i+1].latin]) {
		r.title(h)
		return
	}
	if h, ok := trailing[w.latin]; ok && len(r.cur.Tokens) > 0 && !r.moreAfter(i) {
		r.title(h)
		return
	}
	r.token(w, dev)
}

// lastJi keeps जी at the end of a name from being read as the letter G.
func (r *reader) lastJi(i int, letter string) bool {
	return letter == "g" && len(r.cur.Tokens) > 0 && !r.words[i].dot && !r.moreAfter(i)
}

func (r *reader) title(h string) {
	if !r.rel {
		r.out.Honorifics = append(r.out.Honorifics, h)
	}
}

// moreAfter reports whether a further word of the same name follows, so that a title never eats the whole name.
func (r *reader) moreAfter(i int) bool {
	if i+1 >= len(r.words) {
		return false
	}
	next := r.words[i+1]
	if next.mark != 0 || next.latin == "" || aliasWords[next.latin] || r.aliasAt(i+1) > 0 {
		return false
	}
	n, _ := r.relationAt(i + 1)
	return n == 0
}

// token adds a word to the current name. Two or three consonants in a row without a vowel are initials written together.
func (r *reader) token(w piece, dev bool) {
	if !dev && runTogether(w) {
		for k := 0; k < len(w.latin); k++ {
			r.add(Token{Written: w.text[k : k+1], Latin: w.latin[k : k+1], Initial: true})
		}
		return
	}
	l := w.latin
	if len(l) > maxLatin {
		l = l[:maxLatin]
	}
	r.add(Token{Written: w.text, Latin: l, Initial: len(l) == 1, Devanagari: dev})
}

func (r *reader) add(t Token) {
	if r.cur.Tokens == nil {
		r.cur.Tokens = make([]Token, 0, len(r.words))
	}
	if len(r.cur.Tokens) < maxTokens {
		r.cur.Tokens = append(r.cur.Tokens, t)
	}
}

// runTogether recognises initials without dots: RK, BSP. Known abbreviations are words.
func runTogether(w piece) bool {
	l := w.latin
	if len(l) < 2 || len(l) > 3 || len(w.text) != len(l) {
		return false
	}
	if _, known := shortNames[l]; known || leading[l] != "" {
		return false
	}
	for i := 0; i < len(l); i++ {
		if isVowel(l[i]) || l[i] == 'y' && len(l) == 3 || l[i] == 'h' && i > 0 {
			return false
		}
	}
	return true
}

// closeAll ends the current name and the one that an open bracket holds.
func (r *reader) closeAll() {
	r.close()
	if len(r.held.Tokens) > 0 {
		r.cur, r.held = r.held, Name{}
		r.close()
	}
}

// close ends the current name and puts it where it belongs: a name that a bracket interrupted before its alias.
func (r *reader) close() {
	if len(r.cur.Tokens) == 0 {
		return
	}
	n := r.cur
	n.Written = writtenOf(n.Tokens)
	r.cur = Name{}
	at := len(r.out.Names)
	if len(r.held.Tokens) == 0 && r.at < at {
		at = r.at
	}
	if len(r.held.Tokens) == 0 {
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

func writtenOf(tokens []Token) string {
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
