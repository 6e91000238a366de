package access

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// desk is an office of credentials with a clock that is set by hand.
type desk struct {
	t     *testing.T
	k     *Keys
	clock time.Time
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, k: open(t, t.TempDir()), clock: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	d.k.now = func() time.Time { return d.clock }
	return d
}

// by is somebody who may administer.
func by(person string) Identity {
	return Identity{KeyID: strings.Repeat("k", 7) + person[:1], Name: person, Person: person, Role: RoleAdmin}
}

// issued is a credential that went through all steps, and its key.
func (d *desk) issued(w Wanted) (string, Key) {
	d.t.Helper()
	key, err := d.k.Request(w, by("asker"))
	if err == nil {
		_, err = d.k.Approve(key.ID, by("boss"))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	plain, key, err := d.k.Issue(key.ID, by("asker"))
	if err != nil {
		d.t.Fatal(err)
	}
	return plain, key
}

func (d *desk) is(what string, err, want error) {
	d.t.Helper()
	if !errors.Is(err, want) || (err == nil) != (want == nil) {
		d.t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

var sho = Wanted{Name: "Insp. Om Parkash", Person: "HR-100234", Role: RoleSHO, Unit: "13225008", Rank: "Inspector"}

func TestStepsOfACredential(t *testing.T) {
	d := newDesk(t)
	key, err := d.k.Request(sho, by("asker"))
	d.is("request", err, nil)
	_, _, err = d.k.Issue(key.ID, by("boss"))
	d.is("issue before approval", err, ErrNotStep)
	_, _, err = d.k.Rotate(key.ID, 0)
	d.is("rotate before issue", err, ErrNotIssued)
	_, _, err = d.k.Reset(key.ID)
	d.is("reset before issue", err, ErrNotIssued)
	_, err = d.k.Approve(key.ID, by("asker"))
	d.is("approved by the requester", err, ErrSamePerson)
	second := by("Asker") // another credential of the same person
	second.KeyID = "another1"
	_, err = d.k.Approve(key.ID, second)
	d.is("approved by the requester's other credential", err, ErrSamePerson)
	_, err = d.k.Request(Wanted{Name: "Other", Person: "hr-100234", Role: RoleSHO, Unit: "13225008"}, by("boss"))
	d.is("a second one for the person", err, ErrHasOne)
	d.clock = d.clock.Add(90 * time.Minute)
	_, err = d.k.Approve(key.ID, by("boss"))
	d.is("approve", err, nil)
	_, err = d.k.Approve(key.ID, by("boss"))
	d.is("approve twice", err, ErrNotStep)
	_, err = d.k.Refuse(key.ID, by("boss"))
	d.is("refuse what was approved", err, ErrNotStep)
	d.clock = d.clock.Add(30 * time.Minute)
	plain, key, err := d.k.Issue(key.ID, by("asker"))
	d.is("issue", err, nil)
	_, _, err = d.k.Issue(key.ID, by("asker"))
	d.is("issue twice", err, ErrNotStep)
	who, err := d.k.Check(plain)
	want := Identity{KeyID: key.ID, Name: sho.Name, Person: sho.Person, Pillar: Police, Role: RoleSHO, Unit: sho.Unit, Level: StationLevel, Rank: "Inspector"}
	if err != nil || who != want {
		t.Fatalf("acts as %+v, %v, want %+v", who, err, want)
	}
	if key.Requested.By != "asker" || key.Approved.By != "boss" || !key.Approved.At.Equal(key.Requested.At.Add(90*time.Minute)) || !key.Issued.At.Equal(d.clock) {
		t.Fatalf("steps %+v %+v %+v", key.Requested, key.Approved, key.Issued)
	}
	d.clock = d.clock.AddDate(1, 0, 0)
	_, err = d.k.Check(plain)
	d.is("after a year", err, ErrBadKey)
}

// TestNobodyApprovesHimself: an administrator who makes himself other keys, and keys with those, is one person still, whichever
// of them he requests with.
func TestNobodyApprovesHimself(t *testing.T) {
	d := newDesk(t)
	plain, _ := add(t, d.k, "head", RoleAdmin)
	head, err := d.k.Check(plain)
	d.is("head", err, nil)
	plain, _, err = d.k.Add("shadow", RoleAdmin, head)
	d.is("add", err, nil)
	shadow, _ := d.k.Check(plain)
	plain, _, err = d.k.Add("sibling", RoleAdmin, head)
	d.is("add", err, nil)
	sibling, _ := d.k.Check(plain)
	plain, _, err = d.k.Add("shade of the shadow", RoleAdmin, shadow)
	d.is("add", err, nil)
	shade, _ := d.k.Check(plain)
	plain, _ = add(t, d.k, "chief", RoleAdmin)
	chief, _ := d.k.Check(plain)
	own := []Identity{head, shadow, sibling, shade}
	for i, asks := range own {
		key, err := d.k.Request(Wanted{Person: []string{"HR-1", "HR-2", "HR-3", "HR-4"}[i], Role: RoleSHO, Unit: "13225008"}, asks)
		d.is("request", err, nil)
		for _, approves := range own {
			_, err = d.k.Approve(key.ID, approves)
			d.is(asks.Name+" requests, "+approves.Name+" approves", err, ErrSamePerson)
		}
		_, err = d.k.Approve(key.ID, chief)
		d.is("chief approves", err, nil)
	}
}

func TestWhatMayBeWanted(t *testing.T) {
	d := newDesk(t)
	f := func(field string, change func(*Wanted)) {
		t.Helper()
		w := sho
		change(&w)
		_, err := d.k.Request(w, by("asker"))
		var wrong *WantedError
		if got := errors.As(err, &wrong); !got || wrong.Field != field {
			t.Fatalf("%+v: %v, want a fault of %s", w, err, field)
		}
	}
	f("person", func(w *Wanted) { w.Person = "" })
	f("person", func(w *Wanted) { w.Person = "<b>" })
	f("unit", func(w *Wanted) { w.Unit = "" })
	f("unit", func(w *Wanted) { w.Unit = "13225" })
	f("unit", func(w *Wanted) { w.Role, w.Unit = RoleSupervisor, "13225008" })
	f("pillar", func(w *Wanted) { w.Pillar = Courts })
	f("rank", func(w *Wanted) { w.Rank = "\x1b[2J" })
	f("days", func(w *Wanted) { w.Days = -1 })
	f("days", func(w *Wanted) { w.Days = 10_000 })
	w := sho
	w.Role = "king"
	_, err := d.k.Request(w, by("asker"))
	d.is("role", err, ErrBadRole)
	w = sho
	w.Name = "\x00"
	_, err = d.k.Request(w, by("asker"))
	d.is("name", err, ErrBadName)
	if n := len(d.k.List()); n != 0 {
		t.Fatalf("%d requests were kept", n)
	}
}

func TestRefusedFreesTheName(t *testing.T) {
	d := newDesk(t)
	key, err := d.k.Request(sho, by("asker"))
	d.is("request", err, nil)
	_, err = d.k.Refuse(key.ID, by("asker"))
	d.is("refused by the requester", err, ErrSamePerson)
	key, err = d.k.Refuse(key.ID, by("boss"))
	if err != nil || key.State(d.clock) != "refused" {
		t.Fatalf("%s, %v", key.State(d.clock), err)
	}
	_, err = d.k.Approve(key.ID, by("boss"))
	d.is("approve what was refused", err, ErrNoKey)
	_, err = d.k.Request(sho, by("asker"))
	d.is("again", err, nil)
}

// TestRotationOverlaps: both keys open until the overlap ends, and then only the other; a second rotation drops the oldest.
func TestRotationOverlaps(t *testing.T) {
	d := newDesk(t)
	first, _ := add(t, d.k, "machine", "")
	session, _, err := d.k.StartSession(first)
	d.is("session", err, nil)
	second, _, err := d.k.Rotate("machine", 24*time.Hour)
	d.is("rotate", err, nil)
	both := func(what string, plain string, want error) {
		t.Helper()
		_, err := d.k.Check(plain)
		d.is(what, err, want)
	}
	both("the old one", first, nil)
	both("the other", second, nil)
	_, err = d.k.Session(session)
	d.is("a session of the old one", err, nil)
	third, _, err := d.k.Rotate("machine", time.Hour)
	d.is("rotate again", err, nil)
	both("the oldest", first, ErrBadKey)
	both("the second", second, nil)
	_, err = d.k.Session(session)
	d.is("a session of the oldest", err, ErrBadKey)
	d.clock = d.clock.Add(time.Hour)
	both("the second, after the overlap", second, ErrBadKey)
	both("the third", third, nil)
}

// TestRevocationIsEffectiveAtOnce: the call that comes next, by key, by a session begun with it, and by one begun with a password,
// is refused. Nothing waits for a second to pass.
func TestRevocationIsEffectiveAtOnce(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	byKey, _, err := d.k.StartSessionWithCode(p.key, p.code())
	d.is("session by key", err, nil)
	byPassword, _, err := d.k.SignIn(t.Context(), sho.Name, p.password, p.code())
	d.is("session by password", err, nil)
	_, err = d.k.Check(p.key)
	d.is("key", err, nil)
	if _, err = d.k.Revoke(sho.Name); err != nil {
		t.Fatal(err)
	}
	_, err = d.k.Check(p.key)
	d.is("key, revoked", err, ErrBadKey)
	for _, token := range []string{byKey, byPassword} {
		_, err = d.k.Session(token)
		d.is("session, revoked", err, ErrBadKey)
	}
	_, _, err = d.k.SignIn(t.Context(), sho.Name, p.password, p.code())
	d.is("sign-in, revoked", err, ErrSignIn)
	raw, err := os.ReadFile(d.k.file())
	if err != nil || strings.Contains(string(raw), "argon2id") || strings.Contains(string(raw), `"mac"`) {
		t.Fatalf("what a revoked credential was proven by is still kept: %v", err)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	d := newDesk(t)
	add(t, d.k, "head", RoleAdmin)
	add(t, d.k, "desk", "")
	_, err := d.k.Revoke("head")
	d.is("the only one", err, ErrLastAdmin)
	key, err := d.k.Request(Wanted{Name: "asked for", Role: RoleAdmin}, by("asker"))
	d.is("request", err, nil)
	_, err = d.k.Revoke("head")
	d.is("one that was only asked for", err, ErrLastAdmin)
	_, err = d.k.Approve(key.ID, by("boss"))
	d.is("approve", err, nil)
	_, _, err = d.k.Issue(key.ID, by("boss"))
	d.is("issue", err, nil)
	d.clock = d.clock.AddDate(1, 0, 0)
	_, err = d.k.Revoke("head")
	d.is("the other has expired", err, ErrLastAdmin)
	d.clock = d.clock.AddDate(0, 0, -2)
	_, err = d.k.Revoke("head")
	d.is("one of two", err, nil)
}

// TestCertificate: a key that is bound to a certificate is none without it, also as a page session, and needs no code with it.
func TestCertificate(t *testing.T) {
	d := newDesk(t)
	plain, key := d.issued(sho)
	const print = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	if _, err := d.k.Bind(key.ID, "00:11"); err == nil {
		t.Fatal("bound to half a certificate")
	}
	_, err := d.k.Bind(key.ID, strings.ToUpper(print))
	d.is("bind", err, nil)
	_, err = d.k.Check(plain)
	d.is("without", err, ErrBadKey)
	_, err = d.k.Check(plain, "ff"+print[2:])
	d.is("with another", err, ErrBadKey)
	_, _, err = d.k.StartSession(plain)
	d.is("session without", err, ErrBadKey)
	who, err := d.k.Check(plain, print)
	if err != nil || !who.SecondFactor || !who.May(Unmask) {
		t.Fatalf("%+v, %v", who, err)
	}
	_, err = d.k.Bind(key.ID, "")
	d.is("free", err, nil)
	who, err = d.k.Check(plain)
	if err != nil || who.SecondFactor || who.May(SearchAccused) {
		t.Fatalf("%+v, %v", who, err)
	}
}

func TestReport(t *testing.T) {
	d := newDesk(t)
	if r := d.k.Report(); r != (Report{}) {
		t.Fatalf("%+v", r)
	}
	add(t, d.k, "plain", "") // no steps
	w := func(person string) Wanted { return Wanted{Person: person, Role: RoleSHO, Unit: "13225008", Days: 20} }
	for i, hours := range []int{1, 2, 9} {
		key, err := d.k.Request(w("p"+string(rune('a'+i))), by("asker"))
		d.is("request", err, nil)
		d.clock = d.clock.Add(time.Duration(hours) * time.Hour)
		_, err = d.k.Approve(key.ID, by("boss"))
		d.is("approve", err, nil)
		_, _, err = d.k.Issue(key.ID, by("boss"))
		d.is("issue", err, nil)
	}
	oldest, err := d.k.Request(w("pd"), by("asker"))
	d.is("request", err, nil)
	d.clock = d.clock.Add(3 * time.Hour)
	key, err := d.k.Request(w("pe"), by("asker"))
	d.is("request", err, nil)
	_, err = d.k.Approve(key.ID, by("boss"))
	d.is("approve", err, nil)
	key, err = d.k.Request(w("pf"), by("asker"))
	d.is("request", err, nil)
	_, err = d.k.Refuse(key.ID, by("boss"))
	d.is("refuse", err, nil)
	d.clock = d.clock.Add(time.Hour)
	want := Report{Open: 2, Waiting: 1, Approved: 1, OldestHours: 4, Oldest: oldest.ID, Issued: 3, MedianHours: 2, LongestHours: 9, Expiring: 3}
	if r := d.k.Report(); r != want {
		t.Fatalf("%+v\nwant %+v", r, want)
	}
}

// TestMigration: a file of schema 1, as the version before wrote it, opens the same keys, and is of schema 2 afterwards, with
// nothing in it that could be tried out without the server's key.
func TestMigration(t *testing.T) {
	dir := t.TempDir()
	plain, hash := newKey("abcdefgh")
	const old = `{"schema":1,"keys":[{"id":"abcdefgh","name":"desk","role":"bureau","created":"2026-01-02T03:04:05Z","sha256":"HASH"},
		{"id":"abcdefgi","name":"gone","role":"admin","created":"2026-01-02T03:04:05Z","revoked":"2026-01-03T03:04:05Z","sha256":"HASH"}]}`
	file := filepath.Join(dir, "secret", "keys.json")
	if err := errors.Join(os.Mkdir(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(strings.ReplaceAll(old, "HASH", hexOf(hash))), 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		k := open(t, dir)
		if who, err := k.Check(plain); err != nil || who != bureau("abcdefgh", "desk") {
			t.Fatalf("%+v, %v", who, err)
		}
		if list := k.List(); len(list) != 2 || list[1].Revoked == nil {
			t.Fatalf("%+v", list)
		}
		k.Close()
		raw, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(raw), hexOf(hash)) || !strings.Contains(string(raw), `"schema": 2`) {
			t.Fatalf("%s, %v", raw, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "secret", "server.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "server.key") {
		t.Fatalf("without the server's key: %v", err)
	}
}

// TestApprovalsThatWait: who gave approvals is told of his own that wait, the one that ends first at the head, and of no others.
func TestApprovalsThatWait(t *testing.T) {
	d := newDesk(t)
	_, key := d.issued(sho)
	if found, ok := d.k.Key(key.ID); !ok || found.Name != key.Name {
		t.Errorf("the credential is %+v, %v", found, ok)
	}
	if _, ok := d.k.Key("nobody"); ok {
		t.Error("a credential that is none is found")
	}
	one, other := Identity{Person: "HR-1", Role: RoleSupervisor, SecondFactor: true}, Identity{Person: "HR-2", Role: RoleSupervisor, SecondFactor: true}
	approve := func(rows int, by Identity) string {
		t.Helper()
		id, _, err := d.k.ApproveList(key.ID, rows, by)
		d.is("approve", err, nil)
		d.clock = d.clock.Add(time.Hour)
		return id
	}
	first, second := approve(600, one), approve(700, one)
	approve(800, other)
	f := func(want ...string) {
		t.Helper()
		given, err := d.k.Approvals(one)
		var got []string
		for _, a := range given {
			got = append(got, a.ID)
		}
		if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q wait, want %q, %v", got, want, err)
		}
	}
	f(first, second)
	_, err := d.k.UseApproval(second, Identity{KeyID: key.ID}, 700, 700)
	d.is("use one", err, nil)
	f(first)
	d.clock = d.clock.Add(approvalTime)
	f()
}
