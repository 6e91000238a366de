package names

import (
	"math"

	"anvesh/query/name"
)

// Scan weighs every name and appends nothing that Search could not find: the best limit names by the same scorer, equal
// weights by a hash of the key. It is for measuring what Search may miss, at some tenths of a microsecond a name.
func (x *Index) Scan(q name.Name, limit int) []Match {
	asked := x.Ask(q)
	defer asked.Close()
	z := asked.z
	z.top.Reset(limit, z.order)
	z.budget, z.least, z.accept, z.heaviest, z.gap, z.enough = len(x.bearers), 0, nil, 0, math.MaxInt, 0
	z.scored, z.bearers, z.records = 0, 0, math.MaxInt
	for o := range x.bearers {
		z.visit(uint32(o), true)
	}
	return z.results(nil, true)
}
