package embedded

import index "github.com/blevesearch/bleve_index_api"

// bleveDocument is a Bleve document of ready-made terms. Bleve's own way through mapping, analysis and
// token streams costs six times as much (doc.go).
type bleveDocument struct {
	id     string
	terms  []string
	fields [2]field
}

func (d *bleveDocument) ID() string { return d.id }

func (d *bleveDocument) Size() int { return 64 + len(d.id) + 32*len(d.terms) }

func (d *bleveDocument) HasComposite() bool { return false }

func (d *bleveDocument) VisitComposite(index.CompositeFieldVisitor) {}

func (d *bleveDocument) NumPlainTextBytes() uint64 { return 0 }

func (d *bleveDocument) StoredFieldsBytes() uint64 { return uint64(len(d.id)) }

func (d *bleveDocument) Indexed() bool { return true }

func (d *bleveDocument) AddIDField() {
	d.fields[0] = field{name: "_id", value: []byte(d.id), terms: []string{d.id}, options: index.IndexField | index.StoreField}
	d.fields[1] = field{name: termField, terms: d.terms, options: index.IndexField | index.SkipFreqNorm}
}

func (d *bleveDocument) VisitFields(visit index.FieldVisitor) {
	visit(&d.fields[0])
	visit(&d.fields[1])
}

type field struct {
	name    string
	value   []byte
	terms   []string
	options index.FieldIndexingOptions
	freqs   index.TokenFrequencies
}

func (f *field) Name() string { return f.name }

func (f *field) Value() []byte { return f.value }

func (f *field) ArrayPositions() []uint64 { return nil }

func (f *field) EncodedFieldType() byte { return 't' }

func (f *field) Options() index.FieldIndexingOptions { return f.options }

func (f *field) AnalyzedLength() int { return len(f.terms) }

func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }

func (f *field) NumPlainTextBytes() uint64 { return 0 }

func (f *field) Analyze() {
	f.freqs = make(index.TokenFrequencies, len(f.terms))
	all := make([]index.TokenFreq, len(f.terms))
	for i, t := range f.terms {
		all[i].Term = []byte(t)
		all[i].SetFrequency(1)
		f.freqs[t] = &all[i]
	}
}
