package main

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"
)

// BenchmarkFreshness publishes updates one at a time over TCP with a client that is not ours into a service that
// holds made-up records, and asks over HTTP until each of four searches finds the record: a Latin name misspelt, a
// Devanagari one, a registration with one wrong character, a fragment of a chassis number.
func BenchmarkFreshness(b *testing.B) {
	dir := b.TempDir()
	key := addKey(b, dir)
	s := serve(b, dir, key)
	updates, _ := madeUp(b, 11, 20_000)
	for sent := 0; sent < len(updates); {
		sent += load(s.broker, updates[sent:], nil)
	}
	c := publisher(b, s.broker)
	first := []string{"Dharampal", "Jagbir", "Virender", "Satpal", "Mukhtiar", "Ranbir", "Surajmal", "Hoshiar"}
	hindi := []string{"धर्मपाल", "जगबीर", "वीरेंद्र", "सतपाल", "मुख्तियार", "रणबीर", "सूरजमल", "होशियार"}
	last := []string{"Kadian", "Sangwan", "Phogat", "Sihag", "Dhankhar", "Beniwal", "Lather"}
	var took []time.Duration
	for b.Loop() {
		n := len(took)
		fir := fmt.Sprintf("1322500826%04d", n)
		name := first[n%len(first)] + " " + last[n/len(first)%len(last)]
		plate, chassis := fmt.Sprintf("HR26ZZ%04d", 1000+n), fmt.Sprintf("MA3ZZZ%04d99123", n)
		start := time.Now()
		publish(b, c, fir, form(fir, name, hindi[n%len(hindi)]+" कादियान", plate, chassis))
		for _, q := range []struct{ kind, field, text, want string }{
			{"persons", "name", name[:len(name)-1], "/p/A1"}, {"persons", "name", hindi[n%len(hindi)], "/p/A1"},
			{"vehicles", "registration", plate[:6] + "X" + plate[7:], "/v/V1"}, {"vehicles", "chassis", chassis[3:12], "/v/V1"},
		} {
			for !slices.Contains(s.search(q.kind, url.Values{q.field: {q.text}, "limit": {"100"}, "station": {"13225008"}}), fir+q.want) {
				if time.Since(start) > 10*time.Second {
					b.Fatalf("%s %q does not find %s within 10 s", q.kind, q.text, fir)
				}
			}
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(ms(1), "max-ms")
}
