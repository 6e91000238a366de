package iif

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
)

// Producers and connectors wrap what they send in ways that are one setting away from right. A form that came wrapped is
// refused, and the reason says in what and which setting ends it. Only a byte order mark is passed over: it says nothing.

// byteOrderMark is U+FEFF in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// TrimMark returns value without the byte order mark that some editors and exports write before a text.
func TrimMark(value []byte) []byte {
	for len(value) >= len(byteOrderMark) && string(value[:len(byteOrderMark)]) == byteOrderMark {
		value = value[len(byteOrderMark):]
	}
	return value
}

// Wrapped returns an [*Error] that says what value came wrapped in, nil where it is not known to be wrapped. It does not
// tell whether a value that is not wrapped is a form.
func Wrapped(value []byte) error {
	if w := wrapping(TrimMark(value)); w != nil {
		return &Error{Reason: w.reason("must be a JSON object", "value")}
	}
	return nil
}

// A wrap is a kind of wrapping: what it is, and what ends it, with SIDE where a setting begins with "value" or "key".
type wrap struct{ is, end string }

func (w *wrap) reason(want, side string) string {
	return want + "; it is " + w.is + ": " + strings.ReplaceAll(w.end, "SIDE", side)
}

// The settings that end most of it.
const (
	plainJSON   = "set SIDE.converter=org.apache.kafka.connect.json.JsonConverter and SIDE.converter.schemas.enable=false in Connect, or SIDE.serializer=org.apache.kafka.common.serialization.StringSerializer in a producer"
	plainString = "set SIDE.converter=org.apache.kafka.connect.storage.StringConverter in Connect, and encode once in a producer"
	plainBytes  = "set SIDE.converter=org.apache.kafka.connect.converters.ByteArrayConverter in Connect, or send the bytes themselves in a producer"
	topicZip    = "compress batches, which is undone on the way, with compression.type of the producer"
	asUTF8      = "write it as UTF-8, as SIDE.serializer.encoding=UTF-8 does"
)

// Kinds of wrapping that have no bytes of their own.
var (
	wrapEmpty     = &wrap{"empty", "a withdrawal is a null, not an empty text (kcat -Z)"}
	wrapUTF16     = &wrap{"UTF-16", asUTF8}
	wrapUTF32     = &wrap{"UTF-32", asUTF8}
	wrapString    = &wrap{"a JSON string that holds JSON, encoded twice", plainString}
	wrapQuoted    = &wrap{"a JSON string", plainString}
	wrapBase64    = &wrap{"base64", plainBytes}
	wrapBytes     = &wrap{"a JSON string of base64, as JsonConverter writes bytes", plainBytes}
	wrapRegistry  = &wrap{"JSON behind the five bytes of a schema registry", plainJSON}
	wrapAvro      = &wrap{"Avro or Protobuf behind the five bytes of a schema registry", plainJSON}
	wrapProtobuf  = &wrap{"Protobuf, as it seems", plainJSON}
	wrapConnect   = &wrap{`Connect's envelope of "schema" and "payload"`, "set SIDE.converter.schemas.enable=false in Connect"}
	wrapDebezium  = &wrap{`Debezium's envelope of "before" and "after"`, "set transforms=unwrap and transforms.unwrap.type=io.debezium.transforms.ExtractNewRecordState in Connect"}
	wrapEvent     = &wrap{"a structured CloudEvent", "send it in binary content mode, with the form alone as data"}
	wrapMember    = &wrap{"an object around the form", "send what its only field holds"}
	wrapList      = &wrap{"a list", "send each form as a message of its own"}
	wrapLong      = &wrap{"a number of eight bytes", "set SIDE.serializer=org.apache.kafka.common.serialization.StringSerializer in the producer, or SIDE.converter=org.apache.kafka.connect.storage.StringConverter in Connect"}
	packedNumbers = &wrap{"MessagePack or CBOR", plainJSON}
)

// magics are kinds of wrapping that begin with bytes of their own.
var magics = []struct {
	magic string
	wrap
}{
	{"\xff\xfe\x00\x00", *wrapUTF32}, {"\x00\x00\xfe\xff", *wrapUTF32}, {"\xff\xfe", *wrapUTF16}, {"\xfe\xff", *wrapUTF16},
	{"\x1f\x8b", wrap{"compressed by gzip", topicZip}},
	{"\x28\xb5\x2f\xfd", wrap{"compressed by zstd", topicZip}},
	{"\x04\x22\x4d\x18", wrap{"compressed by lz4", topicZip}},
	{"\x82SNAPPY\x00", wrap{"compressed by snappy", topicZip}},
	{"\xff\x06\x00\x00sNaPpY", wrap{"compressed by snappy", topicZip}},
	{"BZh", wrap{"compressed by bzip2", topicZip}},
	{"\xfd7zXZ\x00", wrap{"compressed by xz", topicZip}},
	{"PK\x03\x04", wrap{"a zip file", "send the form that is in it"}},
	{"\xac\xed\x00\x05", wrap{"a Java object", plainJSON}},
	{"Obj\x01", wrap{"an Avro file", plainJSON}},
	{"\xc3\x01", wrap{"Avro", plainJSON}},
	{"\x03\x00", wrap{"a message of the Glue schema registry", plainJSON}},
	{"\x03\x05", wrap{"a message of the Glue schema registry", plainJSON}},
	{"<", wrap{"XML", "send the form as JSON"}},
	{"Struct{", wrap{"a Connect struct written as text", plainJSON}},
}

// wrapping tells what a value without byte order mark came wrapped in, nil where that is not known.
func wrapping(value []byte) *wrap {
	text := bytes.TrimLeft(value, " \t\r\n")
	switch {
	case len(value) == 0:
		return wrapEmpty
	case utf16Text(value):
		return wrapUTF16
	case utf32Text(value):
		return wrapUTF32
	case len(text) > 0 && text[0] == '{':
		return envelope(text)
	case len(text) > 0 && text[0] == '[':
		return wrapList
	case len(text) > 0 && text[0] == '"':
		return quoted(text)
	case value[0] == 0 && len(value) > 5:
		if inner := bytes.TrimLeft(TrimMark(value[5:]), " \t\r\n"); len(inner) > 0 && inner[0] == '{' {
			return wrapRegistry
		}
		return wrapAvro
	}
	for i := range magics {
		if bytes.HasPrefix(value, []byte(magics[i].magic)) {
			return &magics[i].wrap
		}
	}
	return binaryWrap(value)
}

// binaryWrap recognises what has no magic bytes by its structure.
func binaryWrap(value []byte) *wrap {
	switch {
	case holdsBase64(value):
		return wrapBase64
	case len(value) > 1 && value[0]&0x0f == 8 && value[0]>>4 <= 7 && binary.BigEndian.Uint16(value)%31 == 0: // RFC 1950
		return &wrap{"compressed by zlib", topicZip}
	case len(value) > 1 && packedMap(value[0], value[1]):
		return packedNumbers
	case protobuf(value):
		return wrapProtobuf
	}
	return nil
}

// utf16Text tells text of ASCII characters of two bytes each, as every form begins.
func utf16Text(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	return letter(b[0]) && b[1] == 0 && letter(b[2]) && b[3] == 0 || b[0] == 0 && letter(b[1]) && b[2] == 0 && letter(b[3])
}

func utf32Text(b []byte) bool {
	return len(b) >= 4 && (letter(b[0]) && b[1]|b[2]|b[3] == 0 || b[0]|b[1]|b[2] == 0 && letter(b[3]))
}

func letter(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }

// quoted judges a value that begins with a quote.
func quoted(value []byte) *wrap {
	var inner string
	if json.Unmarshal(value, &inner) != nil {
		return wrapQuoted
	}
	switch text := strings.TrimLeft(string(TrimMark([]byte(inner))), " \t\r\n"); {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, `"`), strings.HasPrefix(text, "["):
		return wrapString
	case holdsBase64([]byte(inner)):
		return wrapBytes
	}
	return wrapQuoted
}

// holdsBase64 tells whether a text is base64 of JSON, or of what is wrapped again.
func holdsBase64(text []byte) bool {
	head := bytes.TrimRight(bytes.TrimSpace(text), "=")
	for _, c := range head {
		if !(digit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '+' || c == '/' || c == '-' || c == '_' || c == '\r' || c == '\n') {
			return false
		}
	}
	if len(head) < 16 {
		return false
	}
	head = []byte(strings.NewReplacer("-", "+", "_", "/").Replace(string(head[:16])))
	b, err := base64.RawStdEncoding.DecodeString(string(head))
	if err != nil {
		return false
	}
	b = bytes.TrimLeft(TrimMark(b), " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[' || b[0] == '"' || b[0] == 0 || b[0] == 0x1f && b[1] == 0x8b)
}

// packedMap tells the first two bytes of a map whose first key is a text: of MessagePack (a fixmap, map 16 or map 32) or of
// CBOR (RFC 8949, major types 5 and 3).
func packedMap(a, b byte) bool {
	return a > 0x80 && a <= 0x8f && b > 0xa0 && b <= 0xbf || a == 0xde || a == 0xdf || (a > 0xa0 && a <= 0xb7 || a == 0xbf) && b > 0x60 && b <= 0x77
}

// protobuf tells whether the whole value is a run of Protobuf fields. Text is none: its letters would be fields that nobody numbers so.
func protobuf(b []byte) bool {
	for n := 0; len(b) > 0; n++ {
		tag, size := binary.Uvarint(b)
		if size <= 0 || tag>>3 == 0 || tag>>3 > 100 {
			return false
		}
		b = b[size:]
		length := uint64(0)
		switch tag & 7 {
		case 0:
			_, size = binary.Uvarint(b)
			length = uint64(max(size, 0))
			if size <= 0 {
				return false
			}
		case 1:
			length = 8
		case 5:
			length = 4
		case 2:
			if length, size = binary.Uvarint(b); size <= 0 {
				return false
			}
			b = b[size:]
		default:
			return false
		}
		if length > uint64(len(b)) {
			return false
		}
		b = b[length:]
	}
	return true
}

// envelope recognises objects that stand around a form. A form has "form_id", and none of them has.
func envelope(value []byte) *wrap {
	var in map[string]json.RawMessage
	if json.NewDecoder(bytes.NewReader(value)).Decode(&in) != nil || in["form_id"] != nil {
		return nil
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if in[n] == nil {
				return false
			}
		}
		return true
	}
	switch {
	case has("schema", "payload"):
		return wrapConnect
	case has("after", "op"), has("before", "after"):
		return wrapDebezium
	case has("specversion", "type"):
		return wrapEvent
	case len(in) != 1:
		return nil
	}
	for _, inner := range in {
		var form struct {
			ID json.RawMessage `json:"form_id"`
		}
		if json.Unmarshal(inner, &form) == nil && form.ID != nil {
			return wrapMember
		}
	}
	return nil
}

// keyWrapping tells what a key came wrapped in, nil where that is not known.
func keyWrapping(key []byte) *wrap {
	if len(key) == 0 {
		return nil
	}
	key = TrimMark(key)
	if n := len(key); n == 8 {
		if v := binary.BigEndian.Uint64(key); v >= 1e12 && v < 1e17 {
			return wrapLong
		}
	}
	if len(key) > 5 && key[0] == 0 && !utf16Text(key) {
		return &wrap{"text behind the five bytes of a schema registry", "set SIDE.converter=org.apache.kafka.connect.storage.StringConverter in Connect, or SIDE.serializer=org.apache.kafka.common.serialization.StringSerializer in a producer"}
	}
	switch w := wrapping(key); w {
	case wrapConnect, wrapUTF16, wrapUTF32, wrapQuoted, wrapString, wrapBytes:
		return w
	}
	return nil
}
