package match

import (
	"strings"

	"anvesh/query"
)

// A Fault is the contract's error object: why a row, or a call, could not be answered.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
	Line    int    `json:"line,omitempty"` // of a list of updates

	Hindi string `json:"-"` // the message in Hindi, where the page says it; "" for none
}

// Text is the message, with the field before it.
func (f *Fault) Text() string {
	if f.Field != "" && !strings.HasPrefix(f.Message, f.Field+":") {
		return f.Field + ": " + f.Message
	}
	return f.Message
}

// KeyNameHeader is the header that names the key which a list was answered to, escaped as in an address.
const KeyNameHeader = "X-Key-Name"

// A RowAnswer is the answer to one row of a list: that of the single search, with the row's mark and place.
type RowAnswer struct {
	Ref  string `json:"ref"`
	Line int    `json:"line"`
	*query.Answer
}

// A RowRefusal is the answer to a row that could not be searched for.
type RowRefusal struct {
	Ref       string   `json:"ref"`
	Line      int      `json:"line"`
	Error     Fault    `json:"error"`
	Remarks   []string `json:"remarks,omitempty"`
	RemarksHi []string `json:"remarks_hi,omitempty"`
}

// Remarked puts what a list's reader has to say of a row before what is said of it already.
func Remarked(remarks []Remark, english, hindi []string) (allEnglish, allHindi []string) {
	if len(remarks) == 0 {
		return english, hindi
	}
	for _, r := range remarks {
		allEnglish, allHindi = append(allEnglish, r.Text), append(allHindi, r.Hindi)
	}
	return append(allEnglish, english...), append(allHindi, hindi...)
}

// A listMark says which call answers are of. It stands in their first row, so that they are gone on with by no other.
type listMark struct {
	SHA256  string `json:"sha256"` // of the list, in hex
	Kind    string `json:"kind"`
	Options string `json:"options"` // reason, limit, min_class, map, ignore, sheet, as in an address
}

// differs says how another call differs, "" if it does not.
func (m *listMark) differs(other *listMark) string {
	switch {
	case other.SHA256 == "":
		return "its first row does not say of which list it is"
	case m.Kind != other.Kind:
		return "it holds answers to a list of " + other.Kind
	case m.SHA256 != other.SHA256:
		return "it holds answers to another list, or the list has changed"
	case m.Options != other.Options:
		return "it was made with other options: " + other.Options
	}
	return ""
}
