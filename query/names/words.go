package names

// words are the token numbers of names, one name after the other.
//
//	list    the token numbers of a name, in order; of one with more than three, where they stand in more, and how many
//	more    token numbers of the longer names
//
// Nothing is changed but by adding: who has the two slices has the names as they were.
type words struct {
	list [][inPlace]uint32
	more []uint32
}

// inPlace is how many token numbers stand with the name itself: enough for 19 of 20 names, and one cache line to read.
const inPlace = 3

// Marks in a list: a place without a token, and the last place of a longer name.
const (
	noToken  = ^uint32(0)
	longName = ^uint32(0) - 1
)

// of gives the token numbers of a name, at least one.
func (l *words) of(i uint32) []uint32 {
	w := &l.list[i]
	switch {
	case w[2] == longName:
		return l.more[w[0] : w[0]+w[1]]
	case w[2] != noToken:
		return w[:3]
	case w[1] != noToken:
		return w[:2]
	}
	return w[:1]
}

// add adds the next name.
func (l *words) add(toks []uint32) {
	w := [inPlace]uint32{noToken, noToken, noToken}
	if len(toks) > inPlace {
		w = [inPlace]uint32{uint32(len(l.more)), uint32(len(toks)), longName}
		l.more = append(l.more, toks...)
	} else {
		copy(w[:], toks)
	}
	l.list = append(l.list, w)
}
