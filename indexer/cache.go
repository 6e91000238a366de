package indexer

import (
	"crypto/sha256"

	"anvesh/indexer/iif"
)

// cacheForms and cacheBytes are what each generation of the cache holds, forms and bytes of their values. The forms of a
// case come within weeks of each other: reading and parsing them again for each fold was a sixth of the CPU of an update.
const (
	cacheForms = 4_096
	cacheBytes = 32 << 20
)

// A formCache keeps parsed forms by the SHA-256 of their value, so it can never be wrong. It forgets by
// generations: when the young one is full, it becomes the old one. Not safe for concurrent use.
type formCache struct {
	young, old map[[sha256.Size]byte]weighed
	bytes      int // of the young
}

// A weighed form is one with the length of its value.
type weighed struct {
	form  *iif.Form
	bytes int
}

func (c *formCache) get(sum [sha256.Size]byte) (weighed, bool) {
	f, ok := c.young[sum]
	if !ok {
		if f, ok = c.old[sum]; ok {
			c.put(sum, f)
		}
	}
	return f, ok
}

func (c *formCache) put(sum [sha256.Size]byte, f weighed) {
	if len(c.young) >= cacheForms || c.bytes >= cacheBytes {
		c.old, c.young, c.bytes = c.young, nil, 0
	}
	if c.young == nil {
		c.young = make(map[[sha256.Size]byte]weighed, cacheForms)
	}
	c.young[sum] = f
	c.bytes += f.bytes
}
