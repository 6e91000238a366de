package plate

// distance is the plain Damerau-Levenshtein distance: insertions, deletions, substitutions and transpositions of
// neighbours, also of neighbours with an edit between them (the unrestricted form). ? in a equals any character.
// Strings are clipped to maxText.
func distance(a, b string) int {
	a, b = clip(a), clip(b)
	var d [maxText + 2][maxText + 2]uint8
	var last [256]uint8
	far := uint8(len(a) + len(b))
	d[0][0] = far
	for i := 0; i <= len(a); i++ {
		d[i+1][0], d[i+1][1] = far, uint8(i)
	}
	for j := 0; j <= len(b); j++ {
		d[0][j+1], d[1][j+1] = far, uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		match := 0
		for j := 1; j <= len(b); j++ {
			k, l := int(last[b[j-1]]), match
			step := uint8(1)
			if a[i-1] == b[j-1] || a[i-1] == '?' {
				step, match = 0, j
			}
			d[i+1][j+1] = min(d[i][j]+step, d[i+1][j]+1, d[i][j+1]+1, d[k][l]+uint8(i-k-1+1+j-l-1))
		}
		last[a[i-1]] = uint8(i)
	}
	return int(d[len(a)+1][len(b)+1])
}

// shortDistance is distance for a head and what was read for it, up to twelve characters each.
func shortDistance(a []byte, b string) int {
	const most = 12
	if len(a) > most || len(b) > most {
		return distance(string(a), b)
	}
	var d [most + 2][most + 2]uint8
	far := uint8(len(a) + len(b))
	d[0][0] = far
	for i := 0; i <= len(a); i++ {
		d[i+1][0], d[i+1][1] = far, uint8(i)
	}
	for j := 0; j <= len(b); j++ {
		d[0][j+1], d[1][j+1] = far, uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		match := 0
		for j := 1; j <= len(b); j++ {
			step, l := uint8(1), match
			if a[i-1] == b[j-1] {
				step, match = 0, j
			}
			best := min(d[i][j]+step, d[i+1][j]+1, d[i][j+1]+1)
			if l > 0 {
				k := i - 1
				for k > 0 && a[k-1] != b[j-1] {
					k--
				}
				best = min(best, d[k][l]+uint8(i-k-1+1+j-l-1))
			}
			d[i+1][j+1] = best
		}
	}
	return int(d[len(a)+1][len(b)+1])
}
