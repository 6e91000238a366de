package match

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/valyala/fastjson"
)

// objectRows reads NDJSON: one object a line; empty lines are passed over. A row goes on as it is, unless a column is
// mapped, the reason dropped, or a value must be read as a list's: what is no request, the service says.
type objectRows struct {
	lines      *lineReader
	kind       string
	columns    map[string]string
	dropReason bool
	parser     fastjson.Parser
}

func (o *objectRows) next() (Row, error) {
	for {
		t, err := o.lines.next()
		if err != nil {
			return Row{}, err
		}
		r := Row{Line: o.lines.line}
		if t.long || len(t.text) >= maxRow {
			r.Fault = errLongRow
			return r, nil
		}
		if len(bytes.TrimSpace(t.text)) == 0 {
			continue
		}
		r.Cells = []string{string(t.text)}
		o.read(&r, t.text)
		return r, nil
	}
}

// read makes a line a row.
func (o *objectRows) read(r *Row, text []byte) {
	r.Object = text
	if !json.Valid(text) {
		return
	}
	v, err := o.parser.ParseBytes(text)
	if err != nil || v.Type() != fastjson.TypeObject {
		return
	}
	r.Ref = string(v.GetStringBytes("ref"))
	fields := v.GetObject()
	changed := o.rename(fields)
	q := request{kind: o.kind}
	q.gather(nil, nil)
	if o.values(&q, fields) {
		changed = true
	}
	r.Remarks, r.Fault = q.remarks, q.fault
	switch {
	case q.fault != nil:
		r.Object = nil
	case changed:
		r.Object = v.MarshalTo(nil)
	}
}

// rename gives mapped fields their names, and drops what is passed over.
func (o *objectRows) rename(fields *fastjson.Object) (changed bool) {
	if len(o.columns) == 0 && !o.dropReason {
		return false
	}
	for _, name := range keysOf(fields) {
		field, mapped := o.columns[plainHeading(name)]
		if !mapped {
			field = name
		}
		value := fields.Get(name)
		switch {
		case field == "-" || o.dropReason && field == "reason":
			fields.Del(name)
			changed = true
		case mapped && field != name:
			fields.Del(name)
			fields.Set(field, value)
			changed = true
		}
	}
	return changed
}

// values reads what a list may write otherwise than a request does, and leaves out what is destroyed.
func (o *objectRows) values(q *request, fields *fastjson.Object) (changed bool) {
	keys := keysOf(fields)
	for _, name := range keys {
		f := findField(o.kind, name)
		v := fields.Get(name)
		if f == nil || v == nil {
			continue
		}
		text, isText := v.Type() == fastjson.TypeString, false
		switch f.kind {
		case asAge, asYear, asWhole:
			isText = text || v.Type() == fastjson.TypeNumber && strings.ContainsAny(v.String(), ".eE")
		case asText, asNumber, asGender:
			isText = text
		}
		if !isText {
			continue
		}
		was := v.String()
		if text {
			was = string(v.GetStringBytes())
		}
		if strings.TrimSpace(was) != "" {
			q.cells[name] = cell{text: unmangle(strings.TrimSpace(was))}
		}
	}
	q.read()
	return o.write(q, fields)
}

// write puts back what was read otherwise than it stands there.
func (o *objectRows) write(q *request, fields *fastjson.Object) (changed bool) {
	var arena fastjson.Arena
	for name, c := range q.cells {
		if text, ok := q.values[name]; ok && text == c.text && string(fields.Get(name).GetStringBytes()) == text {
			continue
		}
		fields.Del(name)
		changed = true
	}
	if !changed {
		return false
	}
	for name := range q.values {
		if fields.Get(name) == nil {
			fields.Set(name, arena.NewString(q.values[name]))
		}
	}
	for name, n := range q.numbers {
		if fields.Get(name) == nil {
			fields.Set(name, arena.NewNumberInt(n))
		}
	}
	return true
}

func keysOf(fields *fastjson.Object) (names []string) {
	fields.Visit(func(name []byte, _ *fastjson.Value) { names = append(names, string(name)) })
	return names
}
