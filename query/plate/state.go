package plate

import (
	"iter"
	"slices"
	"strings"
)

// stateCodes are the two-letter codes in use, with the old ones that are still on the road (OR for Odisha, UA for
// Uttarakhand, TS for Telangana, DN, CT).
const stateCodes = "AN AP AR AS BR CG CH DD DL GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD PB PY RJ SK TN TG TR " +
	"UK UP WB OR UA TS DN CT"

// states tells by two letters, at (a-'A')*26+(b-'A'), whether they are a state's code.
var states = func() (known [26 * 26]bool) {
	for _, code := range strings.Fields(stateCodes) {
		known[int(code[0]-'A')*26+int(code[1]-'A')] = true
	}
	return known
}()

// stateList is stateCodes in alphabetical order.
var stateList = slices.Sorted(strings.FieldsSeq(stateCodes))

// StateCodes yields the codes of states in alphabetical order.
func StateCodes() iter.Seq[string] { return slices.Values(stateList) }

// otherCodes are the codes of states that were given another one: Uttarakhand (UA until 2007), Odisha (OR until 2012),
// Telangana (TS until 2024), Dadra and Nagar Haveli (DN, with Daman and Diu since 2020), Chhattisgarh (CT in some
// lists). Numbers were not given anew, so the same number under both codes may be two vehicles; people write one for
// the other all the same.
var otherCodes = map[string]string{"UA": "UK", "UK": "UA", "OR": "OD", "OD": "OR", "TS": "TG", "TG": "TS", "DN": "DD", "DD": "DN",
	"CT": "CG", "CG": "CT"}

// IsState reports whether s begins with the code of a state.
func IsState(s string) bool {
	return len(s) >= 2 && IsLetter(s[0]) && IsLetter(s[1]) && states[int(s[0]-'A')*26+int(s[1]-'A')]
}

// oldState is the state of a registration of before 1 July 1989 (three letters and a number), "" if not known. Haryana
// used HR?, HN? and HY?, Delhi DL?, DD? and DH?, Punjab P??.
func oldState(letters string) string {
	switch {
	case letters[:2] == "HR", letters[:2] == "HN", letters[:2] == "HY":
		return "HR"
	case letters[:2] == "DL", letters[:2] == "DD", letters[:2] == "DH":
		return "DL"
	case letters[0] == 'P':
		return "PB"
	case IsState(letters):
		return letters[:2]
	}
	return ""
}

// knownOffice reports whether the state has the registering office of this number, two digits. The offices of Haryana
// are all of 01 to 99; of other states only 00 is known to be none.
func knownOffice(state, office string) bool {
	if state == "HR" {
		_, ok := OfficePlace(state, office)
		return ok
	}
	return len(office) == 2 && office != "00"
}

// OfficePlace is the place of a Haryana registering office: OfficePlace("HR", "26") is "Gurugram (North)". A transport
// office, which registers commercial vehicles only, has " RTA" after the place. The code tells where a vehicle was
// registered, nothing more. Source: the Haryana transport department's public lists; 88, 89, 92 and 94 to 96 are not
// confirmed.
func OfficePlace(state, office string) (string, bool) {
	if state != "HR" || len(office) != 2 || !IsDigit(office[0]) || !IsDigit(office[1]) {
		return "", false
	}
	n := int(office[0]-'0')*10 + int(office[1]-'0')
	if n == 0 || n > len(haryanaOffices) {
		return "", false
	}
	return haryanaOffices[n-1], true
}

// haryanaOffices are the places of HR01 to HR99, in order.
var haryanaOffices = [...]string{
	"Ambala", "Jagadhri (Yamunanagar)", "Panchkula", "Naraingarh", "Karnal", "Panipat", "Thanesar (Kurukshetra)",
	"Kaithal", "Guhla", "Sonipat", "Gohana", "Rohtak", "Bahadurgarh", "Jhajjar", "Meham", "Bhiwani", "Siwani",
	"Loharu", "Charkhi Dadri", "Hisar", "Hansi", "Fatehabad", "Tohana", "Sirsa", "Mandi Dabwali",
	"Gurugram (North)", "Nuh", "Ferozepur Jhirka", "Ballabgarh", "Palwal", "Jind", "Narwana", "Safidon",
	"Mahendragarh", "Narnaul", "Rewari", "Ambala RTA", "Faridabad RTA", "Hisar RTA", "Assandh", "Pehowa",
	"Ganaur", "Kosli", "Ellenabad", "Karnal RTA", "Rohtak RTA", "Rewari RTA", "Tosham", "Kalka", "Hodal",
	"Faridabad", "Hathin", "Adampur", "Barara", "Gurugram RTA", "Jind RTA", "Sirsa RTA", "Yamunanagar RTA",
	"Ratia", "Samalkha", "Bhiwani RTA", "Fatehabad RTA", "Jhajjar RTA", "Kaithal RTA", "Kurukshetra RTA",
	"Narnaul RTA", "Panipat RTA", "Panchkula RTA", "Sonipat RTA", "Chandigarh (State Government)", "Bilaspur",
	"Gurugram (South)", "Palwal RTA", "Nuh RTA", "Indri", "Pataudi", "Beri", "Shahabad", "Kharkhoda", "Barwala",
	"Bawal", "Kanina", "Kalayat", "Charkhi Dadri RTA", "Ambala Cantt", "Narnaund", "Badkhal", "Badhra", "Badli",
	"Uchana", "Gharaunda", "Radaur", "Punhana", "Kalanwali", "Sampla", "Tauru", "Ladwa", "Badshahpur",
	"Temporary registration series",
}
