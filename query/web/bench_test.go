package web

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"anvesh/query"
	"anvesh/query/access"

	"github.com/valyala/fasthttp"
)

// still is an engine that costs nothing.
type still struct {
	fake
	answer query.Answer
}

func (s *still) Search(context.Context, access.Identity, query.Request) (*query.Answer, error) {
	return &s.answer, nil
}

// BenchmarkHandler measures what the front end adds to one search by POST: routes, key, decoding, headers, encoding of
// an answer with ten hits; no connection.
func BenchmarkHandler(b *testing.B) {
	keys, err := access.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer keys.Close()
	plain := addKeyTo(b, keys, "desk", "")
	full, err := (&fake{}).answerFor(b.Context(), nil, "x", "person", query.Common{Reason: "DD 1"})
	if err != nil {
		b.Fatal(err)
	}
	for len(full.Hits) < 10 {
		full.Hits = append(full.Hits, full.Hits[0])
	}
	run := func(b *testing.B, answer query.Answer) {
		s, err := New(Options{Engine: &still{answer: answer}, Keys: keys, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		body := []byte(`{"name":"Virender Singh","relative":"Om Parkash","age":34,"reason":"FIR 123/2023"}`)
		var ctx fasthttp.RequestCtx
		var req fasthttp.Request
		req.Header.SetMethod("POST")
		req.SetRequestURI("/v1/persons/search")
		req.Header.SetContentType("application/json")
		req.Header.Set("Authorization", "Bearer "+plain)
		req.SetBody(body)
		ctx.Init(&req, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, nil)
		b.ReportAllocs()
		for b.Loop() {
			ctx.Response.Reset()
			ctx.Request.SetBody(body)
			s.handle(&ctx)
			if ctx.Response.StatusCode() != 200 {
				b.Fatal(ctx.Response.String())
			}
		}
	}
	b.Run("hits=0", func(b *testing.B) { run(b, query.Answer{Hits: []query.Hit{}}) })
	b.Run("hits=10", func(b *testing.B) { run(b, *full) })
}
