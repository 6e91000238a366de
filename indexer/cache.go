package indexer

import (
	"crypto/sha256"

	"anvesh/indexer/iif"
)

// cacheForms is how many forms each generation of the cache holds. The forms of a case come within weeks of each
// other: reading and parsing them again for
// each fold was a sixth of the CPU of an update.
const cacheForms = 4_096

// A formCache keeps parsed forms by the SHA-256 of their value, so it can never be wrong. It forgets by
// generations: when the young one is full, it becomes the old one. Not safe for concurrent use.
type formCache struct {
	young, old map[[sha256.Size]byte]*iif.Form
}

func (c *formCache) get(sum [sha256.Size]byte) (*iif.Form, bool) {
	f, ok := c.young[sum]
	if !ok {
		if f, ok = c.old[sum]; ok {
			c.put(sum, f)
		}
	}
	return f, ok
}

func (c *formCache) put(sum [sha256.Size]byte, f *iif.Form) {
	if len(c.young) >= cacheForms {
		c.old, c.young = c.young, nil
	}
	if c.young == nil {
		c.young = make(map[[sha256.Size]byte]*iif.Form, cacheForms)
	}
	c.young[sum] = f
}
