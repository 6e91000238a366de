package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/query"
	"anvesh/query/phrase"
)

// A request is a row while it is read: the cells of each field, then their values.
type request struct {
	kind    string
	cells   map[string]cell // by field
	values  map[string]string
	numbers map[string]int
	lists   map[string][]string
	remarks []Remark
	fault   *Fault
}

// gather takes each field's cell from its columns: the first that is filled, by rank; parts of a name are joined.
func (q *request) gather(columns []column, cells []cell) {
	q.cells, q.values, q.numbers, q.lists = map[string]cell{}, map[string]string{}, map[string]int{}, map[string][]string{}
	rank := map[string]int{}
	var parts [4]string
	for i, c := range cells[:min(len(cells), len(columns))] {
		col := columns[i]
		text := strings.TrimSpace(c.text)
		if col.field == "" || text == "" {
			continue
		}
		c.text = unmangle(text)
		if col.part > 0 {
			parts[col.part] = c.text
			continue
		}
		if _, have := q.cells[col.field]; !have || col.rank < rank[col.field] {
			q.cells[col.field], rank[col.field] = c, col.rank
		}
	}
	if _, have := q.cells["name"]; !have {
		if whole := strings.Join(strings.Fields(strings.Join(parts[:], " ")), " "); whole != "" {
			q.cells["name"] = cell{text: whole}
		}
	}
}

// read reads all cells. What cannot be read is left out and said; the row is at fault where nothing that it is about
// remains.
func (q *request) read() {
	lost := ""
	for _, f := range fieldsOf(q.kind) {
		c, have := q.cells[f.name]
		if !have {
			continue
		}
		if why := destroyed(&f, c); why != "" {
			if lost == "" || f.name == "name" {
				lost = f.name
			}
			q.remark(f.name, why)
			continue
		}
		q.readCell(&f, c)
	}
	q.preferYear()
	if lost != "" && !q.asks(lost) {
		at := slices.IndexFunc(q.remarks, func(r Remark) bool { return strings.HasPrefix(r.Text, lost+": ") })
		q.fault = &Fault{Code: "bad_value", Field: lost, Message: q.remarks[at].Text, Hindi: q.remarks[at].Hindi}
	}
}

// asks reports whether a row of which a field was lost can still be searched for: a person by the name, a vehicle by
// any of its numbers.
func (q *request) asks(lost string) bool {
	if q.kind == Vehicles {
		return q.values["registration"]+q.values["chassis"]+q.values["engine"] != ""
	}
	return q.values["name"] != "" || lost != "name" && q.values["alias"]+q.values["relative"] != ""
}

// remark says what was left out of a field, or how it was read.
func (q *request) remark(field string, p phrase.Phrase, with ...string) {
	english, hindi := p.With(with...)
	q.remarks = append(q.remarks, Remark{field + ": " + english, phrase.LabelOf(field).Hindi + ": " + hindi})
}

// readCell reads one cell by its field's kind.
func (q *request) readCell(f *fieldInfo, c cell) {
	switch f.kind {
	case asAge:
		q.readAge(c.text)
	case asYear:
		q.readYear(c)
	case asGender:
		q.readGender(c.text)
	case asWhole:
		if n, err := strconv.Atoi(query.ASCIIDigits(strings.TrimSuffix(c.text, ".0"))); err == nil {
			q.numbers[f.name] = n
		} else {
			q.fault = badField(f.name, phrase.NotWhole)
		}
	case asList:
		for _, item := range strings.FieldsFunc(c.text, func(r rune) bool { return r == ';' || r == ',' }) {
			if item = strings.ToLower(strings.TrimSpace(item)); item != "" {
				q.lists[f.name] = append(q.lists[f.name], item)
			}
		}
	case asNumber:
		q.values[f.name] = strings.TrimPrefix(c.text, "'") // a spreadsheet's mark of text
	default:
		text := c.text
		if f.name == "place" && utf8.RuneCountInString(text) > query.MaxText {
			text = string([]rune(text)[:query.MaxText])
			q.remark(f.name, phrase.CutText)
		}
		q.values[f.name] = text
	}
}

// A person's age as lists write it.
var (
	agePlain  = regexp.MustCompile(`^(?:about|approx|approximately|appx|abt|around|circa|c|age|aged|लगभग|करीब|आयु|उम्र)?[. ~:-]*(\d{1,3})(?:[.,]\d+)?` + ageUnit + `(?:[ ,]*(?:and )?\d{1,2} ?(?:m|mth|mths|month|months|माह|महीने|महीना))?(?: ?(?:approx|about|old|लगभग|करीब|का|की|के))*\.?$`)
	ageRange  = regexp.MustCompile(`^(\d{1,3})` + ageUnit + ` ?(?:-|–|—|/|to|से) ?(\d{1,3})` + ageUnit + `\.?$`)
	ageGender = regexp.MustCompile(`^(\d{1,3})` + ageUnit + ` ?[/,(-]? ?(m|f|t|male|female|पुरुष|महिला|स्त्री)\)?$`)
	yearAlone = regexp.MustCompile(`^(19|20)\d{2}$`)
	yearFirst = regexp.MustCompile(`^((?:19|20)\d{2})[-/.]\d{1,2}[-/.]\d{1,2}(?:[ t].*)?$`)
	yearLast  = regexp.MustCompile(`^\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9}|[^\x00-\x7f]+)[-/., ]+((?:19|20)\d{2})(?: .*)?$`)
)

const ageUnit = ` ?(?:(?:years?|yrs?|ys?|saal|sal|varsh|वर्षीय|वर्ष|साल|बरस|व)\.?)?`

// nothingSaid are cells that say that nothing is known.
var nothingSaid = []string{"na", "n/a", "n.a", "n.a.", "nil", "none", "null", "nan", "-", "--", "---", ".", "*", "?", "x", "xx", "xxx", "0", "00",
	"unknown", "not known", "notknown", "not available", "not applicable", "nahi", "nk", "n.k.", "अज्ञात", "ज्ञात नहीं", "पता नहीं", "मालूम नहीं", "नामालूम", "ना मालूम", "नहीं", "निल"}

// readAge reads an age in years, a range of ages, or a birth year in its place.
func (q *request) readAge(text string) {
	text = flatValue(text)
	if slices.Contains(nothingSaid, text) {
		q.remark("age", phrase.AgeUnknown)
		return
	}
	if m := agePlain.FindStringSubmatch(text); m != nil {
		q.setAge(m[1])
		return
	}
	if m := ageGender.FindStringSubmatch(text); m != nil {
		q.setAge(m[1])
		if _, have := q.cells["gender"]; !have {
			q.readGender(m[2])
		}
		return
	}
	if m := ageRange.FindStringSubmatch(text); m != nil {
		low, _ := strconv.Atoi(m[1])
		high, _ := strconv.Atoi(m[2])
		if low > 0 && low <= high && high <= query.MaxAge {
			q.setRange(low, high)
			return
		}
	}
	if year := yearOf(text); year != 0 && q.setYear(year) {
		q.remark("age", phrase.AgeAsYear, strconv.Itoa(year))
		return
	}
	q.remark("age", phrase.AgeUnread)
}

// setAge sets an age of digits.
func (q *request) setAge(digits string) {
	if n, _ := strconv.Atoi(digits); n >= 1 && n <= query.MaxAge {
		q.numbers["age"] = n
		return
	}
	q.remark("age", phrase.AgeOdd)
}

// setRange sets an age in the middle of a range, with as much tolerance as reaches its ends.
func (q *request) setRange(low, high int) {
	middle := (low + high + 1) / 2
	around := min(max(high-middle, middle-low, query.UsualTolerance), query.MaxTolerance)
	q.numbers["age"] = middle
	if _, have := q.cells["tolerance"]; !have {
		q.numbers["tolerance"] = around
	}
	q.remark("age", phrase.AgeAsRange, strconv.Itoa(middle), strconv.Itoa(around))
}

// readYear reads a birth year, or the year of a birth date.
func (q *request) readYear(c cell) {
	text := flatValue(c.text)
	if slices.Contains(nothingSaid, text) {
		q.remark("birth_year", phrase.YearUnknown)
		return
	}
	if year := yearOf(text); year == 0 || !q.setYear(year) {
		q.remark("birth_year", phrase.YearUnread)
	}
}

// yearOf finds the year of a date, or a year alone; 0 where there is none of four digits.
func yearOf(text string) int {
	text = strings.TrimSuffix(text, ".0")
	if yearAlone.MatchString(text) {
		n, _ := strconv.Atoi(text)
		return n
	}
	for _, form := range []*regexp.Regexp{yearFirst, yearLast} {
		if m := form.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n
		}
	}
	return 0
}

// setYear sets a birth year that may be one.
func (q *request) setYear(year int) bool {
	if year < query.MinBirthYear || year > time.Now().Year() {
		return false
	}
	q.numbers["birth_year"] = year
	return true
}

// preferYear keeps the birth year where both are given, as a search takes one of them.
func (q *request) preferYear() {
	_, year := q.numbers["birth_year"]
	if _, age := q.numbers["age"]; age && year {
		delete(q.numbers, "age")
		q.remark("age", phrase.AgeNeedless)
	}
}

// genders are what lists write for a gender.
var genders = map[string]string{"m": "M", "male": "M", "man": "M", "boy": "M", "पुरुष": "M", "पु": "M", "पु.": "M", "पुं": "M", "नर": "M", "purush": "M",
	"f": "F", "female": "F", "woman": "F", "girl": "F", "महिला": "F", "म": "F", "म.": "F", "स्त्री": "F", "mahila": "F",
	"t": "T", "transgender": "T", "trans": "T", "tg": "T", "third gender": "T", "ट्रांसजेंडर": "T", "किन्नर": "T", "उभयलिंगी": "T"}

// readGender reads a gender; it is scored and never excludes, so one that is not understood is left out.
func (q *request) readGender(text string) {
	if g := genders[flatValue(text)]; g != "" {
		q.values["gender"] = g
		return
	}
	q.remark("gender", phrase.GenderUnread)
}

// flatValue writes a value in small letters, digits 0 to 9 and single spaces.
func flatValue(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(query.ASCIIDigits(s))), " ")
}

// object is the request as JSON, its fields in the order of the contract.
func (q *request) object() []byte {
	b := []byte{'{'}
	for _, f := range fieldsOf(q.kind) {
		var v any
		if text, ok := q.values[f.name]; ok {
			v = text
		} else if n, ok := q.numbers[f.name]; ok {
			v = n
		} else if items, ok := q.lists[f.name]; ok {
			v = items
		} else {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = appendJSON(b, f.name)
		b = appendJSON(append(b, ':'), v)
	}
	return append(b, '}')
}
