// Package iif holds the seven Integrated Investigation Forms (IIF1 to IIF7) as they arrive on the log:
// their wire types, their rules and the published JSON Schema.
//
// A message is one form instance: schema 1, the key the FIR registration number, the value one JSON object.
// [Parse] decodes and validates it in one pass, [Form] is what it yields, and [Schema] is the same contract
// for senders. The rules stand once, in the struct tags of form.go and the tables of rules.go; a test keeps
// iif.schema.json equal to them in both directions.
//
// What Parse refuses beyond the schema, because JSON Schema cannot say it: a key that is not the form's fir,
// duplicate names in an object, references that repeat within a form, one accused both charge-sheeted and not,
// whole numbers written with a fraction or exponent (1.0), nesting deeper than [MaxDepth], bytes that are not
// UTF-8, halves of surrogate pairs. What it does not refuse: dates in an impossible order, which the fold
// flags, and unknown fields or parts of another form, which [Form.Unknown] names: stations run mixed versions. A byte
// order mark before the object is passed over; of any other wrapping the reason says which it is and what ends it
// (wrapping.go).
//
// The decoder is written here rather than taken from a library because of what reading the others showed: encoding/json
// has no paths, duplicates or unknown names to report; fastjson accepts NaN, broken escapes and lone surrogates,
// its strict Validate recurses without bound, and its errors quote the input, which is personal data.
//
// Field names, code lists and which form carries what follow the printed forms of Haryana and the IIF notes of
// CCTNS; religion, caste and identity numbers are left out on purpose and end among the unknown fields.
package iif
