package iif

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

// wide encodes text in units of two bytes.
func wide(order binary.AppendByteOrder, text string) (b []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func zipped(t *testing.T, text string) (gz, zl []byte) {
	t.Helper()
	var a, b bytes.Buffer
	g, z := gzip.NewWriter(&a), zlib.NewWriter(&b)
	g.Write([]byte(text))
	z.Write([]byte(text))
	if err := errors.Join(g.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes()
}

// A byte order mark is passed over; whatever else a form comes wrapped in is named, with what ends it.
func TestWrappings(t *testing.T) {
	form := head("IIF1") + `,"persons":[{"ref":"A1","role":"accused","name":"Rohtash Beniwal","name_hi":"रोहताश बेनीवाल"}]}`
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	gz, zl := zipped(t, form)
	f := func(value, is, end string) {
		t.Helper()
		_, err := Parse([]byte(testFIR), []byte(value))
		var e *Error
		switch {
		case is == "" && err != nil:
			t.Errorf("refused: %v", err)
		case is == "":
		case !errors.As(err, &e) || e.Field != "" || !strings.HasPrefix(e.Reason, "must be a JSON object; it is "+is) || !strings.Contains(e.Reason, end):
			t.Errorf("want %q and %q: %v", is, end, err)
		case Wrapped([]byte(value)) == nil || Wrapped([]byte(byteOrderMark+value)) == nil && value != "":
			t.Errorf("%s: Wrapped says nothing", is)
		case len(e.Reason) > 390 || strings.Contains(e.Reason, "Rohtash"):
			t.Errorf("reason %q", e.Reason)
		}
	}
	f(byteOrderMark+form, "", "")
	f(byteOrderMark+byteOrderMark+" \r\n"+form+"\n", "", "")
	f("", "empty", "a withdrawal is a null")
	const registry, schemas = "\x00\x00\x00\x04\xd2", "value.converter.schemas.enable=false"
	f(registry+form, "JSON behind the five bytes of a schema registry", schemas)
	f(registry+"\x02\x1c13225008230123", "Avro or Protobuf behind the five bytes", schemas)
	f(quote(form), "a JSON string that holds JSON", "value.converter=org.apache.kafka.connect.storage.StringConverter")
	f(" "+quote(quote(form)), "a JSON string that holds JSON", "encode once")
	f(quote("Rohtash"), "a JSON string:", "StringConverter")
	f(quote(base64.StdEncoding.EncodeToString([]byte(form))), "a JSON string of base64", "ByteArrayConverter")
	f(base64.StdEncoding.EncodeToString([]byte(form)), "base64", "ByteArrayConverter")
	f(base64.URLEncoding.EncodeToString([]byte("\n"+form)), "base64", "ByteArrayConverter")
	f(base64.StdEncoding.EncodeToString(gz), "base64", "ByteArrayConverter")
	f(`{"schema":{"type":"struct","fields":[]},"payload":`+form+`}`, "Connect's envelope", schemas)
	f(`{"schema":null,"payload":`+quote(form)+`}`, "Connect's envelope", schemas)
	f(`{"before":null,"after":`+form+`,"op":"c"}`, "Debezium's envelope", "ExtractNewRecordState")
	f(`{"specversion":"1.0","type":"form","source":"/","id":"1","data":`+form+`}`, "a structured CloudEvent", "binary content mode")
	f(`{"value":`+form+`}`, "an object around the form", "its only field")
	f("["+form+"]", "a list", "a message of its own")
	f(string(gz), "compressed by gzip", "compression.type")
	f(string(zl), "compressed by zlib", "compression.type")
	f("\x28\xb5\x2f\xfd\x04\x00", "compressed by zstd", "compression.type")
	f("\x04\x22\x4d\x18\x64", "compressed by lz4", "compression.type")
	f("\x82SNAPPY\x00\x00", "compressed by snappy", "compression.type")
	f("PK\x03\x04\x14", "a zip file", "")
	f(string(wide(binary.LittleEndian, form)), "UTF-16", "write it as UTF-8")
	f(string(wide(binary.BigEndian, form)), "UTF-16", "write it as UTF-8")
	f("\xff\xfe"+string(wide(binary.LittleEndian, form)), "UTF-16", "write it as UTF-8")
	f("\xfe\xff"+string(wide(binary.BigEndian, form)), "UTF-16", "write it as UTF-8")
	f("{\x00\x00\x00\"\x00\x00\x00", "UTF-32", "write it as UTF-8")
	f("Obj\x01\x04\x16avro.schema", "an Avro file", schemas)
	f("\xc3\x01\x12\x34", "Avro", schemas)
	f("\x08\x01\x12\x04IIF1\x1a\x0e13225008230123", "Protobuf, as it seems", schemas)
	f("\x82\xa6schema\x01\xa4form\xa4IIF1", "MessagePack or CBOR", schemas)
	f("\xa2\x66schema\x01\x64form\x64IIF1", "MessagePack or CBOR", schemas)
	f("\xac\xed\x00\x05sr", "a Java object", schemas)
	f("<form/>", "XML", "JSON")
	f("Struct{schema=1,form=IIF1}", "a Connect struct", schemas)
}

// What is no form and not known to be wrapped keeps its plain reason.
func TestNotWrapped(t *testing.T) {
	for _, value := range []string{"13225008230123", "null", "true", "form", "withdraw", `{"schema":2}`, `{"form_id":"1","schema":1,"payload":1}`, head("IIF1"), "Rohtash Beniwal"} {
		if err := Wrapped([]byte(value)); err != nil {
			t.Errorf("%.40q: %v", value, err)
		}
	}
	for _, value := range good {
		if err := Wrapped([]byte(value)); err != nil {
			t.Errorf("a form is called wrapped: %v", err)
		}
	}
	two := head("IIF1") + "}\n" + head("IIF1") + "}"
	if _, err := Parse([]byte(testFIR), []byte(two)); err == nil || !strings.Contains(err.Error(), "send each form as a message of its own") {
		t.Errorf("two forms in one message: %v", err)
	}
}

// A key that came wrapped is refused with what ends it.
func TestWrappedKeys(t *testing.T) {
	f := func(key, is, end string) {
		t.Helper()
		err := CheckKey([]byte(key))
		var e *Error
		if !errors.As(err, &e) || e.Field != "key" || !strings.Contains(e.Reason, "13 to 17 digits; it is "+is) || !strings.Contains(e.Reason, end) {
			t.Errorf("want %q and %q: %v", is, end, err)
		}
	}
	f(`"13225008230123"`, "a JSON string", "key.converter=org.apache.kafka.connect.storage.StringConverter")
	f(`{"schema":{"type":"string"},"payload":"13225008230123"}`, "Connect's envelope", "key.converter.schemas.enable=false")
	f("\x00\x00\x00\x04\xd2\x1c13225008230123", "text behind the five bytes", "key.serializer=")
	f(string(binary.BigEndian.AppendUint64(nil, 13225008230123)), "a number of eight bytes", "key.serializer=")
	f(string(wide(binary.LittleEndian, "13225008230123")), "UTF-16", "UTF-8")
	for _, key := range []string{"", "13225008", "FIR 123/2026", "1322500823012x"} {
		if err := CheckKey([]byte(key)); err == nil || strings.Contains(err.Error(), "it is") {
			t.Errorf("%q: %v", key, err)
		}
	}
}
