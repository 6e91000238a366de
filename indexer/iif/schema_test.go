package iif

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:anvesh:iif:1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:anvesh:iif:1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaAgrees: what Parse accepts the schema accepts; what Parse refuses for its shape the schema refuses.
func TestSchemaAgrees(t *testing.T) {
	s := compile(t)
	f := func(value string, want bool) {
		t.Helper()
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
		if err != nil {
			t.Fatalf("%v in %s", err, value)
		}
		if err := s.Validate(v); (err == nil) != want {
			t.Errorf("valid by the schema: %v, by Parse: %v: %v in %.300s", err == nil, want, err, value)
		}
	}
	for _, value := range good {
		f(value, true)
	}
	f(typicalIIF1, true)
	for value := range badShapes {
		if _, err := Parse([]byte(testFIR), []byte(value)); err == nil {
			t.Errorf("Parse accepts %.300s", value)
		}
		f(value, false)
	}
}

// TestSchemaMatchesTypes holds schema and types together, field by field and in both directions.
func TestSchemaMatchesTypes(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	c := &comparison{t: t, defs: doc["$defs"].(map[string]any), used: map[string]bool{"date": true, "time": true}}
	c.object("form", doc, formTable(), reflect.TypeFor[Form]())
	for name := range c.defs {
		if !c.used[name] {
			t.Errorf("$defs/%s: no type has it", name)
		}
	}
}

// A comparison walks schema and types side by side.
type comparison struct {
	t    *testing.T
	defs map[string]any
	used map[string]bool
}

// object compares a struct with an object of the schema.
func (c *comparison) object(path string, s map[string]any, tab *table, rt reflect.Type) {
	props, _ := s["properties"].(map[string]any)
	var required []any
	for i := range tab.fields {
		f := &tab.fields[i]
		p, ok := props[f.name].(map[string]any)
		if !ok {
			c.t.Errorf("%s.%s: not in the schema", path, f.name)
			continue
		}
		if p["description"] == "" || p["description"] == nil {
			c.t.Errorf("%s.%s: no description", path, f.name)
		}
		if f.required {
			required = append(required, f.name)
		}
		c.field(path+"."+f.name, p, f, rt.Field(f.index).Type)
	}
	for name := range props {
		if _, ok := tab.byName[name]; !ok {
			c.t.Errorf("%s.%s: not in the types", path, name)
		}
	}
	c.equal(path+" required", s["required"], orNil(required))
	c.equal(path+" type", s["type"], "object")
	c.keys(path, s, "$schema", "$id", "$comment", "$defs", "title", "description", "type", "required", "properties")
}

func orNil(list []any) any {
	if list == nil {
		return nil
	}
	return list
}

// field compares one field's rules with its schema, no rule more on either side.
func (c *comparison) field(path string, s map[string]any, f *field, rt reflect.Type) {
	switch f.kind {
	case kindText:
		c.text(path, s, f)
	case kindCode:
		var list []any
		for _, code := range codes[f.list] {
			list = append(list, code)
		}
		c.equal(path+" enum", s["enum"], list)
		c.keys(path, s, "enum", "description")
	case kindDate, kindTime:
		name := map[kind]string{kindDate: "date", kindTime: "time"}[f.kind]
		c.equal(path, s["$ref"], "#/$defs/"+name)
		c.keys(path, s, "$ref", "description")
	case kindInt, kindIntPtr, kindFloat:
		name := "integer"
		if f.kind == kindFloat {
			name = "number"
		}
		c.equal(path+" type", s["type"], name)
		c.equal(path+" minimum", s["minimum"], f.min)
		c.equal(path+" maximum", s["maximum"], f.max)
		c.keys(path, s, "type", "minimum", "maximum", "description")
	case kindBool:
		c.equal(path+" type", s["type"], "boolean")
		c.keys(path, s, "type", "description")
	case kindPointer:
		c.ref(path, s, f, rt.Elem())
	case kindTexts, kindObjects:
		c.equal(path+" type", s["type"], "array")
		c.equal(path+" maxItems", s["maxItems"], float64(f.items))
		c.keys(path, s, "type", "maxItems", "items", "description")
		items, _ := s["items"].(map[string]any)
		if f.kind == kindObjects {
			c.ref(path+"[]", items, f, rt.Elem())
		} else {
			c.text(path+"[]", items, f)
		}
	default:
		c.t.Errorf("%s: a kind that this test does not know", path)
	}
}

// text compares a string's rules.
func (c *comparison) text(path string, s map[string]any, f *field) {
	c.equal(path+" type", s["type"], "string")
	if f.shape != nil {
		c.equal(path+" pattern", s["pattern"], f.shape.pattern)
		c.keys(path, s, "type", "pattern", "description")
		return
	}
	var least any
	if f.required {
		least = 1.0
	}
	c.equal(path+" minLength", s["minLength"], least)
	c.equal(path+" maxLength", s["maxLength"], float64(f.runes))
	c.equal(path+" pattern", s["pattern"], `^[^\x00]*$`)
	c.keys(path, s, "type", "minLength", "maxLength", "pattern", "description")
}

// ref follows a reference into $defs.
func (c *comparison) ref(path string, s map[string]any, f *field, rt reflect.Type) {
	name := strings.ToLower(rt.Name())
	c.equal(path, s["$ref"], "#/$defs/"+name)
	c.keys(path, s, "$ref", "description")
	if c.used[name] {
		return
	}
	c.used[name] = true
	def, ok := c.defs[name].(map[string]any)
	if !ok {
		c.t.Errorf("$defs/%s is missing", name)
		return
	}
	c.object(name, def, f.sub, rt)
}

// keys refuses a rule of the schema that the comparison does not know.
func (c *comparison) keys(path string, s map[string]any, known ...string) {
	for k := range s {
		if !slices.Contains(known, k) {
			c.t.Errorf("%s: %s stands in the schema only", path, k)
		}
	}
}

func (c *comparison) equal(path string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		c.t.Errorf("%s: the schema has %v, the types %v", path, got, want)
	}
}

// TestEveryCodeIsUsed: a code list without a field, or a field without one, is a slip.
func TestEveryCodeIsUsed(t *testing.T) {
	used := make(map[string]bool)
	var walk func(tab *table)
	walk = func(tab *table) {
		for i := range tab.fields {
			f := &tab.fields[i]
			if f.list != "" && len(f.codes) == 0 {
				t.Errorf("%s: no code list %s", f.name, f.list)
			}
			used[f.list] = true
			if f.sub != nil {
				walk(f.sub)
			}
		}
	}
	walk(formTable())
	for name := range codes {
		if !used[name] {
			t.Errorf("code list %s is not used", name)
		}
	}
}

// TestParts: the parts that Unknown reports are those that the tags give to one form.
func TestParts(t *testing.T) {
	want := map[string]string{}
	for _, f := range formTable().fields {
		if f.of != "" {
			want[f.name] = f.of
		}
	}
	got := map[string]string{}
	for _, p := range new(Form).parts() {
		got[p.name] = p.of
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
