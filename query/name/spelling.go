package name

import "slices"

// Letters lays two spellings side by side letter by letter, for a person who wants to see what was taken for what. Letters
// that are one sound stay together (sh, ee, au); a side is empty where the other has something more.
func Letters(a, b string) [][2]string {
	x, y := graphemes(a), graphemes(b)
	n, m := len(x), len(y)
	cost := make([][]int, n+1)
	for i := range cost {
		cost[i] = make([]int, m+1)
		for j := range cost[i] {
			switch {
			case i == 0 && j == 0:
			case i == 0:
				cost[i][j] = cost[i][j-1] + leftOut(y[j-1])
			case j == 0:
				cost[i][j] = cost[i-1][j] + leftOut(x[i-1])
			default:
				cost[i][j] = min(cost[i-1][j-1]+apart(x[i-1], y[j-1]), cost[i-1][j]+leftOut(x[i-1]), cost[i][j-1]+leftOut(y[j-1]))
			}
		}
	}
	var out [][2]string
	for i, j := n, m; i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && cost[i][j] == cost[i-1][j-1]+apart(x[i-1], y[j-1]):
			i, j = i-1, j-1
			out = append(out, [2]string{x[i], y[j]})
		case i > 0 && cost[i][j] == cost[i-1][j]+leftOut(x[i-1]):
			i--
			out = append(out, [2]string{x[i], ""})
		default:
			j--
			out = append(out, [2]string{"", y[j]})
		}
	}
	slices.Reverse(out)
	return out
}

// clusters are letters that are written for one sound, the longest first.
var clusters = []string{"chh", "shh", "sch", "aa", "ee", "oo", "ii", "uu", "au", "ow", "ou", "ai", "ay", "ei", "ey", "ie", "ea", "sh", "ch", "kh", "gh", "jh",
	"th", "dh", "bh", "ph", "rh", "ck", "gy", "jn"}

func graphemes(w string) (out []string) {
next:
	for len(w) > 0 {
		for _, c := range clusters {
			if len(w) >= len(c) && w[:len(c)] == c {
				out, w = append(out, c), w[len(c):]
				continue next
			}
		}
		n := 1
		for n < len(w) && w[n] == w[0] && !isVowel(w[0]) { // doubled
			n++
		}
		out, w = append(out, w[:n]), w[n:]
	}
	return out
}

// apart is how little two graphemes are one sound, by the table of costs.
func apart(a, b string) int {
	if a == b {
		return 0
	}
	x, y := hear(a), hear(b)
	if x.n == 0 || y.n == 0 {
		return int(standard.price[subMixed])
	}
	return 10 + int(standard.sub[x.code[0]&63][y.code[0]&63])
}

func leftOut(a string) int {
	s := hear(a)
	if s.n == 0 {
		return 10
	}
	if isVowelCode(s.code[0]) || a == "h" || a == "y" {
		return 150
	}
	return standard.price[gapConsonant]
}
