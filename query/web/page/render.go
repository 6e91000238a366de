package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"anvesh/storage"
)

//go:embed html static
var embedded embed.FS

// A File is one static file as it is served.
type File struct {
	Body      []byte
	MediaType string
	Tag       string // changes with what is in it
}

// A Site is whose page it is, as the installer says; the zero Site is nobody's.
type Site struct {
	Owner, OwnerHindi string // such as "Haryana Police"; the one where the other is not given
	Emblem            []byte // a picture, shown beside the name
	EmblemType        string // image/svg+xml or image/png
}

// MostEmblem is how large an emblem may be: it is loaded once, over whatever line the station has.
const MostEmblem = 32 << 10

// ReadEmblem takes a picture for a site. The error says what would be right.
func (s *Site) ReadEmblem(b []byte) error {
	switch kind := http.DetectContentType(b); {
	case len(b) > MostEmblem:
		return fmt.Errorf("the emblem has %d bytes, at most %d may be loaded over a slow line", len(b), MostEmblem)
	case kind == "image/png":
		s.EmblemType = kind
	case bytes.Contains(b[:min(len(b), 1024)], []byte("<svg")):
		s.EmblemType = "image/svg+xml"
	default:
		return errors.New("the emblem must be an SVG or a PNG")
	}
	s.Emblem = b
	return nil
}

// Pages are the templates, by language, and the files that they load.
type Pages struct {
	templates map[Lang]*template.Template
	files     map[string]File
	site      Site
}

// mediaTypes of static files, by their ending; the table is fixed so that it does not depend on the machine.
var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// emblemFile is the name under which an emblem is served.
const emblemFile = "emblem"

// New reads what is embedded, for somebody's site.
func New(site Site) (*Pages, error) {
	p := &Pages{templates: map[Lang]*template.Template{}, files: map[string]File{}, site: site}
	if site.Emblem != nil {
		p.files[emblemFile] = File{site.Emblem, site.EmblemType, fmt.Sprintf("%08x", crc32.ChecksumIEEE(site.Emblem))}
	}
	if err := p.readFiles(); err != nil {
		return nil, err
	}
	for _, l := range []Lang{English, Hindi} {
		t, err := template.New("").Funcs(p.functions(l)).ParseFS(embedded, "html/*.html")
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		p.templates[l] = t
	}
	return p, nil
}

func (p *Pages) readFiles() error {
	names, err := fs.Glob(embedded, "static/*")
	if err != nil {
		return fmt.Errorf("page: static files: %w", err)
	}
	for _, name := range names {
		body, err := embedded.ReadFile(name)
		if err != nil {
			return fmt.Errorf("page: static files: %w", err)
		}
		p.files[path.Base(name)] = File{body, mediaTypes[path.Ext(name)], fmt.Sprintf("%08x", crc32.ChecksumIEEE(body))}
	}
	return nil
}

// functions are what the templates may call; texts and dates are in the language.
func (p *Pages) functions(l Lang) template.FuncMap {
	return template.FuncMap{
		"t": l.text, "word": l.word, "pick": l.pick, "relation": l.relation, "day": l.day, "moment": l.moment, "civil": l.civil,
		"n": number, "hours": func(h float64) int { return int(h + 0.5) },
		"checkpointed": checkpointed,
		"plain":        func(n any) string { return fmt.Sprint(n) }, "cautions": l.cautions, "total": l.total, "count": l.count, "title": titleOf, "aligned": aligned, "fir": caseNumber,
		"sought": storage.Outstanding,
		"iso":    func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") },
		"join":   strings.Join, "lower": func(s any) string { return strings.ToLower(fmt.Sprint(s)) },
		"percent": percent,
		"file":    func(name string) string { return "/static/" + name + "?v=" + p.files[name].Tag },
		"emblem":  func() bool { return p.site.Emblem != nil },
		"owner":   func() string { return l.pick(p.site.Owner, p.site.OwnerHindi) },
		"pair":    func(a ...any) []any { return a },
	}
}

// percent is a score in whole hundredths; one that is none at all is not told from one that is small by 0.
func percent(score float64) string {
	if score > 0 && score < .005 {
		return "< 1"
	}
	return fmt.Sprintf("%.0f", 100*score)
}

// File returns a static file by its name.
func (p *Pages) File(name string) (File, bool) {
	f, ok := p.files[name]
	return f, ok
}

// Write writes a page: "page" whole, or "part", what a search changes of it.
func (p *Pages) Write(w io.Writer, name string, v *View) error {
	t := p.templates[v.Lang]
	if t == nil {
		t = p.templates[English]
	}
	if err := t.ExecuteTemplate(w, name, v); err != nil {
		return fmt.Errorf("page: render: %w", err)
	}
	return nil
}
