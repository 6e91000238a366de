package name

import (
	"slices"
	"strings"
)

// Letters lays two spellings side by side letter by letter, for a person who wants to see what was taken for what. Letters
// that are one sound stay together (sh, ee, au); a side is empty where the other has something more.
func Letters(a, b string) [][2]string {
	var bufs [2][MaxLatin]grapheme
	x, y := graphemesOf(bufs[0][:0], a), graphemesOf(bufs[1][:0], b)
	n, m := len(x), len(y)
	all := make([]int, (n+1)*(m+1))
	cost := func(i, j int) *int { return &all[i*(m+1)+j] }
	for i := range n + 1 {
		for j := range m + 1 {
			switch {
			case i == 0 && j == 0:
			case i == 0:
				*cost(i, j) = *cost(i, j-1) + y[j-1].gap
			case j == 0:
				*cost(i, j) = *cost(i-1, j) + x[i-1].gap
			default:
				*cost(i, j) = min(*cost(i-1, j-1)+apart(x[i-1], y[j-1]), *cost(i-1, j)+x[i-1].gap, *cost(i, j-1)+y[j-1].gap)
			}
		}
	}
	out := make([][2]string, 0, n+m)
	for i, j := n, m; i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && *cost(i, j) == *cost(i-1, j-1)+apart(x[i-1], y[j-1]):
			i, j = i-1, j-1
			out = append(out, [2]string{x[i].text, y[j].text})
		case i > 0 && *cost(i, j) == *cost(i-1, j)+x[i-1].gap:
			i--
			out = append(out, [2]string{x[i].text, ""})
		default:
			j--
			out = append(out, [2]string{"", y[j].text})
		}
	}
	slices.Reverse(out)
	return out
}

// clusters are letters that are written for one sound, the longest first.
var clusters = graphemesFor("chh", "shh", "sch", "aa", "ee", "oo", "ii", "uu", "au", "ow", "ou", "ai", "ay", "ei", "ey", "ie", "ea", "sh", "ch", "kh", "gh", "jh",
	"th", "dh", "bh", "ph", "rh", "ck", "gy", "jn")

// letters are the graphemes of one letter, a to z.
var letters = graphemesFor(strings.Split("abcdefghijklmnopqrstuvwxyz", "")...)

func graphemesFor(texts ...string) (all []grapheme) {
	for _, s := range texts {
		all = append(all, graphemeOf(s))
	}
	return all
}

// A grapheme is letters that are written for one sound, with its code and what it costs to leave it out.
type grapheme struct {
	text string
	code byte
	gap  int
}

// graphemesOf appends the graphemes of a word.
func graphemesOf(out []grapheme, w string) []grapheme {
next:
	for len(w) > 0 {
		for _, c := range clusters {
			if strings.HasPrefix(w, c.text) {
				out, w = append(out, c), w[len(c.text):]
				continue next
			}
		}
		n := 1
		for n < len(w) && w[n] == w[0] && !IsVowel(w[0]) { // doubled
			n++
		}
		if i := int(w[0]) - 'a'; n == 1 && i >= 0 && i < len(letters) {
			out, w = append(out, letters[i]), w[n:]
			continue
		}
		out, w = append(out, graphemeOf(w[:n])), w[n:]
	}
	return out
}

func graphemeOf(text string) grapheme {
	s := Hear(text)
	g := grapheme{text, s.code[0], standard.Prices[gapConsonant]}
	if s.n == 0 || isVowelCode(g.code) || text == "h" || text == "y" {
		g.gap = 150
	}
	return g
}

// apart is how little two graphemes are one sound, by the table of costs.
func apart(a, b grapheme) int {
	if a.text == b.text {
		return 0
	}
	return 10 + int(standard.sub[a.code&63][b.code&63])
}

// Difference says which letters stand for which, "v/b, aa/a", a bar for none; what one has more at an end
// "+ji"; an ending that is one as a whole "-ender/-endra".
func Difference(a, b string, letters [][2]string) string {
	if ea, eb := ending(a), ending(b); ea != "" && eb != "" && ea != eb {
		return "-" + ea + "/-" + eb
	}
	for _, p := range [][3]string{{"+", b, a}, {"-", a, b}} {
		rest, begins := strings.CutPrefix(p[1], p[2])
		if !begins {
			rest, begins = strings.CutSuffix(p[1], p[2])
		}
		if begins && len(rest) > 1 {
			return p[0] + rest
		}
	}
	var sb strings.Builder
	for _, l := range letters {
		if l[0] == l[1] {
			continue
		}
		if sb.Len() > 0 {
			sb.WriteString(", ")
		}
		for i, side := range l {
			if i == 1 {
				sb.WriteByte('/')
			}
			if side == "" {
				side = "-"
			}
			sb.WriteString(side)
		}
	}
	return sb.String()
}

func ending(latin string) string {
	for _, e := range []string{"ender", "endra", "inder", "indra", "endar", "indar", "andra", "andar", "ander"} {
		if strings.HasSuffix(latin, e) && len(latin) > len(e) {
			return e
		}
	}
	return ""
}
