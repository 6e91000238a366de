package iif

import (
	"time"

	"anvesh/storage"
)

// parseTime reads an RFC 3339 time with offset: YYYY-MM-DDThh:mm:ss, an optional fraction of 1 to 9 digits,
// Z or an offset. Years 1900 to 2099; no leap seconds, no lower case. Indian offsets give IST, Z gives UTC.
func parseTime(b []byte) (time.Time, bool) {
	if len(b) < 20 || b[0] == '1' && b[1] == '8' || !isDate(b[:10]) || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return time.Time{}, false
	}
	hour, ok1 := two(b[11:], 23)
	minute, ok2 := two(b[14:], 59)
	second, ok3 := two(b[17:], 59)
	nanos, rest, ok4 := fraction(b[19:])
	loc, ok5 := offset(rest)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return time.Time{}, false
	}
	year, month, day := ymd(b)
	return time.Date(year, time.Month(month), day, hour, minute, second, nanos, loc), true
}

// fraction reads an optional fraction of a second.
func fraction(b []byte) (nanos int, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' {
		return 0, b, true
	}
	n := 0
	for scale := 100_000_000; n+1 < len(b) && digit(b[n+1]) && n < 9; n++ {
		nanos += int(b[n+1]-'0') * scale
		scale /= 10
	}
	return nanos, b[n+1:], n > 0
}

// offset reads Z or ±hh:mm.
func offset(b []byte) (*time.Location, bool) {
	if len(b) == 1 && b[0] == 'Z' {
		return time.UTC, true
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return nil, false
	}
	h, ok1 := two(b[1:], 23)
	m, ok2 := two(b[4:], 59)
	if !ok1 || !ok2 {
		return nil, false
	}
	s := h*3600 + m*60
	if b[0] == '-' {
		s = -s
	}
	switch s {
	case 0:
		return time.UTC, true
	case storage.ISTOffset:
		return storage.IST, true
	}
	return time.FixedZone("", s), true
}

// isDate reports whether b is a day of the calendar, YYYY-MM-DD, 1850 to 2099.
func isDate(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	for _, i := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if !digit(b[i]) {
			return false
		}
	}
	year, month, day := ymd(b)
	if year < 1850 || year > 2099 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= 28 || day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// ymd reads year, month and day from digits that were checked.
func ymd(b []byte) (year, month, day int) {
	d := func(i int) int { return int(b[i] - '0') }
	return d(0)*1000 + d(1)*100 + d(2)*10 + d(3), d(5)*10 + d(6), d(8)*10 + d(9)
}

// two reads two digits of at most top.
func two(b []byte, top int) (int, bool) {
	if !digit(b[0]) || !digit(b[1]) {
		return 0, false
	}
	n := int(b[0]-'0')*10 + int(b[1]-'0')
	return n, n <= top
}
