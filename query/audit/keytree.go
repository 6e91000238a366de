package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync/atomic"
)

// A point is the place of a person, a case or a row in the tree of keys: 48 bits. Of ten million, two share one with a
// chance of a sixth; then the one's key goes with the other's.
type point uint64

const (
	pointBytes  = 6
	digitBits   = 4
	pointDigits = 8 * pointBytes / digitBits // the most significant first
	nodeBytes   = 1 + 7 + 32
)

func readPoint(b []byte) point {
	return point(uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:])))
}

func (p point) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(p>>32))
	return binary.BigEndian.AppendUint32(dst, uint32(p))
}

// upTo is the node above p that many digits from the root.
func (p point) upTo(depth int) node {
	return node{depth, uint64(p) >> (digitBits * (pointDigits - depth))}
}

// digit is the digit of p that leads from that depth to the next.
func (p point) digit(depth int) byte {
	return byte(p>>(digitBits*(pointDigits-1-depth))) & (1<<digitBits - 1)
}

// A node is a place in the tree: how deep, and the digits that lead to it.
type node struct {
	depth int
	path  uint64
}

// A keyTree gives every point a key of its own out of one seed, and can drop the key of one for good: a puncturable
// pseudorandom function, as Goldreich, Goldwasser and Micali build it. The seed of a node's child is a hash of the
// node's, so a seed gives all keys below it, and none beside or above. To drop a key is to replace the seed that it comes
// from by those of the nodes beside its path: at most 15 for each of the 12 digits, and fewer the more were dropped. Digits
// of four bits are between a tree that is deep, so that a key takes many hashes, and one that is wide, so that a dropped one
// takes many seeds: with two bits an entry of twenty hits took twice the hashes, and a dropped key 3 KB in place of 7.
//
// It exists because a random key for each person would have to be stored, and synced, whenever a search meets somebody for
// the first time: the second sync that an answer is not to wait for, and a file that grows with the number of records.
type keyTree map[node][32]byte

// key is the key of a point, or false where it was dropped: the seed of its leaf, which has no children.
func (t keyTree) key(p point) (key [32]byte, ok bool) { return t.seed(p, pointDigits) }

// seed is that of the node above p at a depth, or false where it was dropped, or something below it.
func (t keyTree) seed(p point, depth int) (seed [32]byte, ok bool) {
	for d := range depth + 1 {
		if seed, ok = t[p.upTo(d)]; ok {
			return descend(seed, p, d, depth), true
		}
	}
	return seed, false
}

// descend goes from a node above p down to another.
func descend(seed [32]byte, p point, from, to int) [32]byte {
	for ; from < to; from++ {
		seed = child(seed, p.digit(from))
	}
	return seed
}

// topDigits is how deep seeds are kept once they were needed: 65,536 at most, a third of the way to every key.
const topDigits = 4

// A keyring is a tree with the seeds at topDigits that were needed. A tree of which more was dropped has another.
type keyring struct {
	tree keyTree
	top  [1 << (digitBits * topDigits)]atomic.Pointer[[32]byte]
}

// key is that of the tree.
func (k *keyring) key(p point) ([32]byte, bool) {
	kept := &k.top[p>>(digitBits*(pointDigits-topDigits))]
	seed := kept.Load()
	if seed == nil {
		s, ok := k.tree.seed(p, topDigits)
		if !ok {
			return k.tree.key(p)
		}
		seed = &s
		kept.Store(seed)
	}
	return descend(*seed, p, topDigits, pointDigits), true
}

// drop takes the key of a point out of the tree.
func (t keyTree) drop(p point) {
	for depth := 0; depth <= pointDigits; depth++ {
		seed, there := t[p.upTo(depth)]
		if !there {
			continue
		}
		delete(t, p.upTo(depth))
		for ; depth < pointDigits; depth++ {
			on := p.digit(depth)
			for d := range byte(1 << digitBits) {
				if d != on {
					t[node{depth + 1, p.upTo(depth).path<<digitBits | uint64(d)}] = child(seed, d)
				}
			}
			seed = child(seed, on)
		}
		return
	}
}

func child(seed [32]byte, digit byte) [32]byte {
	var b [33]byte
	copy(b[:], seed[:])
	b[32] = digit
	return sha256.Sum256(b[:])
}

// marshal writes the nodes in order: a byte of depth, seven of path, 32 of seed.
func (t keyTree) marshal() []byte {
	nodes := make([]node, 0, len(t))
	for n := range t {
		nodes = append(nodes, n)
	}
	slices.SortFunc(nodes, func(a, b node) int {
		if a.depth != b.depth {
			return a.depth - b.depth
		}
		return int(int64(a.path) - int64(b.path))
	})
	out := make([]byte, 0, len(nodes)*nodeBytes)
	for _, n := range nodes {
		seed := t[n]
		out = binary.BigEndian.AppendUint64(out, uint64(n.depth)<<56|n.path)
		out = append(out, seed[:]...)
	}
	return out
}

func unmarshalTree(b []byte) (t keyTree, ok bool) {
	t = keyTree{}
	for ; len(b) >= nodeBytes; b = b[nodeBytes:] {
		head := binary.BigEndian.Uint64(b)
		n := node{int(head >> 56), head & (1<<56 - 1)}
		if n.depth > pointDigits {
			return nil, false
		}
		t[n] = [32]byte(b[8:])
	}
	return t, len(b) == 0
}
