package bench

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"anvesh/bench/madeup"
	"anvesh/indexer"
	"anvesh/query/register"
	"anvesh/storage"
)

type noRejects struct{ b testing.TB }

func (n noRejects) Reject(context.Context, []indexer.Rejection) error {
	n.b.Error("a made-up update was refused")
	return nil
}

// BenchmarkIngest applies made-up updates in batches of two thousand, from the decoded log to the shards, without the log.
func BenchmarkIngest(b *testing.B) {
	var messages []indexer.Message
	err := madeup.Generate(madeup.Options{Records: 40_000, Seed: 1}, func(fir string, value []byte) error {
		messages = append(messages, indexer.Message{Offset: int64(len(messages)), Key: []byte(fir), Value: bytes.Clone(value)})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		store, err := storage.Open(storage.Options{Dir: b.TempDir(), Terms: register.NewTerms(), TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: register.New()})
		if err != nil {
			b.Fatal(err)
		}
		x := indexer.New(store, noRejects{b}, slog.New(slog.DiscardHandler))
		for at := 0; at < len(messages); at += 2000 {
			end := min(at+2000, len(messages))
			if err := x.Apply(context.Background(), indexer.Batch{Topic: "t", Messages: messages[at:end], Next: int64(end)}); err != nil {
				b.Fatal(err)
			}
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(messages))*float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}
