package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"anvesh/indexer"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/durable"
)

// destroyCmd carries out an order to destroy a case or a record.
type destroyCmd struct {
	storeFlags
	Order       []string `required:"" help:"The order as JSON: case or record, number, date, court. May be given several times." placeholder:"FILE" type:"existingfile"`
	Certificate string   `help:"Write the certificate to PREFIX.json and PREFIX.txt too; of several orders to PREFIX-1.json and so on." placeholder:"PREFIX" type:"path"`
	LogDays     positive `help:"Days for which the log keeps messages: its retention." default:"35"`
	BackupDays  positive `help:"Days after which the last backup that was made before is deleted." default:"35"`
}

func (destroyCmd) examples() string {
	return lines(`  echo '{"record":"13225008230123/p/A1","number":"CRM-M 7 of 2026","date":"2026-11-02","court":"..."}' > order.json`,
		"  anvesh destroy --order order.json --data /var/lib/anvesh --certificate certificate-7-2026")
}

// A destructionOrder is what a court or Board has ordered.
type destructionOrder struct {
	Case   string `json:"case,omitempty"`   // FIR registration number
	Record string `json:"record,omitempty"` // id, as searches give it
	Number string `json:"number"`           // of the order
	Date   string `json:"date"`             // YYYY-MM-DD
	Court  string `json:"court"`            // or Board
}

// orderIDs are how the ids of cases and records are written.
var orderIDs = map[string]*regexp.Regexp{"case": regexp.MustCompile(`^[0-9]{13,17}$`),
	"record": regexp.MustCompile(`^[0-9]{13,17}/[pv]/[A-Za-z0-9-]{1,16}(~party)?$`)}

// readOrder reads an order, and says what of it is wrong.
func readOrder(file string) (o destructionOrder, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return o, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("%s: must be one JSON object of case or record, number, date, court: %w", file, err)
	}
	_, badDate := time.Parse(time.DateOnly, o.Date)
	for _, f := range []struct {
		wrong bool
		what  string
	}{
		{(o.Case == "") == (o.Record == ""), "give either case or record"},
		{o.Case != "" && !orderIDs["case"].MatchString(o.Case), "case: must be an FIR registration number, 13 to 17 digits"},
		{o.Record != "" && !orderIDs["record"].MatchString(o.Record), "record: must be the id of a record, such as 13225008230123/p/A1"},
		{strings.TrimSpace(o.Number) == "", "number: is required, that of the order"},
		{badDate != nil, "date: must be the order's, as YYYY-MM-DD"},
		{strings.TrimSpace(o.Court) == "", "court: is required, the court or Board that made the order"},
	} {
		if f.wrong {
			return o, fmt.Errorf("%s: %s", file, f.what)
		}
	}
	return o, nil
}

// id is what the order is about.
func (o *destructionOrder) id() string { return o.Case + o.Record }

// A certificate says what was destroyed by which order, where it was looked for afterwards, and what is left for how long. It
// names nobody.
type certificate struct {
	Order   destructionOrder `json:"order"`
	At      time.Time        `json:"at"`
	Version string           `json:"version"`
	Held    bool             `json:"held"`    // it was there
	Records int              `json:"records"` // that are gone
	Forms   int              `json:"forms"`   // that are gone, or were made anew without it
	Linked  int              `json:"linked"`  // other cases that named the case
	Looked  []looked         `json:"looked"`
	Found   int              `json:"found"` // places in which something was left: 0, or the destruction failed
	// LogUntil and BackupsUntil are the last days on which older messages and backups may still hold it.
	LogUntil     string `json:"log_until"`
	BackupsUntil string `json:"backups_until"`
}

// A looked is a place that was searched.
type looked struct {
	Place string `json:"place"`
	Items int    `json:"items"`
	Found int    `json:"found"`
}

// Run destroys, looks whether anything is left, and prints a certificate for each order. It may be run again after it was
// interrupted.
func (c *destroyCmd) Run(w *world) error {
	orders := make([]destructionOrder, len(c.Order))
	for i, file := range c.Order {
		var err error
		if orders[i], err = readOrder(file); err != nil {
			return usageError{err}
		}
	}
	if err := mustExist(c.Data); err != nil {
		return err
	}
	gone, err := c.takeOut(w, orders)
	if err != nil {
		return err
	}
	if err := c.forget(w, orders, gone); err != nil {
		return err
	}
	if err := c.remake(w, orders); err != nil {
		return err
	}
	certs := make([]*certificate, len(orders))
	var rare []string
	for i, o := range orders {
		certs[i] = c.certify(o, gone[i])
		texts, err := c.look(w, certs[i], gone[i])
		if err != nil {
			return err
		}
		rare = append(rare, texts...)
	}
	log, err := c.forgetMentions(w, rare)
	if err != nil {
		return err
	}
	found := 0
	for i, cert := range certs {
		cert.Looked = append(cert.Looked, log)
		for _, l := range cert.Looked {
			cert.Found += l.Found
		}
		if err := c.hand(w, cert, i); err != nil {
			return err
		}
		found += cert.Found
	}
	if found > 0 {
		return fmt.Errorf("%d places still hold something of what was to be destroyed: the certificate names them; run it again", found)
	}
	return nil
}

// certify begins a certificate.
func (c *destroyCmd) certify(o destructionOrder, d *indexer.Destroyed) *certificate {
	now := time.Now().In(storage.IST)
	cert := &certificate{Order: o, At: now.Truncate(time.Second), Version: version, Held: d.Held, Records: len(d.IDs), Forms: d.Forms, Linked: len(d.Linked),
		LogUntil:     now.AddDate(0, 0, int(c.LogDays)).Format(time.DateOnly),
		BackupsUntil: now.AddDate(0, 0, int(c.BackupDays)).Format(time.DateOnly)}
	if o.Case != "" || !d.Held {
		cert.Records-- // the id of the case, or of a record that was not there
	}
	return cert
}

// takeOut takes cases and records out of the store and buries them.
func (c *destroyCmd) takeOut(w *world, orders []destructionOrder) (gone []*indexer.Destroyed, err error) {
	key, err := graveKey(c.Data)
	if err == nil && key == nil {
		key, err = newGraveKey(c.Data)
	}
	if err != nil {
		return nil, err
	}
	s, err := storage.Open(c.options(w, nil))
	if errors.Is(err, storage.ErrInUse) {
		return nil, fmt.Errorf("%w: destroy works on a service that is stopped", err)
	}
	if err != nil {
		return nil, err
	}
	x := indexer.New(s, nil, w.log)
	if err = x.KeepOut(key); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, o := range orders {
		d, err := x.Destroy(w.ctx, o.id())
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		gone = append(gone, d)
	}
	return gone, s.Close()
}

// forget makes what the log of searches says of them unreadable, and writes there that it was so ordered.
func (c *destroyCmd) forget(w *world, orders []destructionOrder, gone []*indexer.Destroyed) error {
	var ids []string
	for _, d := range gone {
		ids = append(ids, d.IDs...)
	}
	if _, err := os.Stat(filepath.Join(c.Data, "audit")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	l, err := audit.Open(audit.Options{Dir: c.Data, Logger: w.log})
	if err != nil {
		return err
	}
	ev := &audit.Event{Kind: audit.KindDestroy, Who: access.Program("anvesh destroy")}
	for _, o := range orders {
		ev.Rows = append(ev.Rows, audit.Row{About: "order", Complete: true, Asked: struct {
			Number string `json:"number"`
			Date   string `json:"date"`
			Court  string `json:"court"`
		}{o.Number, o.Date, o.Court}})
	}
	return errors.Join(l.Forget(ids...), l.Append(w.ctx, ev), l.Close())
}

// forgetMentions makes unreadable what was asked in words that nobody else is held with, and looks whether anything that can still be
// read in the log has one.
func (c *destroyCmd) forgetMentions(w *world, texts []string) (looked, error) {
	in := looked{Place: "audit, decrypted"}
	if _, err := os.Stat(filepath.Join(c.Data, "audit")); errors.Is(err, fs.ErrNotExist) {
		return in, nil
	}
	l, err := audit.Open(audit.Options{Dir: c.Data, Logger: w.log})
	if err != nil {
		return in, err
	}
	in.Items, in.Found, err = l.ForgetMentions(texts)
	return in, errors.Join(err, l.Close())
}

// remake writes the store anew, and makes shards and register again.
func (c *destroyCmd) remake(w *world, orders []destructionOrder) error {
	drop := func(fir string) bool {
		return slices.ContainsFunc(orders, func(o destructionOrder) bool { return o.Case == fir })
	}
	if err := storage.Remake(c.options(w, nil), drop); err != nil {
		return err
	}
	if err := storage.Rebuild(c.options(w, nil)); err != nil {
		return err
	}
	s, err := storage.Open(c.options(w, register.New()))
	if err != nil {
		return err
	}
	return s.Close()
}

// shortNeedle is how many bytes a text has at least to be looked for: shorter ones stand everywhere.
const shortNeedle = 6

// look searches the bytes of everything that is kept, but the embedded broker's log, for the id, names and numbers. A text that
// records of others hold too, such as a common name, tells nothing in a file, and is looked for in the case's own forms only; the
// other texts are returned.
func (c *destroyCmd) look(w *world, cert *certificate, d *indexer.Destroyed) (rare []string, err error) {
	id, fir := []byte(cert.Order.id()), []byte(strings.Split(cert.Order.id(), "/")[0])
	names, around := needles(d.Names), needles(slices.Concat(d.Around, nameParts(d.Names)))
	store, others := looked{Place: "store, unpacked"}, map[string]bool{}
	err = storage.Look(c.options(w, nil), func(k, v []byte) error {
		store.Items++
		own := bytes.Contains(k, fir)
		found := bytes.Contains(k, id) || bytes.Contains(v, id)
		for _, t := range names {
			if bytes.Contains(v, t) {
				found, others[string(t)] = found || own, others[string(t)] || !own
			}
		}
		for _, t := range around {
			others[string(t)] = others[string(t)] || bytes.Contains(v, t)
		}
		if found {
			store.Found++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	texts := append(slices.DeleteFunc(slices.Concat(names, around), func(t []byte) bool { return others[string(t)] }), id)
	cert.Looked = append(cert.Looked, store)
	for _, dir := range []string{"store", "shards", "derived", "audit", "secret"} {
		l := looked{Place: dir}
		if err := l.files(filepath.Join(c.Data, dir), texts); err != nil {
			return nil, err
		}
		cert.Looked = append(cert.Looked, l)
	}
	for _, t := range texts {
		rare = append(rare, string(t))
	}
	return rare, nil
}

// nameParts are the names and aliases that a text such as "Rakesh Kumar @ Kala" has, without what stands between them.
func nameParts(names []string) (parts []string) {
	for _, name := range names {
		for part := range strings.SplitSeq(name, "@") {
			parts = append(parts, strings.TrimSpace(part))
		}
	}
	return parts
}

// needles are the texts that are long enough to be looked for, each once.
func needles(texts []string) (list [][]byte) {
	slices.Sort(texts)
	for _, t := range slices.Compact(texts) {
		if len(t) >= shortNeedle {
			list = append(list, []byte(t))
		}
	}
	return list
}

// files searches the bytes of all files below a directory.
func (l *looked) files(dir string, needles [][]byte) error {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		l.Items++
		held, err := holds(path, needles)
		if held {
			l.Found++
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// holds tells whether a file has one of the needles, read in windows that overlap by the longest.
func holds(path string, needles [][]byte) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	longest := 0
	for _, n := range needles {
		longest = max(longest, len(n))
	}
	window := make([]byte, 1<<20+longest)
	for kept := 0; ; {
		n, err := io.ReadFull(f, window[kept:])
		seen := window[:kept+n]
		for _, needle := range needles {
			if bytes.Contains(seen, needle) {
				return true, nil
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(window, seen[len(seen)-longest:])
	}
}

// hand writes the certificate.
func (c *destroyCmd) hand(w *world, cert *certificate, i int) error {
	prefix := c.Certificate
	if len(c.Order) > 1 {
		prefix += fmt.Sprintf("-%d", i+1)
	}
	if err := printJSON(w, cert); err != nil || c.Certificate == "" {
		return err
	}
	raw, err := json.MarshalIndent(cert, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(durable.ReplaceBytes(prefix+".json", append(raw, '\n')), durable.ReplaceBytes(prefix+".txt", []byte(cert.text())))
}

// text is the certificate for a file of paper.
func (c *certificate) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CERTIFICATE OF DESTRUCTION\n\nBy order %s of %s, made by %s,\n%s was destroyed on %s by anvesh %s.\n\n",
		c.Order.Number, c.Order.Date, c.Order.Court, c.Order.id(), c.At.Format("2 January 2006, 15:04 MST"), c.Version)
	if !c.Held {
		b.WriteString("It was not held. What comes of it later is kept out all the same.\n\n")
	}
	fmt.Fprintf(&b, "Records that are gone: %d. Forms that are gone or were made anew without it: %d.\nOther cases that named the case and name it no more: %d.\n", c.Records, c.Forms, c.Linked)
	b.WriteString("What the log of searches said of it can be read no more, nor what was asked where it was found or named; the entries stand, with\na pseudonym.\n\nSearched afterwards, byte by byte, and the log of searches as it can still be read:\n")
	for _, l := range c.Looked {
		fmt.Fprintf(&b, "  %-16s %8d items, found in %d\n", l.Place, l.Items, l.Found)
	}
	fmt.Fprintf(&b, "\nThe log of updates may hold older messages until %s, backups that were made before this day until %s;\n", c.LogUntil, c.BackupsUntil)
	b.WriteString("a store that is restored from one of them is to be given this order again before it is used.\n")
	return b.String()
}

// graveKeyFile is where the key of tombstones is. It is no part of a backup: whoever has a backup and not the key cannot tell
// what was destroyed.
func graveKeyFile(dir string) string { return filepath.Join(dir, "secret", "destroy.key") }

// graveKey reads the key, nil where there is none.
func graveKey(dir string) ([]byte, error) {
	key, err := os.ReadFile(graveKeyFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && len(key) != 32 {
		err = fmt.Errorf("%s must have 32 bytes: copy it again from where it was made", graveKeyFile(dir))
	}
	return key, err
}

// newGraveKey makes the key.
func newGraveKey(dir string) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	if err := os.MkdirAll(filepath.Join(dir, "secret"), 0o700); err != nil {
		return nil, err
	}
	return key, durable.ReplaceBytes(graveKeyFile(dir), key)
}

// keepOut gives an indexer the key of what was destroyed.
func keepOut(x *indexer.Indexer, dir string) error {
	key, err := graveKey(dir)
	if err != nil {
		return err
	}
	return x.KeepOut(key)
}
