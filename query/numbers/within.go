package numbers

import (
	"math/bits"
	"strings"

	"anvesh/query/plate"
)

// withinEdits finds in a stringIndex all strings within up to two edits of a text. By the pigeonhole: of two edits,
// either at most one falls before the last characters of the text, and a walk down the sorted strings finds it with one
// edit to spend until there; or both do, the last characters are held unharmed, and their rarest n-gram of four lists
// it.
type withinEdits struct {
	index  *stringIndex
	text   string
	codes  [packedLen + 3]uint8 // of the text, plus one
	key    packedString
	m      int
	edits  int // to spend in all
	size   int // length of the strings looked at
	limit  [5]int8
	border int   // before this column of the text one edit less
	hits   *hits // takes what is found, and has the budget
	costs  func(text string, ord uint32, edits int) float32
	extra  float32 // cost of the text itself
	mark   uint64  // of ordinals among the hits
	over   bool    // the budget is spent

	postings [2][]postings // of the rarest n-gram so far, and of one that is tried
}

// A band is one row of the edit matrix around the diagonal: element t of row d is column d-2+t.
type band [5]int8

const farEdits = 9

var farBand = band{farEdits, farEdits, farEdits, farEdits, farEdits}

// search finds everything within the edits; found may be called twice for one string. It reports false where the budget
// cut it.
func (n *withinEdits) search() bool {
	n.m = len(n.text)
	n.searchOdd()
	if n.m > packedLen+2 {
		return !n.over
	}
	for i := 0; i < n.m; i++ {
		n.codes[i] = plate.Code(n.text[i]) + 1
	}
	n.key, _ = pack(n.text)
	n.border = 0
	if n.edits > 0 {
		n.chooseBorder()
	}
	for size := max(1, n.m-n.edits); size <= min(packedLen, n.m+n.edits); size++ {
		n.searchSize(size)
	}
	if n.edits == 2 {
		n.searchApart()
	}
	return !n.over
}

// take adds what was found, if it is alive.
func (n *withinEdits) take(ord uint32, edits int) {
	if n.index.alive(ord) {
		n.hits.add(n.mark|uint64(ord), n.extra+n.costs(n.text, ord, edits), uint8(edits))
	}
}

// searchSize looks at the strings of one length.
func (n *withinEdits) searchSize(size int) {
	n.size = size
	n.limits()
	if n.index.sorted == nil {
		return
	}
	sorted := &n.index.sorted[size]
	for i := range sorted.tail.keys {
		n.check(sorted.tail.keys[i], sorted.tail.ords[i])
	}
	for i := range sorted.levels {
		if r := &sorted.levels[i]; len(r.keys) > 0 {
			n.walk(r, 0, len(r.keys), 0, n.firstBand(), farBand, 0)
		}
	}
}

// limits sets what a entry may have cost, by how far off the diagonal it lies: the edits less what is still needed to
// bring the rest of the string to the length of the rest of the text.
func (n *withinEdits) limits() {
	for t := range n.limit {
		off := n.size - n.m + t - 2
		if off < 0 {
			off = -off
		}
		n.limit[t] = int8(n.edits - off)
	}
}

// chooseBorder looks for the shortest end of the text that holds a rare n-gram, takes all that have this n-gram, and
// leaves the walk one edit less before it. A text of under five characters is walked whole.
func (n *withinEdits) chooseBorder() {
	const rare, most = 4000, 10_000
	if n.m < 5 {
		return
	}
	border, best, least := 0, []postings(nil), most
	for at := n.m - ngramLen; at >= n.m/2-1 && (best == nil || least > rare); at-- {
		window := n.text[at : at+ngramLen]
		if strings.Count(window, "?") > 1 {
			continue
		}
		n.postings[1] = n.index.lists(n.postings[1][:0], window)
		if count := countOf(n.postings[1]); count < least {
			n.postings[0], n.postings[1] = n.postings[1], n.postings[0]
			border, best, least = at, n.postings[0], count
		}
	}
	n.border = border
	for _, list := range best {
		list.each(n.checkListed)
	}
}

// checkListed looks at a string of the chosen list and reports whether to go on.
func (n *withinEdits) checkListed(ord uint32) bool {
	key := n.index.keys[ord]
	n.over = n.over || !n.hits.spend(1)
	if n.size = key.size(); n.size >= n.m-n.edits && n.size <= n.m+n.edits && n.endsAlike(key) {
		n.limits()
		n.check(key, ord)
	}
	return !n.over
}

// endsAlike reports whether key ends as the text does from border on.
func (n *withinEdits) endsAlike(key packedString) bool {
	off := n.size - n.m
	for j := n.m - 1; j >= n.border; j-- {
		if c := n.codes[j]; c != key.at(j+off) && c != plate.OpenCode+1 {
			return false
		}
	}
	return true
}

// check takes one string if it is within the edits.
func (n *withinEdits) check(key packedString, ord uint32) {
	if n.over = !n.hits.spend(1); n.over {
		return
	}
	if d := n.distance(key); d <= n.edits {
		n.take(ord, d)
	}
}

// distance is the number of edits between text and key as far as the edits to spend allow, else more than these. It is
// the restricted distance; what only the unrestricted one brings within two edits is left to searchApart.
func (n *withinEdits) distance(key packedString) int {
	if n.size == n.m {
		if d := n.differ(key); d <= n.edits && d < 2 {
			return d
		}
	}
	return n.resume(key, 0, n.firstBand(), farBand, 0, 0)
}

// resume is distance for a key whose first depth characters, the last of them prev, have led to row and before.
func (n *withinEdits) resume(key packedString, depth int, row, before band, prev uint8, border int) int {
	for d := depth; d < n.size; d++ {
		c := key.at(d)
		next, alive := n.next(&row, &before, d+1, c, prev, border)
		if !alive {
			return farEdits
		}
		before, row, prev = row, next, c
	}
	return int(row[n.m-n.size+2])
}

// differ counts the places in which text and key differ.
func (n *withinEdits) differ(key packedString) int {
	if plate.HasWildcards(n.text) {
		return farEdits
	}
	return differing(key.hi^n.key.hi) + differing(key.lo^n.key.lo)
}

// differing counts the characters that are not 0 in half a packedString.
func differing(x uint64) int {
	d := 0
	for ; x != 0; d++ {
		x &= 1<<(58-bits.LeadingZeros64(x)/6*6) - 1
	}
	return d
}

func (n *withinEdits) firstBand() band {
	row := band{farEdits, farEdits, 0, 1, 2}
	for t := 2; t < 5; t++ {
		if t-2 > n.m || row[t] > n.limit[t] {
			row[t] = farEdits
		}
	}
	return row
}

// next is row d, after character c that follows prev, and whether any of its serials can still end within the edits.
// Columns before border are held to one edit less than may be spent; that column itself is not, for a transposition
// across it passes through it.
func (n *withinEdits) next(row, before *band, d int, c, prev uint8, border int) (band, bool) {
	out := farBand
	alive := false
	left := int8(farEdits)
	from, to := max(0, 2-d), min(4, n.m-d+2)
	for t := from; t <= to; t++ {
		j := d - 2 + t
		best := int8(d)
		if j > 0 {
			q := n.codes[j-1]
			best = row[t]
			if q != c && q != plate.OpenCode+1 {
				best++
				if j > 1 && d > 1 && q == prev && c == n.codes[j-2] {
					best = min(best, before[t]+1)
				}
			}
			if t < 4 {
				best = min(best, row[t+1]+1)
			}
			best = min(best, left+1)
		}
		if limit := n.limit[t]; best > limit || j < border && best >= int8(n.edits) {
			best = farEdits
		} else {
			alive = true
		}
		out[t], left = best, best
	}
	return out, alive
}

// smallRange is the number of sorted strings that are checked one by one rather than walked.
const smallRange = 6

// walk goes down the sorted strings [from, to) of a run, which agree in their first depth characters.
func (n *withinEdits) walk(r *sortedRun, from, to, depth int, row, before band, prev uint8) {
	if to-from <= smallRange || depth == n.size {
		for i := from; i < to && !n.over; i++ {
			n.over = !n.hits.spend(1)
			if d := n.resume(r.keys[i], depth, row, before, prev, n.border); d <= n.edits {
				n.take(r.ord(i), d)
			}
		}
		return
	}
	if n.over = !n.hits.spend(1); n.over {
		return
	}
	spent := n.allSpent(&row, depth)
	for from < to && !n.over {
		c := r.keys[from].at(depth)
		if spent {
			if c = n.nextWanted(&row, depth, c); c == 0 {
				return
			}
			if from = r.start(from, to, depth, c); from == to {
				return
			}
			if r.keys[from].at(depth) != c {
				continue
			}
		}
		end := r.end(from, to, depth, c)
		if next, alive := n.next(&row, &before, depth+1, c, prev, n.border); alive {
			n.walk(r, from, end, depth+1, next, row, c)
		}
		from = end
	}
}

// allSpent reports whether no entry of the row can afford another edit, so that only the text's own next characters
// lead on. A transposition begun one character before has been paid for only when it ends; nextWanted sees to it.
func (n *withinEdits) allSpent(row *band, depth int) bool {
	for t, edits := range row {
		limit := int8(n.edits)
		if j := depth - 2 + t; j < n.border-1 {
			limit--
		}
		if edits < limit {
			return false
		}
	}
	return true
}

// nextWanted is the least code, c or beyond, that is the next character of the text for a live entry; 0 if none. Where
// a transposition may end here the wanted character is that before the entry's next.
func (n *withinEdits) nextWanted(row *band, depth int, c uint8) uint8 {
	best := uint8(0)
	want := func(w uint8) {
		if w >= c && (best == 0 || w < best) {
			best = w
		}
	}
	for t, edits := range row {
		j := depth - 2 + t
		if j < -1 || j > n.m {
			continue
		}
		if edits <= int8(n.edits) && j >= 0 && j < n.m {
			if n.codes[j] == plate.OpenCode+1 {
				return c
			}
			want(n.codes[j])
		}
		if j >= 1 && j < n.m {
			want(n.codes[j-1])
		}
	}
	return best
}

// searchApart finds by exact look-up the strings that two edits reach only as a transposition with an edit between the
// two characters. Where no string of the length is held, and for one more than a whole chassis number few are, or a n-gram of
// four that would stand beside the edits nowhere, nothing is looked up.
func (n *withinEdits) searchApart() {
	if n.m > packedLen+1 || n.index.sorted == nil {
		return
	}
	shorter := n.index.sorted[n.m-1].len() > 0
	longer := n.m < packedLen && n.index.sorted[n.m+1].len() > 0
	for i := 0; i+1 < n.m; i++ {
		if shorter && i+2 < n.m && n.holds(i, i+2, i, i+3) {
			n.oneBetween(i)
		}
		if longer && n.holds(i, i+1, i, i+2) {
			n.anyBetween(i)
		}
	}
}

// holds reports whether the two n-grams of four around the edits stand anywhere: the characters before place i with
// that at left after them, and the character at right with those from rest on after it.
func (n *withinEdits) holds(i, left, right, rest int) bool {
	const three = ngramLen - 1
	if i >= three {
		g := ngram(0)
		for _, c := range n.codes[i-three : i] {
			g = g*ngramBase + ngram(c)
		}
		if n.index.ngrams.list(g*ngramBase+ngram(n.codes[left])).count == 0 {
			return false
		}
	}
	if rest+three <= n.m {
		g := ngram(n.codes[right])
		for _, c := range n.codes[rest : rest+three] {
			g = g*ngramBase + ngram(c)
		}
		return n.index.ngrams.list(g).count > 0
	}
	return true
}

// oneBetween looks up the text with characters i and i+2 transposed and the one between them left out.
func (n *withinEdits) oneBetween(i int) {
	var key packedString
	for j := range n.m - 1 {
		switch {
		case j < i:
			key.put(j, n.codes[j])
		case j == i:
			key.put(j, n.codes[i+2])
		case j == i+1:
			key.put(j, n.codes[i])
		default:
			key.put(j, n.codes[j+1])
		}
	}
	n.exact(key)
}

// anyBetween looks up the text with characters i and i+1 transposed and any character between them.
func (n *withinEdits) anyBetween(i int) {
	var key packedString
	for j := range n.m + 1 {
		switch {
		case j < i:
			key.put(j, n.codes[j])
		case j == i:
			key.put(j, n.codes[i+1])
		case j == i+2:
			key.put(j, n.codes[i])
		case j > i+2:
			key.put(j, n.codes[j-1])
		}
	}
	if !n.index.begins(key, i+1, n.m+1) {
		return
	}
	for c := uint8(1); c <= plate.OpenCode+1; c++ {
		key.clear(i + 1)
		key.put(i+1, c)
		n.exact(key)
	}
}

func (n *withinEdits) exact(key packedString) {
	ord, ok := n.index.lookup(key)
	if !ok {
		return
	}
	if d := plate.Distance(n.text, key.String()); d <= n.edits {
		n.take(ord, d)
	}
}

func (p *packedString) clear(i int) {
	if i < 10 {
		p.hi &^= 63 << (58 - 6*i)
	} else {
		p.lo &^= 63 << (58 - 6*(i-10))
	}
}

// searchOdd looks at the strings that are not packed.
func (n *withinEdits) searchOdd() {
	for ord, s := range n.index.odds {
		if n.over = !n.hits.spend(1); n.over {
			return
		}
		if d := plate.Distance(n.text, s); d <= n.edits && !strings.Contains(s, "*") {
			n.take(ord, d)
		}
	}
}
