package query

// mostListed is how many of a record's names, aliases, numbers or sections a hit lists: one form has fifty aliases at most. A
// case of many forms may hold hundreds; the reasons name that which was found, and the case has them all.
const mostListed = 50

// cut shortens long lists of a hit, and tells in More how many are left out.
func (v *View) cut() {
	for _, l := range [...]struct {
		name string
		list *[]string
	}{{"names", &v.Names}, {"aliases", &v.Aliases}, {"registrations", &v.Registrations}, {"sections", &v.Sections}} {
		if out := len(*l.list) - mostListed; out > 0 {
			*l.list = (*l.list)[:mostListed:mostListed] // the register's own
			if v.More == nil {
				v.More = map[string]int{}
			}
			v.More[l.name] = out
		}
	}
}
