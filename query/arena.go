package query

import (
	"strconv"
	"strings"

	"anvesh/query/register"
)

// An arena holds the strings of one answer in a few blocks. Twenty hits show four hundred strings; allocated one by one
// they were half of what a search for a vehicle cost. A block that is full is left to the strings that lie in it.
type arena struct {
	lists []string // a block for lists of them
	why   []Why    // and one for reasons
	block strings.Builder
	// scratch is where texts are made that are then copied.
	scratch []byte
	from    int // where the string in the making begins
}

const arenaBlock = 2 << 10 // bytes

// reserve makes sure that n more bytes fit the block, so that the string in the making stays in one piece.
func (a *arena) reserve(n int) {
	if a.block.Cap()-a.block.Len() >= n {
		return
	}
	begun := a.block.String()[a.from:]
	a.block, a.from = strings.Builder{}, 0
	a.block.Grow(max(arenaBlock, len(begun)+n))
	a.block.WriteString(begun)
}

// add appends to the string in the making.
func (a *arena) add(parts ...string) {
	for _, s := range parts {
		a.reserve(len(s))
		a.block.WriteString(s)
	}
}

// bytes is add for bytes.
func (a *arena) bytes(b []byte) {
	a.reserve(len(b))
	a.block.Write(b)
}

// number is add for a number in decimal digits.
func (a *arena) number(n uint64) {
	var b [20]byte
	a.bytes(strconv.AppendUint(b[:0], n, 10))
}

// end gives the string that was made.
func (a *arena) end() string {
	s := a.block.String()[a.from:]
	a.from = a.block.Len()
	return s
}

// unpack writes a packed text out.
func (a *arena) unpack(p register.Packed) string {
	a.scratch = p.Append(a.scratch[:0])
	a.bytes(a.scratch)
	return a.end()
}

// parted is a packed list out of one block for many lists.
func (a *arena) parted(p register.Packed) []string {
	s := a.unpack(p)
	if s == "" {
		return nil
	}
	n := strings.Count(s, "\x00")
	if len(a.lists) < n {
		a.lists = make([]string, max(n, listBlock))
	}
	list := a.lists[:0:n]
	a.lists = a.lists[n:]
	return register.AppendParted(list, s)
}

const listBlock = 64

// reasons explains a hit, out of one block for it and those that follow, so many in all: most have as many lines.
func (a *arena) reasons(es []evidence, score float64, hits int) []Why {
	if len(a.why) < len(es) {
		a.why = make([]Why, len(es)*hits)
	}
	out := a.why[:len(es):len(es)]
	a.why = a.why[len(es):]
	a.explain(out, es, score)
	return out
}

// hitID names hit i of an answer.
func (a *arena) hitID(answer *Answer, i int) string {
	a.add(answer.SearchID, "-")
	a.number(uint64(i + 1))
	return a.end()
}

// id takes an id that a view printed into scratch, and whether it may be told of.
func (a *arena) id(b []byte, shown bool) (string, bool) {
	a.scratch = b
	a.bytes(b)
	return a.end(), shown
}
