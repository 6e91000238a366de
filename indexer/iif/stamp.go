package iif

import "encoding/json"

// Stamp returns a form that Parse accepts with entered_by and entered_at_unit as given, where they are not "", in place of what
// it says of them itself. All other members stay as they are written.
func Stamp(value []byte, enteredBy, enteredAtUnit string) []byte {
	stamps := map[string]string{"entered_by": enteredBy, "entered_at_unit": enteredAtUnit}
	out := make([]byte, 0, len(value)+len(enteredBy)+len(enteredAtUnit)+64)
	member := func(b []byte) {
		if len(out) > 0 {
			out = append(out, ',')
		} else {
			out = append(out, '{')
		}
		out = append(out, b...)
	}
	for _, name := range []string{"entered_by", "entered_at_unit"} {
		if text := stamps[name]; text != "" {
			said, _ := json.Marshal(text) // a string never fails
			member(append([]byte(`"`+name+`":`), said...))
		}
	}
	d := decoder{in: TrimMark(value)}
	err := d.members('{', '}', func() *Error {
		d.space()
		start := d.pos
		key, err := d.key()
		if err != nil {
			return err
		}
		kept := stamps[string(key)] == ""
		d.pos++ // the colon
		if err := d.skip(); err != nil {
			return err
		}
		if kept {
			member(d.in[start:d.pos])
		}
		return nil
	})
	if err != nil {
		panic("BUG: iif: a form to be stamped breaks a rule: " + err.Reason)
	}
	return append(out, '}')
}
