package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// In these tests time is synctest's: it moves when everybody waits.

func TestProgressOfAShortStepIsQuiet(t *testing.T) {
	for _, tty := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			m := (&world{stderr: &guarded{w: &out}, tty: tty}).progress("load", 10)
			time.Sleep(quietTime - time.Millisecond)
			m.add(10)
			m.done()
			m.done()
			if out.Len() > 0 {
				t.Fatalf("%q", out.String())
			}
		})
	}
}

func TestProgressLines(t *testing.T) {
	f := func(total int64, want ...string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			m := (&world{stderr: &guarded{w: &out}}).progress("load", total)
			time.Sleep(time.Second / 2)
			for range 11 {
				m.add(100)
				time.Sleep(time.Second)
			}
			m.set(1000)
			m.done()
			got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if strings.Join(got, "|") != strings.Join(want, "|") {
				t.Fatalf("\n got %q\nwant %q", got, want)
			}
		})
	}
	f(1000, "load: 200 of 1000 (20%), 100/s, 8s left", "load: 700 of 1000 (70%), 100/s, 3s left", "load: 1000 of 1000 (100%), 87/s: ended after 12s")
	f(0, "load: 200, 100/s", "load: 700, 100/s", "load: 1000, 87/s: ended after 12s")
	f(2000, "load: 200 of 2000 (10%), 100/s, 18s left", "load: 700 of 2000 (35%), 100/s, 13s left",
		"load: 1000 of 2000 (50%), 87/s, 12s left: ended after 12s")
}

func TestProgressBar(t *testing.T) {
	f := func(total, n int64, want string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			m := (&world{stderr: &guarded{w: &out}, tty: true}).progress("load", total)
			m.set(n / 2)
			time.Sleep(3 * time.Second)
			m.set(n)
			time.Sleep(time.Second)
			m.done()
			if !strings.Contains(out.String(), want) {
				t.Fatalf("%q", out.String())
			}
			end := out.Len()
			synctest.Wait()
			if out.Len() != end {
				t.Fatal("written after done")
			}
		})
	}
	f(1000, 1000, "load 1000 of 1000 ")
	f(1000, 400, "load 400 of 1000 ")
	f(1000, 1200, "1000 ")
	f(0, 400, "load 400 ")
}
