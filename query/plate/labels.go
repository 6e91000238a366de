package plate

import (
	"slices"
	"strings"
)

// What stands around a number in forms, lists and messages and is no part of it: "Regn. Number:", "M/Cycle No.", वाहन
// नंबर, what is printed on the plate itself (IND), the maker and colour beside it.

// plateLabels are words before a registration. None begins one: no state has such a code, and no series is so long.
var plateLabels = words(`REGISTRATION REGISTERATION REGISTERED REGISTRED REGN REGD REGND REGT REG REGI RGN REGNO REGNNO REGDNO
	NUMBER NUMBERS NUMBAR NUMBR NMBR NUM NO NOS N0 NBR NAMBAR NAMBER NUMBERPLATE PLATE PLATES HSRP
	VEHICLE VEHICLES VEHICAL VEHICEL VEHCILE VEHI VEH VHNO VEHNO VNO VH MOTORCYCLE MOTERCYCLE MOTARCYCLE MOTORCYCLES MOTORBIKE MOTOR MOTER
	CYCLE CYCLES MCYCLE MC MCNO RC RCNO BIKE SCOOTER SCOOTY SCOOTI MOPED CAR CARNO JEEP TRUCK TRUK TRACTOR TROLLEY TROLLY TRAILER TRALA
	BUS MINIBUS AUTO AUTORICKSHAW RICKSHAW RIKSHAW ERICKSHAW TEMPO CANTER PICKUP VAN TAXI CAB DUMPER TANKER TIPPER JCB LORRY CRANE
	GADI GAADI GADDI GARI VAHAN SANKHYA LICENCE LICENSE LIC MARK BEARING HAVING WITH ID TEMP TEMPORARY TRADE CERTIFICATE TC ARMY MILITARY IND INDIA`)

// numberLabels are words before a chassis or engine number; those of less than four letters only where another follows.
var numberLabels = words(`CHASSIS CHASIS CHASSI CHESSIS CHESIS CHASES CHASSES CHASISS CHASSISNO CHASISNO CHASSNO CHNO CH FRAME FRAMENO VIN VINNO
	ENGINE ENGIN ENGEN ENGINENO ENG ENGNO MOTOR MOTORNO SERIAL SR NUMBER NUMBERS NUM NO NOS N0 CHASSISNUMBER ENGINENUMBER VINNUMBER`)

// joined are labels that are written on to a number, the longest first.
var joined = []string{
	"REGISTRATIONNUMBER", "REGISTRATIONNO", "VEHICLENUMBER", "VEHICLENO", "CHASSISNUMBER", "ENGINENUMBER", "MOTORCYCLENO", "CHASSISNO",
	"ENGINENO", "CHASISNO", "VINNUMBER", "CHASSNO", "REGNNO", "REGDNO", "VEHICLE", "CHASSIS", "ENGINE", "BIKENO", "REGNO", "VEHNO", "CARNO",
	"VINNO", "ENGNO", "INDIA", "CHNO", "IND", "VIN", "NO",
}

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// leastLabelled is the least number of characters of what a label stands before.
const leastLabelled = 3

// unlabelled drops the labels that words begin with, and single letters before these (M/C No., V. No.).
func unlabelled(list []string, labels map[string]bool) []string {
	rest := list
	for i := 0; i < len(list) && (labels[list[i]] || len(list[i]) == 1 && IsLetter(list[i][0])); i++ {
		if labels[list[i]] {
			rest = list[i+1:]
		}
	}
	left := 0
	for _, w := range rest {
		left += len(w)
	}
	if left < leastLabelled {
		return list
	}
	return rest
}

// withoutJoined drops the labels that s is written on to.
func withoutJoined(s string, belongs func(label, rest string) bool) string {
	for {
		i := slices.IndexFunc(joined, func(label string) bool {
			rest, ok := strings.CutPrefix(s, label)
			return ok && len(rest) >= 4 && belongs(label, rest)
		})
		if i < 0 {
			return s
		}
		s = s[len(joined[i]):]
	}
}

// foldPlate reads the characters of a registration out of what is written: A-Z, 0-9 and the bytes of keep.
func foldPlate(s, keep string) string {
	text := fold(s, keep)
	if len(text) < len(s) { // something stands between
		text = amidWords(strings.Fields(fold(s, keep+" ")), text)
	}
	if known(text) {
		return text
	}
	return withoutJoined(text, func(label, rest string) bool {
		return label != "VIN" && (label != "NO" || known(rest) || HasWildcards(rest) && IsState(rest))
	})
}

// amidWords is the registration among words, text where it is all of them.
func amidWords(list []string, text string) string {
	if len(list) < 2 {
		return text
	}
	if rest := unlabelled(list, plateLabels); len(rest) < len(list) {
		list, text = rest, strings.Join(rest, "")
	}
	if ordered, ok := inOrder(list); ok {
		return ordered
	}
	if known(text) || HasWildcards(text) {
		return text
	}
	if found := among(list); found != "" {
		return found
	}
	return text
}

// among finds the one registration that some of the words make up: "Splendor HR 26 DK 8337 black". All others are words
// of letters, or it is whole: "Alto 800 HR26DK8337". It is "" where there is none, or there are two.
func among(list []string) (found string) {
	clean := 0 // words of letters before the first that is none
	for clean < len(list) && isWord(list[clean]) {
		clean++
	}
	for from := range list {
		for to := len(list); to > from; to-- {
			text := strings.Join(list[from:to], "")
			alone := from <= clean && !slices.ContainsFunc(list[to:], func(w string) bool { return !isWord(w) })
			switch {
			case !alone && !isWhole(text), !known(text):
			case strings.Contains(found, text):
			case !strings.Contains(text, found): // any text contains ""
				return ""
			default:
				found = text
			}
		}
	}
	return found
}

// isWhole tells whether a folded text is a registration that can be told from other words and figures by its form: of the
// current one, with series and all four digits (DL3CAY9324 as DL03CAY9324), or a Bharat registration.
func isWhole(text string) bool {
	var few [4]Plate
	return slices.ContainsFunc(readPlate(few[:0], text), func(p Plate) bool {
		return p.sound && (p.Kind == Bharat || p.Kind == Current && p.Series != "" && strings.HasSuffix(text, p.Number))
	})
}

// IsWhole tells whether a text, with whatever stands around it, is one registration of such a form.
func IsWhole(s string) bool { return isWhole(foldPlate(s, "")) }

// isOld tells it of one from before 1989, whose letters and digits are a word by themselves.
func isOld(word string) bool {
	return len(word) == 7 && allOf(word[:3], IsLetter) && allOf(word[3:], IsDigit) && known(word)
}

const (
	longestPlate = 16
	// shortestTwo is the length of the shortest text that holds two registrations.
	shortestTwo = 15
)

// Several are the registrations that a text holds, folded, in their order and each once, where they are several: "HR26DK8111,
// HR55A1222", "HR 26 DK 8111 and DL 3C AY 9324". It is nil for a text of one, whatever stands around it, and of none. Only whole
// ones count; the rest of the text does not matter.
func Several(s string) (all []string) {
	if len(s) < shortestTwo {
		return nil
	}
	list := strings.Fields(fold(s, " "))
	if len(list) < 2 || known(strings.Join(list, "")) {
		return nil
	}
	seen := map[string]bool{}
	for from := 0; from < len(list); {
		text, next := "", from+1
		for to, joined := from, ""; to < len(list) && len(joined)+len(list[to]) <= longestPlate; to++ {
			if joined += list[to]; isWhole(joined) || to == from && isOld(joined) {
				text, next = joined, to+1
			}
		}
		if canonical := Parse(text).Canonical; text != "" && !seen[canonical] {
			seen[canonical] = true
			all = append(all, text)
		}
		from = next
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// isWord tells a word beside a registration: three letters or more, a label, or an edge that was read as I or L.
func isWord(w string) bool {
	return allOf(w, IsLetter) && (len(w) >= 3 || plateLabels[w] || w == "I" || w == "L")
}

// known tells whether a folded text is a possible registration.
func known(text string) bool {
	var few [4]Plate
	for _, p := range readPlate(few[:0], text) {
		if p.sound {
			return true
		}
	}
	return false
}

// inOrder puts the parts of a diplomatic registration in the order of its plate, country, letters, number, however they
// were written (CD 13 1 A, 13 1 CD), and those of a Bharat registration whose letters came first (BH 22 1234 AA). Only
// blanks and strokes tell country and number apart then. ok is false for any other registration.
func inOrder(list []string) (text string, ok bool) {
	at := slices.IndexFunc(list, func(w string) bool { return isDiplomatic(w) || w == "BH" })
	if at < 0 || len(list) < 3 || len(list) > 4 {
		return "", false
	}
	kind, suffix := list[at], ""
	rest := slices.Delete(slices.Clone(list), at, at+1)
	if last := rest[len(rest)-1]; len(rest) == 3 && len(last) <= 2 && allOf(last, IsLetter) {
		rest, suffix = rest[:2], last
	}
	if last := rest[len(rest)-1]; suffix == "" && IsLetter(last[len(last)-1]) { // 1A
		digits := strings.TrimRight(last, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
		rest[len(rest)-1], suffix = digits, last[len(digits):]
	}
	if len(rest) != 2 || !allOf(rest[0]+rest[1], IsDigit) || rest[0] == "" || rest[1] == "" {
		return "", false
	}
	text = rest[0] + kind + rest[1] + suffix
	return text, known(text)
}

// foldNumber reads the characters of a chassis or engine number out of what is written: A-Z, 0-9, ? and *, I as 1, O
// and Q as 0. Of a held number one star at its end is no part of it, of an asked one it may be a wildcard.
func foldNumber(s string, held bool) string {
	const keep = "?*"
	text := fold(s, keep)
	if len(text) < len(s) {
		if list := strings.Fields(fold(s, keep+" ")); len(list) > 1 && labelsNumber(list) {
			text = strings.Join(unlabelled(list, numberLabels), "")
		}
	}
	text = withoutMarks(withoutJoined(text, func(label, _ string) bool {
		return numberLabels[label] && label != "NO" && (label != "VIN" || len(text) > VINLen)
	}), held)
	return strings.Map(foldNumberLetter, text)
}

// labelsNumber tells whether the first word is a label for certain, or another one behind it says so.
func labelsNumber(list []string) bool {
	return len(list[0]) > 3 && numberLabels[list[0]] || len(list) > 2 && numberLabels[list[1]] || list[0] == "NO" || list[0] == "ENG" || list[0] == "VIN"
}

// withoutMarks takes off what stands at the ends of a chassis or engine number and is no part of it: the stars that
// makers stamp as marks of beginning and end, and the I (also read as l or 1) that bar codes of chassis numbers begin
// with (Code 39 labels of vehicle identification numbers; general knowledge). Of a held number a star at its end alone
// is a mark too (SAE J1939 ends a vehicle's number so), unless it makes up the seventeen characters of a chassis
// number; others stand for characters that cannot be read.
func withoutMarks(n string, held bool) string {
	inner := strings.Trim(n, "*")
	lead, trail := len(n)-len(strings.TrimLeft(n, "*")), len(n)-len(strings.TrimRight(n, "*"))
	both, end := lead == 1 && trail == 1, lead == 0 && trail == 1 && len(n) != VINLen
	if inner != "" && (len(inner) >= VINLen || both || held && end) {
		n = inner
	}
	if len(n) == VINLen+1 && (n[0] == 'I' || n[0] == 'L' || n[0] == '1') && IsLetter(n[1]) {
		return n[1:]
	}
	return n
}
