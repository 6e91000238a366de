package iif

import "anvesh/storage"

// codes are the code lists that a tag one=NAME means. Contract: api.md "Update message"; the lists that it does
// not name follow the printed forms and the CCTNS code lists.
var codes = map[string][]string{
	"form":           {"IIF1", "IIF2", "IIF3", "IIF4", "IIF5", "IIF6", "IIF7"},
	"role":           storage.Roles(),
	"relation":       {"father", "mother", "husband", "wife", "guardian"},
	"gender":         {"M", "F", "T"},
	"person_status":  storage.Statuses(storage.Person),
	"vehicle_status": storage.Statuses(storage.Vehicle),
	"released_to":    {"owner", "superdari", "insurer", "other"},
	"order":          {"seal", "redact"},
	"fir_type":       {"regular", "zero", "e-fir"},
	"nature": {"stolen", "unclaimed", "unlawful possession", "involved", "intestate", "lost", "recovered",
		"abandoned"},
	"item_state": {"Seized", "Expert Opinion Pending", "In Malkhana", "With FSL", "In Court", "Disposed",
		"Transfer"},
	"arrest": {"arrest", "surrender", "apprehension", "notice"},
	"outcome": {"forwarded", "bail by police", "anticipatory bail", "police custody", "surrendered and bailed",
		"surrendered and judicial custody", "surrendered and police custody"},
	"report":     {"original", "supplementary"},
	"closure":    {"charge-sheeted", "not-charge-sheeted", "undetected", "untraced", "abated", "un-occurred"},
	"unoccurred": {"false", "mistake of fact", "mistake of law", "non-cognizable", "civil nature"},
	"standing":   {"not arrested", "bailed", "custody", "absconding", "proclaimed", "died"},
	"disposal": {"convicted", "acquitted", "discharged", "abated", "withdrawn", "compounded", "quashed",
		"plea bargaining", "probation", "pardoned", "proceedings stopped", "proclaimed", "split up",
		"committed", "transferred", "referred to JJB", "cancellation accepted", "untraced accepted"},
	"property_order": {"return", "auction", "confiscate", "destroy"},
	"appeal_result": {"allowed", "dismissed", "modified", "remanded", "abated", "withdrawn", "compounded",
		"pending"},
	"effect":        {"acquitted", "convicted", "retrial"},
	"appeal":        {"conviction", "acquittal", "sentence", "enhancement", "revision", "special leave", "death reference"},
	"side":          {"accused", "state", "victim"},
	"appeal_advice": {"not recommended", "recommended", "filed by state", "filed by accused", "filed by victim"},
}

// A shape is a set of characters and a range of lengths, in bytes.
type shape struct {
	min, max int
	ok       func(c byte) bool
	want     string // what would be right
	pattern  string // the same for the schema
}

// shapes are what a tag is=NAME means. Source of the numbers: CCTNS codes and court numbers as seen in public feeds;
// the display number, not the shape, tells how the FIR number is split.
var shapes = map[string]shape{
	"fir":     {13, 17, digit, "must be an FIR registration number of 13 to 17 digits", `^[0-9]{13,17}$`},
	"station": {8, 8, digit, "must be a station code of eight digits", `^[0-9]{8}$`},
	"cnr":     {16, 16, upper, "must be a CNR of 16 capital letters and digits", `^[0-9A-Z]{16}$`},
	"ref":     {1, 16, refChar, "must be 1 to 16 of A-Z, a-z, 0-9 and -", `^[A-Za-z0-9-]{1,16}$`},
	"id":      {1, 64, visible, "must be 1 to 64 ASCII characters without blanks", `^[!-~]{1,64}$`},
}

func digit(c byte) bool   { return '0' <= c && c <= '9' }
func upper(c byte) bool   { return digit(c) || 'A' <= c && c <= 'Z' }
func refChar(c byte) bool { return upper(c) || 'a' <= c && c <= 'z' || c == '-' }
func visible(c byte) bool { return '!' <= c && c <= '~' }

// fits reports whether b has the shape.
func (s *shape) fits(b []byte) bool {
	if len(b) < s.min || len(b) > s.max {
		return false
	}
	for _, c := range b {
		if !s.ok(c) {
			return false
		}
	}
	return true
}
