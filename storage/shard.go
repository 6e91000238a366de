package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/cespare/xxhash/v2"
)

// A shard is one Bleve index (scorch, without a mapping): a document per findable record, its id the
// record's, its one field the record's terms.
type shard struct {
	ix index.Index
}

// termField is the only field beside Bleve's own _id.
const termField = "t"

// openShard opens or makes the index in dir. Batches return once they are searchable; durability is
// told by the persisted callback, which lets scorch merge small batches in memory before it writes
// a file, and the journal covers what a kill loses meanwhile.
func openShard(dir string) (*shard, error) {
	conf := map[string]any{
		"path":         dir,
		"unsafe_batch": true,
		"scorchPersisterOptions": map[string]any{
			"PersisterNapTimeMSec":      500, // small batches are merged in memory meanwhile, not as files
			"PersisterNapUnderNumFiles": 500,
		},
	}
	ix, err := scorch.NewScorch(scorch.Name, conf, index.NewAnalysisQueue(1))
	if err == nil {
		err = ix.Open()
	}
	if err != nil {
		return nil, fmt.Errorf("storage: open shard %s: %w", filepath.Base(dir), err)
	}
	return &shard{ix}, nil
}

func (s *Store) shardDir(i int) string {
	return filepath.Join(s.o.Dir, "shards", fmt.Sprintf("%02d", i))
}

// openShards opens all shards. Shards that are not there at all, or were made by other terms, are rebuilt.
func (s *Store) openShards() error {
	dir := filepath.Join(s.o.Dir, "shards")
	_, err := os.Stat(dir)
	if errors.Is(err, os.ErrNotExist) && s.state.Seq > 0 || s.state.TermsVersion != s.o.TermsVersion {
		s.log.Warn("storage: shards are rebuilt", "terms_version", s.o.TermsVersion, "was", s.state.TermsVersion)
		if err := s.rebuildShards(); err != nil {
			return err
		}
	}
	for i := range s.state.Shards {
		sh, err := openShard(s.shardDir(i))
		if err != nil {
			return fmt.Errorf("%w; if this lasts, stop the service and run anvesh rebuild", err)
		}
		s.shards = append(s.shards, sh)
	}
	return nil
}

func (s *Store) closeShards() error {
	var errs []error
	for _, sh := range s.shards {
		errs = append(errs, sh.ix.Close())
	}
	s.shards = nil
	return errors.Join(errs...)
}

// shardOf returns the shard of a record. It must never change for a store's life.
func shardOf(id string, shards int) int { return int(xxhash.Sum64String(id) % uint64(shards)) }

// write indexes changes, each in its shard. It returns when they are searchable; persisted is called
// once for each shard, later, with the error of making them durable.
func (s *Store) write(changes []Change, persisted func(error)) error {
	batches := make([]*index.Batch, len(s.shards))
	for i := range batches {
		batches[i] = index.NewBatch()
		batches[i].SetPersistedCallback(persisted)
	}
	for _, c := range changes {
		if c.SameTerms {
			continue
		}
		b := batches[shardOf(c.ID, len(batches))]
		if d := s.document(c); d != nil {
			b.Update(d)
		} else {
			b.Delete(c.ID)
		}
	}
	errs := make([]error, len(batches))
	var wg sync.WaitGroup
	for i, b := range batches {
		if len(b.IndexOps) == 0 {
			persisted(nil)
			continue
		}
		wg.Go(func() { errs[i] = s.shards[i].ix.Batch(b) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *Store) document(c Change) *document {
	if c.Record == nil {
		return nil
	}
	terms := s.o.Terms(nil, c.Record)
	if len(terms) == 0 {
		return nil
	}
	return &document{id: c.ID, terms: terms}
}

// document is a Bleve document of ready-made terms. Bleve's own way through mapping, analysis and
// token streams costs six times as much (doc.go).
type document struct {
	id     string
	terms  []string
	fields [2]field
}

func (d *document) ID() string { return d.id }

func (d *document) Size() int { return 64 + len(d.id) + 32*len(d.terms) }

func (d *document) HasComposite() bool { return false }

func (d *document) VisitComposite(index.CompositeFieldVisitor) {}

func (d *document) NumPlainTextBytes() uint64 { return 0 }

func (d *document) StoredFieldsBytes() uint64 { return uint64(len(d.id)) }

func (d *document) Indexed() bool { return true }

func (d *document) AddIDField() {
	d.fields[0] = field{name: "_id", value: []byte(d.id), terms: []string{d.id}, options: index.IndexField | index.StoreField}
	d.fields[1] = field{name: termField, terms: d.terms, options: index.IndexField | index.SkipFreqNorm}
}

func (d *document) VisitFields(visit index.FieldVisitor) {
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
