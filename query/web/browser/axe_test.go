package browser

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// The accessibility checker that the tests run in the page: which one, and what its file's SHA-256 is. It comes from npm, is kept in
// bench/out, which git ignores, and is no part of the program.
const (
	axeVersion = "4.14.1"
	axeSum     = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
	axeFile    = "../../../bench/out/axe-core-" + axeVersion + ".min.js"
)

// axe is the checker's source; "" where there is no npm to bring it.
var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(axeFile)
	if err != nil {
		if _, missing := exec.LookPath("npm"); missing != nil {
			return "", nil
		}
		if source, err = fetchAxe(); err != nil {
			return "", fmt.Errorf("axe-core from npm: %w", err)
		}
	}
	if sum := sha256.Sum256(source); hex.EncodeToString(sum[:]) != axeSum {
		return "", fmt.Errorf("%s is not axe-core %s", axeFile, axeVersion)
	}
	return string(source), nil
})

// fetchAxe has npm bring the package, and keeps the one file of it that is used.
func fetchAxe() ([]byte, error) {
	pack := exec.Command("npm", "pack", "axe-core@"+axeVersion, "--silent", "--pack-destination", dir)
	if out, err := pack.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(unpacked); ; {
		h, err := r.Next()
		if err != nil {
			return nil, err
		}
		if h.Name != "package/axe.min.js" {
			continue
		}
		var source bytes.Buffer
		if _, err := io.Copy(&source, r); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(axeFile), 0o755); err != nil {
			return nil, err
		}
		return source.Bytes(), os.WriteFile(axeFile, source.Bytes(), 0o644)
	}
}

// runAxe is what it finds, a line for each element.
const runAxe = `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.flatMap((v) => v.nodes.map((n) =>
	v.id + " at " + n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))))`

// accessible holds what is shown to the checker. Without npm nothing is checked, as make test-page says loudly.
func (b *tab) accessible(name string) {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	if source == "" {
		return
	}
	if !js[bool](b, `typeof axe === "object"`) {
		if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](source+";0")); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, found := range js[[]string](b, runAxe) {
		b.t.Errorf("%s: %s", name, strings.TrimSpace(found))
	}
}
