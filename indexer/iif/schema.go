package iif

import (
	_ "embed" // for the schema
	"slices"
)

//go:embed iif.schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of schema number 1, for publication. The caller may change it.
func Schema() []byte { return slices.Clone(schema) }
