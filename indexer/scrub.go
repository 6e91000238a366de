package indexer

import (
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// Names of persons who may not be found are kept out of what is shown of others: out of an accused's relatives, aliases
// and addresses, where a search would find them too, and out of the free text of the case. A text that mentions one is
// withheld whole: what is left of a sentence without its name tells as much.
//
// Names are compared by a rough key that is the same for most spellings in both scripts, so that some texts are
// withheld that mention nobody; the room of names would tell better, and this room may not import it. One distinctive word
// of a name is enough to withhold a free text. A relative, which is a name itself, is withheld where it has the given name
// of a hidden person or is a part of his name: of Sunita Sharma so are Sunita and Sharma, not Rakesh Sharma.

// hidden are the names of a case's persons who may not be found.
type hidden struct {
	words     map[string][]int // key of a distinctive word -> names that have it
	given     map[string]bool  // key of the first distinctive word
	phrases   map[string]bool  // names of common words only, all their keys
	names     [][]string
	addresses map[string]bool // in a secret case: theirs, as their words in order
}

// hiddenNames collects the names of those records that are not findable.
func hiddenNames(records []storage.Record, secret bool) *hidden {
	h := &hidden{}
	for i := range records {
		r := &records[i]
		if r.Kind != storage.Person || r.Visibility == storage.Findable {
			continue
		}
		h.add(r.Name)
		for _, list := range [...][]string{r.Names, r.Aliases} {
			for _, s := range list {
				h.add(s)
			}
		}
		if secret {
			for _, s := range r.Places {
				set(&h.addresses, strings.Join(keysOf(s), " "))
			}
		}
	}
	return h
}

// add takes a name as written, with the aliases in it and without the relative in it.
func (h *hidden) add(name string) {
	for _, part := range nameParts(name) {
		if part.relative {
			continue
		}
		keys := keysOf(part.text)
		own := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return commonKeys()[k] })
		switch {
		case len(keys) == 0:
		case len(own) == 0:
			set(&h.phrases, strings.Join(keys, " "))
		default:
			set(&h.given, own[0])
			h.names = append(h.names, own)
			for _, k := range own {
				if h.words == nil {
					h.words = map[string][]int{}
				}
				h.words[k] = append(h.words[k], len(h.names)-1)
			}
		}
	}
}

func set(m *map[string]bool, key string) {
	if key == "" {
		return
	}
	if *m == nil {
		*m = map[string]bool{}
	}
	(*m)[key] = true
}

// nobody reports whether there is nobody to hide.
func (h *hidden) nobody() bool { return len(h.words)+len(h.phrases)+len(h.addresses) == 0 }

// in reports whether a free text mentions a hidden person.
func (h *hidden) in(text string) bool { return h.among(keysOf(text), nil) }

// among is the same for keys; words of except do not count.
func (h *hidden) among(keys, except []string) bool {
	for i, k := range keys {
		if len(h.words[k]) > 0 && !slices.Contains(except, k) {
			return true
		}
		for n := i + 1; n <= min(len(keys), i+4); n++ {
			phrase := strings.Join(keys[i:n], " ")
			if h.phrases[phrase] && !slices.Contains(except, k) {
				return true
			}
		}
	}
	return false
}

// relative reports whether the name of a relative is, or has, that of a hidden person.
func (h *hidden) relative(text string) bool {
	keys := keysOf(text)
	own := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return commonKeys()[k] })
	if len(own) == 0 {
		return h.phrases[strings.Join(keys, " ")]
	}
	for _, k := range own {
		if h.given[k] {
			return true
		}
	}
	for _, n := range h.words[own[0]] {
		if !slices.ContainsFunc(own, func(k string) bool { return !slices.Contains(h.names[n], k) }) {
			return true
		}
	}
	return false
}

// scrub takes hidden names out of the record of a person who may be found. His own name stays, as it is what he is
// found by, but not a relative or another name that is written into it.
func (h *hidden) scrub(r *storage.Record) {
	if h.nobody() {
		return
	}
	r.Name = h.ownName(r.Name)
	for i, s := range r.Names {
		r.Names[i] = h.ownName(s)
	}
	r.Names = slices.DeleteFunc(r.Names, func(s string) bool { return s == "" || s == r.Name })
	var own []string
	if len(r.Aliases) > 0 {
		own = keysOf(r.Name)
	}
	r.Aliases = slices.DeleteFunc(r.Aliases, func(s string) bool { return h.among(keysOf(s), own) })
	r.Relatives = slices.DeleteFunc(r.Relatives, h.relative)
	r.Places = slices.DeleteFunc(r.Places, func(s string) bool {
		return h.addresses[strings.Join(keysOf(s), " ")] || h.in(s)
	})
	if len(r.Relatives) == 0 {
		r.Relation = ""
	}
	r.Names, r.Aliases, r.Relatives, r.Places = orNone(r.Names), orNone(r.Aliases), orNone(r.Relatives), orNone(r.Places)
}

func orNone(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// ownName is a name up to the first relative or other name in it that is hidden.
func (h *hidden) ownName(name string) string {
	parts := nameParts(name)
	if len(parts) < 2 {
		return name
	}
	own := keysOf(parts[0].text)
	for _, p := range parts[1:] {
		if p.relative && h.relative(p.text) || !p.relative && h.among(keysOf(p.text), own) {
			return strings.TrimSpace(name[:p.from])
		}
	}
	return name
}

// A namePart is a piece of a name as written: the name itself, then others after @ or alias, and a relative after s/o.
type namePart struct {
	text     string
	from     int // where the piece begins, with the sign or word before it
	relative bool
}

// nameParts takes a name apart.
func nameParts(name string) []namePart {
	parts := []namePart{{}}
	start := 0
	words := fields(name)
	for _, w := range words {
		relation, alias := relationWords[w.text], w.text == "@" || w.text == "(" || aliasWords[w.text]
		if !relation && !alias {
			continue
		}
		last := &parts[len(parts)-1]
		last.text = name[start:w.from]
		parts = append(parts, namePart{from: w.from, relative: relation})
		start = w.to
	}
	parts[len(parts)-1].text = name[start:]
	return parts
}

// aliasWords and relationWords stand between the pieces of a name, as fields writes them.
var (
	aliasWords    = wordSet("urf", "alias", "aka", "उर्फ", "उरफ")
	relationWords = wordSet("so", "do", "wo", "co", "ho", "s/o", "d/o", "w/o", "c/o", "h/o", "son", "daughter", "wife", "husband", "father", "mother",
		"पुत्र", "सुपुत्र", "पुत्री", "सुपुत्री", "पत्नी", "पति", "बेटा", "बेटी")
)

func wordSet(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[compact(w)] = true
		m[w] = true
	}
	return m
}

// A word is one of a text, as [compact] writes it, and where it stands.
type word struct {
	text     string
	from, to int
}

// fields takes a text apart: words of letters, with a slash or dots between single letters (S/o, s.o.), and the signs @ and (.
func fields(text string) []word {
	var out []word
	from := -1
	flush := func(to int) {
		if from >= 0 {
			out = append(out, word{compact(text[from:to]), from, to})
			from = -1
		}
	}
	for i, r := range text {
		switch {
		case isLetter(r):
			if from < 0 {
				from = i
			}
		case from >= 0 && (r == '/' || r == '.') && i-from == 1 && text[from] < 0x80:
		case r == '@' || r == '(':
			flush(i)
			out = append(out, word{string(r), i, i + 1})
		default:
			flush(i)
		}
	}
	flush(len(text))
	return out
}

// keysOf are the keys of a text's words, without titles. A word is as fields has it.
func keysOf(text string) []string {
	var keys []string
	from := -1
	take := func(to int) {
		if from < 0 {
			return
		}
		if k := nameKey(text[from:to]); k != "" && !titleKeys()[k] {
			keys = append(keys, k)
		}
		from = -1
	}
	for i, r := range text {
		switch {
		case isLetter(r):
			if from < 0 {
				from = i
			}
		case from >= 0 && (r == '/' || r == '.') && i-from == 1 && text[from] < 0x80:
		default:
			take(i)
		}
	}
	take(len(text))
	return keys
}

// texts withholds what mentions a hidden person from a case that is shown.
func (h *hidden) texts(c *Case) {
	if h.nobody() {
		return
	}
	for _, s := range []*string{&c.Place, &c.Court, &c.CourtCase, &c.Prosecution, &c.CrimeHead, &c.CrimeMinor} {
		h.blank(s)
	}
	if c.Method != nil {
		m := *c.Method
		m.Methods, m.Languages, m.Attacked = h.without(m.Methods), h.without(m.Languages), h.without(m.Attacked)
		for _, s := range []*string{&m.Style, &m.Conveyance, &m.Features, &m.Motive} {
			h.blank(s)
		}
		c.Method = &m
	}
	items := make([]iif.Item, len(c.Property))
	for i, p := range c.Property {
		for _, s := range []*string{&p.Category, &p.Type, &p.Description, &p.Unit, &p.Location, &p.RegisterNo, &p.SealNo, &p.LabNo} {
			h.blank(s)
		}
		p.Serials = h.without(p.Serials)
		items[i] = p
	}
	if len(items) > 0 {
		c.Property = items
	}
}

func (h *hidden) blank(s *string) {
	if *s != "" && h.in(*s) {
		*s = ""
	}
}

func (h *hidden) without(list []string) []string {
	return orNone(slices.DeleteFunc(slices.Clone(list), h.in))
}
