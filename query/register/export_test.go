package register

// Small makes files of heads and tails of a few rows and names.
func Small(g *Register) { g.sizes = sizes{head: 12, fold: 5} }

// Files are how many parts and how many bases of names the register has.
func Files(g *Register) (parts, bases int) {
	s, release := g.twin.read()
	defer release()
	parts, _ = g.Parts()
	for _, b := range s.bases {
		if b != nil {
			bases++
		}
	}
	return parts, bases
}

// Waiting is how many closed heads are no parts yet.
func Waiting(g *Register) int { return g.waiting() }
