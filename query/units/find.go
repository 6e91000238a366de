package units

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// FindStations returns the codes of the stations meant by a code or by any variant of a name: the words PS, police station,
// thana and the district's name may stand there or not, words in any order ("City X", "X City"), misspelt, in Latin or
// Devanagari, with the old name of the district. A name that several stations bear gives them all; a station with an old
// and a present code gives both. Nothing found, or nothing but such words, gives nil.
func (u *Units) FindStations(text string) []string {
	text = strings.TrimSpace(text)
	if _, ok := u.Station(text); ok {
		return u.withOtherCodes([]string{text})
	}
	tokens := u.tokens(text)
	if len(tokens) == 0 {
		return nil
	}
	if codes := u.stationsNamed(tokens); codes != nil {
		return u.withOtherCodes(codes)
	}
	near := make([]string, len(tokens))
	for i, t := range tokens {
		near[i] = u.nearest(t)
	}
	if codes := u.stationsNamed(near); codes != nil {
		return u.withOtherCodes(codes)
	}
	return u.withOtherCodes(u.stationsWith(near))
}

func (u *Units) stationsNamed(tokens []string) []string {
	if codes := u.stations[setKey(tokens)]; codes != nil {
		return codes
	}
	return u.joined[strings.Join(tokens, "")]
}

// stationsWith finds stations one of whose names has all the tokens, at least one of which must be a name of its own.
func (u *Units) stationsWith(tokens []string) []string {
	if allGeneric(tokens) {
		return nil
	}
	var codes []string
	for _, k := range u.keys {
		if !slices.Contains(codes, k.code) && containsAll(k.tokens, tokens) {
			codes = append(codes, k.code)
		}
	}
	return codes
}

// withOtherCodes adds to each station the other codes it has or had, and sorts.
func (u *Units) withOtherCodes(codes []string) []string {
	if codes == nil {
		return nil
	}
	all := slices.Clone(codes)
	for _, code := range codes {
		if now := u.list[u.byCode[code]].Now; now != "" {
			all = append(all, now)
		}
	}
	for _, one := range u.list {
		if one.Now != "" && slices.Contains(all, one.Now) {
			all = append(all, one.Code)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// FindDistricts returns the codes of the districts and special units meant by a code or by any variant of a name;
// "X range" and a range's code give the districts that belong to it at present.
func (u *Units) FindDistricts(text string) []string {
	text = strings.TrimSpace(text)
	if one, ok := u.Unit(text); ok && one.Kind != "station" {
		return u.below(one)
	}
	tokens := u.tokens(text)
	if len(tokens) == 0 {
		return nil
	}
	if slices.Contains(tokens, "range") || slices.Contains(tokens, foldToken("रेंज")) {
		for _, code := range u.ranges[setKey(tokens)] {
			return u.below(u.list[u.byCode[code]])
		}
	}
	if codes := u.districts[setKey(tokens)]; codes != nil {
		return codes
	}
	for i, t := range tokens {
		tokens[i] = u.nearest(t)
	}
	return u.districts[setKey(tokens)]
}

func (u *Units) below(one Unit) []string {
	if one.Kind == "district" || one.Kind == "special" {
		return []string{one.Code}
	}
	var codes []string
	for _, d := range u.list {
		if d.Kind != "district" && d.Kind != "special" {
			continue
		}
		p, _ := u.Parent(d.Code, time.Time{})
		if p.Code == one.Code || one.Kind == "state" {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

func (u *Units) index() {
	u.canon = map[string]string{}
	u.stations, u.joined = map[string][]string{}, map[string][]string{}
	u.districts, u.ranges = map[string][]string{}, map[string][]string{}
	for _, one := range u.list {
		if one.Kind == "district" {
			u.canonise(one)
		}
	}
	words := map[string]bool{}
	for _, one := range u.list {
		for _, name := range one.names() {
			tokens := u.tokens(name)
			for _, t := range tokens {
				words[t] = true
			}
			switch one.Kind {
			case "district", "special":
				addCode(u.districts, setKey(tokens), one.Code)
			case "range":
				addCode(u.ranges, setKey(tokens), one.Code)
			case "station":
				u.addStation(one, tokens)
			}
		}
	}
	for w := range words {
		u.vocab = append(u.vocab, w)
	}
	slices.Sort(u.vocab)
}

func (one Unit) names() []string {
	names := append([]string{one.Name}, one.Aliases...)
	names = append(names, one.Towns...)
	if one.NameHi != "" {
		names = append(names, one.NameHi)
	}
	return names
}

// canonise makes an old or divided name of a district read as its present one, wherever it stands.
func (u *Units) canonise(one Unit) {
	present := strings.Join(splitTokens(one.Name), "")
	for _, alias := range one.Aliases {
		old := strings.Join(splitTokens(alias), "")
		if old == present || !strings.HasSuffix(present, old) {
			u.canon[old] = present
		}
	}
	if strings.Contains(one.Name, " ") {
		u.canon[present] = present
	}
}

func (u *Units) addStation(one Unit, tokens []string) {
	add := func(tokens []string) {
		addCode(u.stations, setKey(tokens), one.Code)
		u.keys = append(u.keys, stationKey{one.Code, tokens})
	}
	add(tokens)
	addCode(u.joined, strings.Join(tokens, ""), one.Code)
	for _, m := range one.Parents {
		district := u.list[u.byCode[m.Parent]]
		for _, name := range []string{district.Name, district.NameHi} {
			place := u.tokens(name)
			if len(place) == 0 || isDevanagari(place[0]) != isDevanagari(tokens[0]) {
				continue
			}
			rest := slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return slices.Contains(place, t) })
			add(append(slices.Clone(tokens), place...))
			if len(rest) < len(tokens) && !allGeneric(rest) {
				add(rest)
			}
		}
	}
}

func addCode(m map[string][]string, key, code string) {
	if !slices.Contains(m[key], code) {
		m[key] = append(m[key], code)
	}
}

func setKey(tokens []string) string {
	sorted := slices.Clone(tokens)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), " ")
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

// noiseWords say only that a unit is meant; genericWords tell units of one place apart and name none.
var (
	noiseWords = foldedSet(`ps police station stn thana thaana distt district dist zila commissionerate chowki unit dept
		crime cell थाना पुलिस स्टेशन जिला आयुक्तालय क्राइम यूनिट`)
	genericWords = foldedSet(`city sadar civil line cantt camp women cyber traffic metro sector phase old new nagar industrial
		model town urban estate area शहर सदर सिविल लाइन कैंट महिला साइबर यातायात मेट्रो सेक्टर नगर`)
	sameWords = map[string]string{"lines": "line", "sec": "sector", "mahila": "women", "woman": "women", "cantonment": "cantt",
		"cant": "cantt", "i": "1", "ii": "2", "iii": "3", "yatayat": "traffic", "railway": "grp", "rly": "grp",
		"सिटी": "शहर", "ट्रैफिक": "यातायात", "कैन्ट": "कैंट", "छावनी": "कैंट", "लाइन्स": "लाइन"}
)

func foldedSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[foldToken(w)] = true
	}
	return set
}

func allGeneric(tokens []string) bool {
	for _, t := range tokens {
		if !genericWords[t] && strings.Trim(t, "0123456789") != "" {
			return false
		}
	}
	return true
}

// tokens splits a name into folded words without noise, with districts under their present names.
func (u *Units) tokens(text string) []string {
	words := splitTokens(text)
	out := words[:0]
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) {
			if present, ok := u.canon[words[i]+words[i+1]]; ok {
				out = append(out, present)
				i++
				continue
			}
		}
		w := words[i]
		if present, ok := u.canon[w]; ok {
			w = present
		}
		if !noiseWords[w] {
			out = append(out, w)
		}
	}
	return out
}

// splitTokens cuts at whatever is neither letter, mark nor digit and between letters and digits; dots of an
// abbreviation (P.S., N.I.T.) vanish.
func splitTokens(text string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, foldToken(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(strings.ToLower(text))
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			if len(word) > 0 && unicode.IsDigit(word[len(word)-1]) != unicode.IsDigit(r) {
				end()
			}
			word = append(word, r)
		case r == '.' && i >= 1 && unicode.IsLetter(runes[i-1]) && (i == 1 || !unicode.IsLetter(runes[i-2])):
		default:
			end()
		}
	}
	end()
	return words
}

func isDevanagari(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Devanagari, r)
}

var latinFold = strings.NewReplacer("chh", "ch", "sh", "s", "ph", "f", "kh", "k", "gh", "g", "jh", "j", "th", "t", "dh", "d",
	"bh", "b", "rh", "r", "w", "v", "z", "j", "q", "k", "ee", "i", "oo", "u", "aa", "a", "au", "o", "ou", "o", "ow", "o",
	"ai", "e", "ay", "e", "ey", "e", "y", "i")

var devanagariFold = strings.NewReplacer("़", "", "ँ", "", "ं", "", "न्", "", "म्", "", "ी", "ि", "ू", "ु", "ई", "इ", "ऊ", "उ", "श", "स", "ष", "स", "व", "ब", "ड़", "ड", "ढ़", "ढ")

// foldToken maps spellings that sound alike to one. It is for names of places only and much coarser than package name.
func foldToken(w string) string {
	if same, ok := sameWords[w]; ok {
		w = same
	}
	if isDevanagari(w) {
		return devanagariFold.Replace(w)
	}
	if t := strings.TrimLeft(w, "0"); strings.Trim(w, "0123456789") == "" && t != "" {
		return t
	}
	b := []byte(latinFold.Replace(w))
	return string(slices.Compact(b))
}

// nearest is the one token of the table within one edit of an unknown one of four letters or more; itself where there is
// none, or more than one.
func (u *Units) nearest(token string) string {
	if _, ok := slices.BinarySearch(u.vocab, token); ok || utf8.RuneCountInString(token) < 4 {
		return token
	}
	found := ""
	for _, v := range u.vocab {
		if utf8.RuneCountInString(v) >= 4 && withinOneEdit([]rune(v), []rune(token)) {
			if found != "" {
				return token
			}
			found = v
		}
	}
	if found == "" {
		return token
	}
	return found
}

func withinOneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || slices.Equal(a[i+1:], b[i+1:])
	}
	return slices.Equal(a[i:], b[i+1:])
}
