package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows are the imports among our own rooms that the picture in the README allows; storage and the rooms
// of names and plates import nothing of ours unless it is said here.
var arrows = map[string][]string{
	"cmd/anvesh":                  {"bench", "bench/load", "bench/madeup", "bench/page", "indexer", "indexer/iif", "indexer/kafka", "query", "query/access", "query/access/elsewhere", "query/audit", "query/match", "query/register", "query/statement", "query/units", "query/web", "storage", "storage/durable"},
	"bench":                       {"bench/load", "bench/madeup", "indexer", "indexer/iif", "indexer/kafka", "query", "query/access", "query/name", "query/names", "query/numbers", "query/plate", "query/register", "query/units", "storage"},
	"bench/madeup":                {"query/plate", "query/units", "storage"},
	"bench/page":                  {"bench", "bench/load"},
	"indexer":                     {"indexer/iif", "storage"},
	"indexer/kafka":               {"indexer", "storage/durable"},
	"query/access":                {"storage/durable"},
	"query/audit":                 {"query/access", "storage/durable"},
	"query/access/accesstest":     {"query/access"},
	"query/statement":             {"storage/durable"},
	"storage":                     {"storage/backend", "storage/background", "storage/durable", "storage/embedded", "storage/layout", "storage/witness"},
	"query/match":                 {"query", "query/name", "query/phrase", "query/plate", "storage"},
	"query":                       {"query/access", "query/audit", "query/name", "query/names", "query/numbers", "query/phrase", "query/plate", "query/register", "query/topk", "query/units", "storage"},
	"query/names":                 {"query/name", "query/snapshot", "query/topk"},
	"query/numbers":               {"query/plate", "query/snapshot", "query/topk"},
	"query/register":              {"query/name", "query/names", "query/numbers", "query/plate", "query/snapshot", "storage"},
	"query/register/registertest": {"query/name", "query/names", "query/numbers", "query/plate", "query/register", "storage"},
	"query/units":                 {"storage"},
	"query/web":                   {"query", "query/access", "query/access/elsewhere", "query/audit", "query/match", "query/phrase", "query/statement", "query/web/gate", "query/web/meter", "query/web/page", "storage", "storage/background"},
	"query/web/page":              {"query", "query/access", "query/audit", "query/match", "query/name", "query/phrase", "query/plate", "storage"},
	"storage/storagetest":         {"storage"},
	"indexer/iif":                 {"storage"},
	"storage/embedded":            {"storage/backend", "storage/durable"},
	"storage/layout":              {"storage/backend"},
	"storage/simulated":           {"storage", "storage/backend", "storage/layout"},
	"storage/witness":             {"storage/backend", "storage/layout"},
}

// foreign are libraries of which only one room may have heard.
var foreign = map[string][]string{
	"github.com/segmentio/kafka-go": {"indexer/kafka"},
	"github.com/twmb/franz-go":      {"indexer/kafka"},
	"github.com/valyala/fasthttp":   {"query/web", "bench", "bench/load"},
	"github.com/dgraph-io/badger":   {"storage/embedded"},
	"github.com/chromedp":           {"query/web/browser"},
	"golang.org/x/mod":              {"query/audit"},
	"go.etcd.io/bbolt":              {"query/access"},
	"github.com/pquerna/otp":        {"query/access", "query/access/accesstest"},
	"golang.org/x/crypto":           {"query/access"},
	"github.com/coreos/go-oidc":     {"query/access/elsewhere"},
	"golang.org/x/oauth2":           {"query/access/elsewhere"},
	"github.com/blevesearch":        {"storage/embedded", "bench"}, // bench measures stock Bleve beside us
}

// TestArrows holds the imports of every room against the picture.
func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "anvesh/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; rooms++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(p.ImportPath, "anvesh/")
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "anvesh/"); ok && !slices.Contains(arrows[room], ours) {
				t.Errorf("%s imports %s", room, ours)
			}
			for lib, allowed := range foreign {
				if strings.HasPrefix(i, lib) && !slices.Contains(allowed, room) {
					t.Errorf("%s imports %s, which only %v may", room, i, allowed)
				}
			}
		}
	}
	if rooms < len(arrows) {
		t.Errorf("only %d rooms were seen", rooms)
	}
}
