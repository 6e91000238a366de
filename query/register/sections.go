package register

import (
	"strings"
	"unicode"
)

// ReadSection takes an act and section as written ("BNS 303(2)", "379 IPC", "u/s 25 Arms Act") apart; section is empty where
// there is no number.
func ReadSection(s string) (act, section string) {
	var name strings.Builder
	for _, w := range strings.FieldsFunc(strings.ToUpper(ASCIIDigits(s)), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == '/' }) {
		w = strings.Trim(w, ".")
		switch {
		case w == "U" || w == "S" || w == "SEC" || w == "SECTION" || w == "ACT" || w == "ध" || w == "धारा":
		case strings.ContainsFunc(w, unicode.IsDigit) && section == "":
			section = w
		default:
			name.WriteString(strings.ReplaceAll(w, ".", ""))
		}
	}
	return name.String(), section
}

// AppendSectionTerms appends an act and section as written, the section alone, and the same without a sub-section.
func AppendSectionTerms(dst []string, s string) []string {
	act, section := ReadSection(s)
	if section == "" {
		return dst
	}
	dst = append(dst, "x"+section)
	if act != "" {
		dst = append(dst, "x"+act+" "+section)
	}
	if whole := wholeSection(section); whole != section {
		if dst = append(dst, "x"+whole); act != "" {
			dst = append(dst, "x"+act+" "+whole)
		}
	}
	return dst
}

// Offences before 1 July 2024 stand under the Indian Penal Code, later ones under the Bharatiya Nyaya Sanhita: who asks
// for theft means both. Pairs are IPC and BNS, one to one as far as the codes are; they are general knowledge of the
// correspondence tables, and cover the offences that registers are full of. A number that has none is searched as it is.
var concordance = [][2]string{
	{"34", "3(5)"}, {"109", "49"}, {"120B", "61(2)"}, {"147", "191(2)"}, {"148", "191(3)"}, {"149", "190"}, {"153A", "196"}, {"160", "194(2)"},
	{"174A", "209"}, {"182", "217"}, {"186", "221"}, {"188", "223"}, {"193", "229"}, {"201", "238"}, {"216", "253"}, {"224", "262"}, {"225", "263"},
	{"279", "281"}, {"283", "285"}, {"294", "296"}, {"295A", "299"}, {"302", "103(1)"}, {"302", "103"}, {"304", "105"}, {"304A", "106(1)"},
	{"304B", "80(2)"}, {"305", "107"}, {"306", "108"}, {"307", "109(1)"}, {"307", "109"}, {"308", "110"}, {"323", "115(2)"}, {"324", "118(1)"},
	{"325", "117(2)"}, {"326", "118(2)"}, {"326A", "124(1)"}, {"328", "123"}, {"332", "121(1)"}, {"333", "121(2)"}, {"336", "125"},
	{"337", "125"}, {"337", "125(a)"}, {"338", "125(b)"}, {"341", "126(2)"}, {"342", "127(2)"}, {"346", "127(6)"}, {"353", "132"}, {"354", "74"},
	{"354A", "75"}, {"354B", "76"}, {"354C", "77"}, {"354D", "78"}, {"363", "137(2)"}, {"364", "140(1)"}, {"364A", "140(2)"}, {"365", "140(3)"},
	{"366", "87"}, {"366A", "96"}, {"376", "64(1)"}, {"376", "64"}, {"376D", "70(1)"}, {"379", "303(2)"}, {"379A", "304"},
	{"379A", "304(2)"}, {"380", "305"}, {"381", "306"}, {"382", "307"}, {"384", "308(2)"}, {"385", "308(3)"}, {"386", "308(5)"}, {"387", "308(4)"},
	{"392", "309(4)"}, {"393", "309(5)"}, {"394", "309(6)"}, {"395", "310(2)"}, {"396", "310(3)"}, {"397", "311"}, {"398", "312"}, {"399", "310(4)"},
	{"401", "313"}, {"402", "310(5)"}, {"403", "314"}, {"406", "316(2)"}, {"407", "316(3)"}, {"408", "316(4)"}, {"409", "316(5)"}, {"411", "317(2)"},
	{"413", "317(4)"}, {"414", "317(5)"}, {"417", "318(2)"}, {"419", "319(2)"}, {"420", "318(4)"}, {"427", "324(4)"}, {"435", "326(f)"},
	{"436", "326(g)"}, {"447", "329(3)"}, {"448", "329(4)"}, {"449", "332(a)"}, {"450", "332(b)"}, {"451", "332(c)"}, {"452", "333"}, {"454", "331(3)"},
	{"456", "331(2)"}, {"457", "331(4)"}, {"458", "331(6)"}, {"459", "331(7)"}, {"465", "336(2)"}, {"467", "338"}, {"468", "336(3)"}, {"471", "340(2)"},
	{"489A", "178"}, {"489B", "179"}, {"489C", "180"}, {"498A", "85"}, {"500", "356(2)"}, {"504", "352"}, {"506", "351(2)"}, {"506", "351"},
	{"506", "351(3)"}, {"509", "79"}, {"511", "62"},
}

// Act names under which the two codes are written.
var (
	oldCode     = map[string]bool{"IPC": true, "भादस": true, "भादंसं": true, "IPC1860": true}
	presentCode = map[string]bool{"BNS": true, "बीएनएस": true, "BNS2023": true}
)

// wholeSection is a section without its sub-section: 303 of 303(2).
func wholeSection(section string) string {
	whole, _, _ := strings.Cut(section, "(")
	return whole
}

// Equivalents appends the terms of the same offence under the other code. Without an act the number is taken for one of
// either. said names them, for a remark.
func Equivalents(dst []string, act, section string) (terms, said []string) {
	for _, p := range concordance {
		if (act == "" || oldCode[act]) && strings.EqualFold(p[0], section) {
			dst, said = append(dst, "xBNS "+strings.ToUpper(p[1])), append(said, "BNS "+p[1])
		}
		if (act == "" || presentCode[act]) && (strings.EqualFold(p[1], section) || wholeSection(p[1]) == section) {
			dst, said = append(dst, "xIPC "+p[0]), append(said, "IPC "+p[0])
		}
	}
	return dst, said
}
