package page

import (
	"strings"
	"testing"
)

// TestSite: the installer's name and emblem stand on the page, the name in its language, and without them there is nothing of
// anybody's; what is no small picture is refused.
func TestSite(t *testing.T) {
	head := func(l Lang, site Site) string {
		t.Helper()
		p, err := New(site)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := p.Write(&b, "page", &View{Lang: l, Kind: "person"}); err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(b.String(), "<main")
		return text
	}
	var site Site
	if err := site.ReadEmblem([]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)); err != nil {
		t.Fatal(err)
	}
	site.Owner, site.OwnerHindi = "Made Up Police", "काल्पनिक पुलिस"
	for l, want := range map[Lang]string{English: "Made Up Police", Hindi: "काल्पनिक पुलिस"} {
		if text := head(l, site); !strings.Contains(text, want) || !strings.Contains(text, "/static/emblem?v=") {
			t.Errorf("in %s: %s", l, text)
		}
		if text := head(l, Site{Owner: "Made Up Police"}); !strings.Contains(text, "Made Up Police") {
			t.Errorf("the one name there is does not stand in %s", l)
		}
		if text := head(l, Site{}); strings.Contains(text, "emblem") || strings.Contains(text, "Police") {
			t.Errorf("nobody's site has an owner: %s", text)
		}
	}
	for _, bad := range []string{"", "GIF89a", "<html>", "<svg>" + strings.Repeat(" ", MostEmblem)} {
		if err := new(Site).ReadEmblem([]byte(bad)); err == nil {
			t.Errorf("%.20q was taken for an emblem", bad)
		}
	}
}
