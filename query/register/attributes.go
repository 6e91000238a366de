package register

import (
	"slices"
	"strings"
)

// attributes count the vehicles of each make, model and colour, so that a rare one is more evidence than a common one.
type attributes struct {
	words   []uint32 // word as written -> folded word plus one
	colours []uint32 // the same for colours
	counts  [Attributes][]uint32
}

func (k *attributes) clone() attributes {
	c := attributes{words: slices.Clone(k.words), colours: slices.Clone(k.colours)}
	for i := range c.counts {
		c.counts[i] = slices.Clone(k.counts[i])
	}
	return c
}

// folded gives the folded word of one as written; it may add a word.
func (k *attributes) folded(s *side, word uint32, colour bool) uint32 {
	list, fold := &k.words, FoldWord
	if colour {
		list, fold = &k.colours, FoldColour
	}
	for int(word) >= len(*list) {
		*list = append(*list, 0)
	}
	if (*list)[word] == 0 {
		(*list)[word] = s.words.add(fold(s.words.text[word])) + 1
	}
	return (*list)[word] - 1
}

// count counts a vehicle, or takes it out.
func (k *attributes) count(s *side, v *vehicleRow, n int) {
	for i, word := range [...]uint32{v.Make, v.Model, v.Colour} {
		f := k.folded(s, word, i == 2)
		for int(f) >= len(k.counts[i]) {
			k.counts[i] = append(k.counts[i], 0)
		}
		k.counts[i][f] = uint32(int(k.counts[i][f]) + n)
	}
}

// make, model and colour of a vehicle, folded.
func (k *attributes) of(v *vehicleRow) [Attributes]Word {
	return [Attributes]Word{k.words[v.Make] - 1, k.words[v.Model] - 1, k.colours[v.Colour] - 1}
}

// FoldWord folds a make or model: lower-case letters and digits only.
func FoldWord(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 0x900 && c < 0x980:
			return c
		}
		return -1
	}, s)
}

// colours are names under which one colour is written, English and Hindi, by how registers write them.
var colours = map[string]string{
	"gray": "grey", "silver": "grey", "silvergrey": "grey", "slate": "grey", "सिल्वर": "grey", "सलेटी": "grey",
	"सफेद": "white", "सफ़ेद": "white", "pearlwhite": "white", "offwhite": "white", "cream": "white", "काला": "black",
	"लाल": "red", "maroon": "red", "नीला": "blue", "skyblue": "blue", "navyblue": "blue", "हरा": "green", "पीला": "yellow",
	"golden": "gold", "beige": "gold", "bronze": "brown", "भूरा": "brown", "नारंगी": "orange",
}

// FoldColour folds a colour, and gives one name to those that registers write for it.
func FoldColour(s string) string {
	f := FoldWord(s)
	if c, ok := colours[f]; ok {
		return c
	}
	return f
}
