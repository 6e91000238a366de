package name

// Scan weighs every name and appends nothing that Search could not find: the best limit names by the same scorer, equal
// weights by ordinal. It is for measuring what Search may miss, at some tenths of a microsecond a name.
func (x *Index) Scan(q Name, limit int) []Match {
	z := searches.Get().(*search)
	defer searches.Put(z)
	z.limit, z.budget, z.accept = limit, len(x.bearers), nil
	z.q.resolve(x, q)
	z.prepare()
	for o := range x.bearers {
		z.visit(uint32(o), true)
	}
	found := z.results(nil)
	z.forget()
	return found
}
