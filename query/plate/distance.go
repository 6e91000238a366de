package plate

// Distance is the plain Damerau-Levenshtein distance: insertions, deletions, substitutions and transpositions of
// neighbours, also of neighbours with an edit between them (the unrestricted form). ? in a equals any character.
// Strings are cut to MaxText.
func Distance(a, b string) int {
	a, b = clip(a), clip(b)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] { // equal ends are left alone by some of the shortest ways
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	const short = 12 // most are; their table is quicker to clear
	if len(a) <= short && len(b) <= short {
		var d [(short + 2) * (short + 2)]uint8
		return distance(d[:], short+2, a, b)
	}
	var d [(MaxText + 2) * (MaxText + 2)]uint8
	return distance(d[:], MaxText+2, a, b)
}

// distance is Distance in a table with rows of the given width.
func distance(d []uint8, width int, a, b string) int {
	far := uint8(len(a) + len(b))
	for i := 0; i <= len(a); i++ {
		d[(i+1)*width], d[(i+1)*width+1] = far, uint8(i)
	}
	for j := 0; j <= len(b); j++ {
		d[j+1], d[width+j+1] = far, uint8(j)
	}
	d[0] = far
	for i := 1; i <= len(a); i++ {
		match := 0
		above, row := d[i*width:(i+1)*width], d[(i+1)*width:(i+2)*width]
		for j := 1; j <= len(b); j++ {
			step, l := uint8(1), match
			if a[i-1] == b[j-1] || a[i-1] == '?' {
				step, match = 0, j
			}
			best := min(above[j]+step, row[j]+1, above[j+1]+1)
			if l > 0 {
				k := i - 1
				for k > 0 && a[k-1] != b[j-1] {
					k--
				}
				best = min(best, d[k*width+l]+uint8(i-k-1+1+j-l-1))
			}
			row[j+1] = best
		}
	}
	return int(d[(len(a)+1)*width+len(b)+1])
}
