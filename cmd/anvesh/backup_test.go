package main

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// searchesCompared is how many searches are asked of both services; SEARCHES in the environment says otherwise.
const searchesCompared = 200

// TestBackupUnderLoad takes a backup and an increment of a service that is being loaded, restores them elsewhere, lets
// the restored service read the log on from its offsets, and compares the answers of both. Then the first rebuilds its
// shards while it answers, and answers alike.
func TestBackupUnderLoad(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 7))
	dir, to, restored := t.TempDir(), filepath.Join(t.TempDir(), "backup"), t.TempDir()
	admin := adminKey(t, dir)
	updates, _ := madeUp(t, 11, 4000)
	s := serve(t, dir, addKey(t, dir))
	half := len(updates) / 2
	load(s.broker, updates[:half], nil)
	loaded := make(chan int)
	go func() { loaded <- load(s.broker, updates[half:], nil) }()
	var offsets []string
	for range 2 {
		out, errs, code := program(t, "", "backup", "--server", s.address, "--key", admin, "--to", to, "--rate", "200")
		if code != 0 {
			t.Fatalf("backup: %s", errs)
		}
		offsets = append(offsets, out[strings.LastIndexByte(strings.TrimSpace(out), ' ')+1:len(out)-1])
	}
	if n := <-loaded; n != len(updates)-half {
		t.Fatalf("loaded %d", n)
	}
	out, errs, code := program(t, "", "restore", "--from", to, "--data", restored)
	if code != 0 || !strings.Contains(out, offsets[1]) {
		t.Fatalf("restore, backup at %v: %s%s", offsets, out, errs)
	}
	sameAsBackup(t, restored, to)
	if err := os.CopyFS(filepath.Join(restored, "log"), os.DirFS(filepath.Join(dir, "log"))); err != nil {
		t.Fatal(err)
	}
	other := serve(t, restored, addKey(t, restored))
	read(t, s, len(updates))
	read(t, other, len(updates))
	searches := searchesOf(t, rng, updates)
	want := answers(s, searches)
	sameAnswers(t, "restored", searches, answers(other, searches), want)
	other.stop()

	done := make(chan bool)
	go func() {
		defer close(done)
		if out, errs, code := program(t, "", "rebuild", "--server", s.address, "--key", admin); code != 0 || !strings.Contains(out, "generation 1") {
			t.Errorf("rebuild: %s%s", out, errs)
		}
	}()
	for n, running := 0, true; running; n++ {
		s.search("persons", url.Values{"name": {"Ram"}})
		select {
		case <-done:
			running = false
		default:
		}
	}
	sameAnswers(t, "rebuilt", searches, answers(s, searches), want)
	s.stop()
	if out, errs, code := program(t, "", "check", "--full", "--data", dir); code != 0 {
		t.Errorf("check: %s%s", out, errs)
	}
}

// adminKey makes a key of role admin.
func adminKey(t testing.TB, dir string) string {
	t.Helper()
	out, errs, code := program(t, "", "keys", "add", "--name", "chief", "--role", "admin", "--data", dir)
	if code != 0 {
		t.Fatalf("keys add: %s", errs)
	}
	return strings.TrimSpace(out)
}

// read waits until a service has applied so many updates, and searches see them.
func read(t *testing.T, s *server, updates int) {
	t.Helper()
	for {
		var st query.Status
		_, body := s.get("/v1/status", nil)
		if err := json.Unmarshal(body, &st); err != nil {
			t.Fatal(err)
		}
		applied, lag := uint64(0), int64(0)
		for _, n := range st.Updates {
			applied += n
		}
		for _, p := range st.Partitions {
			lag += p.End - st.Through.Offsets[strconv.Itoa(p.Partition)]
		}
		if applied >= uint64(updates) && lag == 0 {
			if len(st.Degraded) > 0 {
				t.Fatalf("degraded: %v", st.Degraded)
			}
			return
		}
		time.Sleep(20 * time.Millisecond) // between looks
	}
}

// A drawnSearch is one that updates were drawn for.
type drawnSearch struct {
	kind string
	q    url.Values
}

// searchesOf draws searches from what the updates say.
func searchesOf(t *testing.T, rng *rand.Rand, updates [][2]string) (list []drawnSearch) {
	n := searchesCompared
	if s := os.Getenv("SEARCHES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for len(list) < n {
		var f struct {
			Station  string
			Persons  []struct{ Role, Name, Relative string }
			Vehicles []struct{ Registration, Chassis string }
		}
		if err := json.Unmarshal([]byte(updates[rng.IntN(len(updates))][1]), &f); err != nil {
			t.Fatal(err)
		}
		for _, p := range f.Persons {
			if p.Name != "" {
				list = append(list, drawnSearch{"persons", url.Values{"name": {p.Name}}})
			}
			if p.Relative != "" {
				list = append(list, drawnSearch{"persons", url.Values{"relative": {p.Relative}}}, drawnSearch{"persons", url.Values{"name": {p.Name}, "relative": {p.Relative}}})
			}
		}
		for _, v := range f.Vehicles {
			if len(v.Registration) > 5 {
				list = append(list, drawnSearch{"vehicles", url.Values{"registration": {v.Registration}}},
					drawnSearch{"vehicles", url.Values{"registration": {v.Registration[:len(v.Registration)-1]}, "chassis": {v.Chassis}}})
			}
			if len(v.Chassis) > 7 {
				list = append(list, drawnSearch{"vehicles", url.Values{"chassis": {v.Chassis[len(v.Chassis)-7:]}}})
			}
		}
		list = append(list, drawnSearch{"persons", url.Values{"station": {f.Station}}}, // through the shards, beside vehicles of that station
			drawnSearch{"vehicles", url.Values{"station": {f.Station}, "registration": {"HR2*"}}})
	}
	return list[:n]
}

// answers are what searches answer, each with its status.
func answers(s *server, list []drawnSearch) (all []string) {
	s.t.Helper()
	for _, d := range list {
		q := url.Values{"reason": {"FIR 1/2026"}}
		for k, v := range d.q {
			q[k] = v
		}
		status, body := s.get("/v1/"+d.kind+"/search", q)
		var a query.Answer
		if err := json.Unmarshal(body, &a); err != nil || status != 200 {
			s.t.Fatalf("%s %v: status %d: %s", d.kind, q, status, body)
		}
		all = append(all, strconv.Itoa(status)+" "+essence(&a))
	}
	return all
}

func sameAnswers(t *testing.T, what string, searches []drawnSearch, got, want []string) {
	t.Helper()
	for i := range want {
		if got[i] == want[i] {
			continue
		}
		at := 0
		for at < min(len(got[i]), len(want[i])) && got[i][at] == want[i][at] {
			at++
		}
		from := max(0, at-200)
		t.Errorf("the %s service answers search %d, %v, from byte %d on with\n%.600s\nwant\n%.600s", what, i, searches[i].q, at, got[i][from:], want[i][from:])
	}
}

// sameAsBackup compares a restored store with the backup's own word of it, and checks all of it.
func sameAsBackup(t *testing.T, dir, backup string) {
	t.Helper()
	parts, err := storage.Backups{Dir: backup}.Parts(nil)
	if err != nil {
		t.Fatal(err)
	}
	last := parts[len(parts)-1]
	s := storagetest.Open(t, storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: register.New()})
	if st := s.State(); st.Seq != last.Seq || st.Persons != last.Persons || st.Vehicles != last.Vehicles || st.Cases != last.Cases {
		t.Errorf("restored %+v, want %+v", st, last)
	}
	storagetest.Close(t, s)
}

func TestRestoreRefuses(t *testing.T) {
	f := func(want string, args ...string) {
		t.Helper()
		if out, errs, code := program(t, "", args...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, %s%s", args, code, out, errs)
		}
	}
	f("holds no backup", "restore", "--from", t.TempDir(), "--data", t.TempDir())
	f("no store in", "backup", "--to", t.TempDir(), "--data", t.TempDir())
}

// TestRestoredLogIdentity restores a backup beside the log that it came from, beside another one, and beside another one
// with --forget-offsets. Only where the offsets are another log's does the service stop reading, and says so.
func TestRestoredLogIdentity(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	key := addKey(t, dir)
	const held, later = "13225008250042", "13225008250043"
	s := serve(t, dir, key)
	token := publish(t, publisher(t, s.broker), held, form(held, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}})
	s.stop()
	if _, errs, code := program(t, "", "backup", "--data", dir, "--to", to); code != 0 {
		t.Fatalf("backup: %s", errs)
	}
	restore := func(dir string, more ...string) *server {
		t.Helper()
		for _, part := range []string{"store", "shards", "derived"} { // as where a store is put back in place
			if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
				t.Fatal(err)
			}
		}
		if _, errs, code := program(t, "", append([]string{"restore", "--from", to, "--data", dir}, more...)...); code != 0 {
			t.Fatalf("restore %v: %s", more, errs)
		}
		return launch(t, dir, addKeyOnce(t, dir))
	}
	reads := func(what string, s *server) {
		t.Helper()
		s.await()
		s.whole()
		token := publish(t, publisher(t, s.broker), later, form(later, "Dharampal Sihag", "धर्मपाल सिहाग", "HR26DK8338", "MA3ERLF1S00123457"))
		if got := s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}}); len(got) != 2 {
			t.Errorf("%s: found %v, want what was restored and what came later", what, got)
		}
		s.whole()
		s.stop()
	}
	same := t.TempDir()
	if err := os.CopyFS(filepath.Join(same, "log"), os.DirFS(filepath.Join(dir, "log"))); err != nil {
		t.Fatal(err)
	}
	reads("beside its own log", restore(same))

	anew := t.TempDir()
	s = restore(anew)
	s.await()
	for told := false; !told; {
		_, body := s.get("/readyz", nil)
		told = strings.Contains(string(body), "the topic was deleted and made again")
		if len(s.ended) > 0 {
			t.Fatalf("the service ended by itself: %v", <-s.ended)
		}
		time.Sleep(5 * time.Millisecond) // between looks
	}
	if got := s.search("persons", url.Values{"name": {"Dharampal"}}); len(got) != 1 {
		t.Errorf("beside another log: found %v", got)
	}
	s.stop()
	reads("beside another log, from its start", restore(anew, "--forget-offsets"))
}

// addKeyOnce makes a key under a name that the directory may have had before.
func addKeyOnce(t *testing.T, dir string) string {
	t.Helper()
	for _, part := range []string{"secret", "audit"} { // without its keys the log of searches is of no use
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			t.Fatal(err)
		}
	}
	return addKey(t, dir)
}

// TestAtRest serves from an encrypted store, backs it up encrypted and restores it: answers are the same, nobody gets in without
// the keys, and a key that is none is told before anything is opened.
func TestAtRest(t *testing.T) {
	dir, backup, again, keys := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "again"), t.TempDir()
	storeKey, short, backupKey := filepath.Join(keys, "store"), filepath.Join(keys, "short"), filepath.Join(keys, "backup")
	if err := errors.Join(os.WriteFile(storeKey, []byte(strings.Repeat("0a", 32)+"\n"), 0o600), os.WriteFile(short, []byte("0a0a"), 0o600)); err != nil {
		t.Fatal(err)
	}
	key := addKey(t, dir)
	line := func(dir string) []string {
		return []string{os.Args[0], "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0", "--store-key", storeKey}
	}
	s := start(t, key, line(dir))
	s.await()
	const fir = "13225008250042"
	token := publish(t, publisher(t, s.broker), fir, form(fir, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	find := func() {
		t.Helper()
		if got := s.search("persons", url.Values{"name": {"Dharampal Kadian"}, "at_least": {token}}); len(got) != 1 {
			t.Errorf("found %v", got)
		}
	}
	find()
	s.stop()
	f := func(code int, want string, args ...string) {
		t.Helper()
		if out, errs, got := program(t, "", args...); got != code || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, %s%s", args, got, out, errs)
		}
	}
	f(1, "--store-key", "check", "--data", dir)
	f(2, "32 bytes", "check", "--data", dir, "--store-key", short)
	f(0, "", "check", "--full", "--data", dir, "--store-key", storeKey)
	f(0, "a key was made", "backup", "--data", dir, "--store-key", storeKey, "--to", backup, "--backup-key", backupKey)
	f(1, "--backup-key", "restore", "--from", backup, "--data", again)
	f(1, "no such file", "restore", "--from", backup, "--data", again, "--backup-key", backupKey+"2")
	f(0, "", "restore", "--from", backup, "--data", again, "--backup-key", backupKey, "--store-key", storeKey, "--forget-offsets")
	s = start(t, addKey(t, again), line(again))
	s.await()
	token = "0:0"
	find()
	s.stop()
}
