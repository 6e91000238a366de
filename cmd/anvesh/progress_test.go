package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"anvesh/query/register"
	"anvesh/storage"
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

// TestProgressOfAService: a step of no known size ends when the store says that all have ended, and off a terminal each
// line is one of the log.
func TestProgressOfAService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		w := &world{ctx: t.Context(), stderr: &guarded{w: &out}, serves: true}
		w.log = newLogger(w, "info")
		told := (&storeFlags{}).options(w, nil).Progress
		told(storage.Progress{Step: "rebuild shards"})
		time.Sleep(lineEvery)
		told(storage.Progress{Step: "make derived structures", Done: 10, Total: 25})
		time.Sleep(lineEvery)
		told(storage.Progress{})
		ended := strings.Count(out.String(), "\n")
		time.Sleep(10 * lineEvery)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if ended < 2 || len(lines) != ended {
			t.Fatalf("%d lines at the end, %d later: %s", ended, len(lines), out.String())
		}
		for _, l := range lines {
			if !json.Valid([]byte(l)) || !strings.Contains(l, "progress of ") {
				t.Errorf("not a line of the log: %s", l)
			}
		}
	})
}

// TestStepsOfOpenEnd: the last of a step's things is told, and the end of all steps.
func TestStepsOfOpenEnd(t *testing.T) {
	dir := t.TempDir()
	updates, _ := madeUp(t, 11, 300)
	s := serve(t, dir, addKey(t, dir))
	load(s.broker, updates, nil)
	read(t, s, len(updates))
	s.stop()
	if err := os.RemoveAll(filepath.Join(dir, "derived")); err != nil {
		t.Fatal(err)
	}
	w := &world{ctx: t.Context(), log: slog.New(slog.DiscardHandler)}
	o := (&storeFlags{Data: dir}).options(w, register.New())
	var told []storage.Progress
	o.Progress = func(p storage.Progress) { told = append(told, p) }
	st, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	n := len(told)
	if n < 2 || told[n-1].Step != "" || told[n-2].Done == 0 || told[n-2].Done != told[n-2].Total {
		t.Fatalf("%+v", told)
	}
}
