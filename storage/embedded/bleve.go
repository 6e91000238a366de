package embedded

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/cespare/xxhash/v2"

	"anvesh/storage/backend"
)

// A bleveShard is one Bleve index (scorch, without a mapping): a document per findable record, its id the
// record's, its one field the record's terms.
type bleveShard struct {
	ix index.Index
}

// termField is the only field beside Bleve's own _id.
const termField = "t"

// openBleve opens or makes the index in dir. Batches return once they are searchable; durability is
// told by the persisted callback, which lets scorch merge small batches in memory before it writes
// a file, and the journal covers what a kill loses meanwhile.
func openBleve(dir string) (sh backend.Shard, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a mapped file that is cut off faults
	defer func() {
		if p := recover(); p != nil { // bbolt, in which scorch keeps its root, panics at damaged pages
			err = fmt.Errorf("storage: open shard %s: %w", filepath.Base(dir), backend.ErrCorrupt)
		}
	}()
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
	return bleveShard{ix}, nil
}

func (sh bleveShard) Close() error { return sh.ix.Close() }

func (sh bleveShard) Count() (int, error) {
	r, err := sh.ix.Reader()
	if err != nil {
		return 0, err
	}
	n, err := r.DocCount()
	return int(n), errors.Join(err, r.Close())
}

func (sh bleveShard) Write(docs []backend.Document, persisted func(error)) error {
	if len(docs) == 0 {
		persisted(nil)
		return nil
	}
	b := index.NewBatch()
	b.SetPersistedCallback(persisted)
	for _, d := range docs {
		if len(d.Terms) > 0 {
			b.Update(&bleveDocument{id: d.ID, terms: d.Terms})
		} else {
			b.Delete(d.ID)
		}
	}
	return sh.ix.Batch(b)
}

func (sh bleveShard) Candidates(q backend.Selection, cs *[]backend.Candidate) (complete bool, err error) {
	complete = true
	budget := q.Budget
	err = sh.segments(func(seg *scorch.SegmentSnapshot) error {
		if budget <= 0 {
			complete = false
			return nil
		}
		spent, err := selectSegment(seg, q, budget, cs)
		budget -= spent
		return err
	})
	return complete && budget > 0, err
}

// segments calls fn with every segment of one snapshot of the shard.
func (sh bleveShard) segments(fn func(*scorch.SegmentSnapshot) error) error {
	r, err := sh.ix.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	for _, seg := range r.(*scorch.IndexSnapshot).Segments() {
		if err := fn(seg); err != nil {
			return err
		}
	}
	return nil
}

// selectSegment appends the segment's candidates and returns how many postings were read.
func selectSegment(seg *scorch.SegmentSnapshot, q backend.Selection, budget int, cs *[]backend.Candidate) (spent int, err error) {
	dict, err := seg.Segment().Dictionary(termField)
	if err != nil {
		return 0, err
	}
	var pass *roaring.Bitmap
	for _, group := range q.All {
		or := roaring.New()
		for _, t := range group {
			b, err := postings(dict, t, seg.Deleted())
			if err != nil {
				return spent, err
			}
			or.Or(b)
		}
		spent += int(or.GetCardinality())
		if pass == nil {
			pass = or
		} else {
			pass.And(or)
		}
		if pass.IsEmpty() {
			return spent, nil
		}
	}
	var having []*roaring.Bitmap
	for _, t := range q.Any {
		b, err := postings(dict, t, seg.Deleted())
		if err != nil {
			return spent, err
		}
		if pass != nil {
			b.And(pass)
		}
		spent += int(b.GetCardinality())
		having = append(having, b)
	}
	if len(q.Any) == 0 && pass != nil {
		having = append(having, pass)
	}
	return spent, appendBest(seg, exactly(having), q, cs)
}

// exactly gives the documents that are in one of the bitmaps, in two, and so on.
func exactly(having []*roaring.Bitmap) []*roaring.Bitmap {
	levels := make([]*roaring.Bitmap, len(having)) // at first: in at least so many
	for i := range levels {
		levels[i] = roaring.New()
	}
	for _, b := range having {
		for k := len(levels) - 1; k > 0; k-- {
			levels[k].Or(roaring.And(levels[k-1], b))
		}
		levels[0].Or(b)
	}
	for k := 0; k+1 < len(levels); k++ {
		levels[k].AndNot(levels[k+1])
	}
	return levels
}

// postings returns the live documents that have the term, as a bitmap of the caller's own.
func postings(dict segment.TermDictionary, term string, deleted *roaring.Bitmap) (*roaring.Bitmap, error) {
	pl, err := dict.PostingsList([]byte(term), deleted, nil)
	if err != nil {
		return nil, err
	}
	b := roaring.New()
	it := pl.Iterator(false, false, false, nil)
	if o, ok := it.(segment.OptimizablePostingsIterator); ok {
		if n, hit := o.DocNum1Hit(); hit {
			b.Add(uint32(n))
			return b, nil
		}
		if bm := o.ActualBitmap(); bm != nil {
			b.Or(bm)
			return b, nil
		}
	}
	for p, err := it.Next(); p != nil || err != nil; p, err = it.Next() {
		if err != nil {
			return nil, err
		}
		b.Add(uint32(p.Number()))
	}
	return b, nil
}

// appendBest appends documents of the segment, those with most terms first, as long as fewer than the limit are known
// that have as many.
func appendBest(seg *scorch.SegmentSnapshot, levels []*roaring.Bitmap, q backend.Selection, cs *[]backend.Candidate) error {
	for k := len(levels) - 1; k >= 0; k-- {
		terms := 0
		if len(q.Any) > 0 {
			terms = k + 1
		}
		room := q.Limit
		for _, c := range *cs {
			if c.Terms >= terms {
				room--
			}
		}
		for it := levels[k].Iterator(); it.HasNext() && room > 0; room-- {
			id, err := seg.DocID(uint64(it.Next()))
			if err != nil {
				return err
			}
			*cs = append(*cs, backend.Candidate{ID: string(id), Terms: terms})
		}
	}
	return nil
}

// Snapshot reads all postings of the shard. A damaged segment can make Bleve panic; that is an error here.
func (sh bleveShard) Snapshot() (func() (backend.Digest, error), error) {
	r, err := sh.ix.Reader()
	if err != nil {
		return nil, err
	}
	return func() (d backend.Digest, err error) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: a segment cannot be read", backend.ErrCorrupt)
			}
		}()
		defer r.Close()
		for _, seg := range r.(*scorch.IndexSnapshot).Segments() {
			if err := addSegment(&d, seg); err != nil {
				return d, fmt.Errorf("%w: a segment cannot be read: %w", backend.ErrCorrupt, err)
			}
		}
		return d, nil
	}, nil
}

// addSegment adds what a segment holds.
func addSegment(d *backend.Digest, seg *scorch.SegmentSnapshot) error {
	ids := make([]uint64, seg.Segment().Count())
	for i := range ids {
		if del := seg.Deleted(); del != nil && del.Contains(uint32(i)) {
			continue
		}
		id, err := seg.DocID(uint64(i))
		if err != nil {
			return err
		}
		ids[i] = xxhash.Sum64(id)
		d.Docs++
	}
	dict, err := seg.Segment().Dictionary(termField)
	if err != nil {
		return err
	}
	it := dict.AutomatonIterator(nil, nil, nil)
	for e, err := it.Next(); e != nil || err != nil; e, err = it.Next() {
		if err != nil {
			return err
		}
		b, err := postings(dict, e.Term, seg.Deleted())
		if err != nil {
			return err
		}
		term := xxhash.Sum64String(e.Term)
		for p := b.Iterator(); p.HasNext(); {
			d.Terms += backend.PairHash(ids[p.Next()], term)
		}
	}
	return nil
}
