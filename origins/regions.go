package origins

import "strings"

// regions gives an occupier's office or administration that says of which region it is the
// body of that region: "the Moscow-installed head of the Kherson region", "окупаційна
// адміністрація Мелітополя".
func (r *reader) regions() {
	for k := range r.ents {
		e := &r.ents[k]
		if e.speaker != occupation || e.body >= 0 {
			continue
		}
		for i := e.lo; i < len(r.tok) && i < e.hi+regionReach; i++ {
			if i > e.lo && r.tok[i].gap&(pause&^dash&^opens&^closes) != 0 || i >= e.hi && r.tok[i].class&(say|find|that|rel) != 0 {
				break
			}
			if body := r.t.occupierOf(r.c.Folded(r.base + i)); body >= 0 && r.tok[i].upper || body >= 0 && i < e.hi {
				e.body, e.bare, e.hi = body, false, max(e.hi, i+1)
				break
			}
		}
	}
}

// regionReach is how many words behind an occupier's office its region may stand.
const regionReach = 6

// occupierOf returns the occupier's body of the region that a folded word names, or -1.
func (t *table) occupierOf(w string) int32 {
	for _, x := range [...]struct{ begins, id string }{
		{"херсон", "kherson-occ"}, {"kherson", "kherson-occ"}, {"запоріж", "zaporizhzhia-occ"}, {"запорож", "zaporizhzhia-occ"}, {"zaporizh", "zaporizhzhia-occ"}, {"zaporozh", "zaporizhzhia-occ"},
		{"мелітопол", "melitopol-occ"}, {"мелитопол", "melitopol-occ"}, {"melitopol", "melitopol-occ"}, {"маріупол", "mariupol-occ"}, {"мариупол", "mariupol-occ"}, {"mariupol", "mariupol-occ"},
		{"севастоп", "sevastopol-governor"}, {"sevastop", "sevastopol-governor"}, {"крим", "crimea-head"}, {"крым", "crimea-head"}, {"crimea", "crimea-head"},
		{"донецьк", "dpr"}, {"донецк", "dpr"}, {"донеччин", "dpr"}, {"donetsk", "dpr"}, {"луган", "lpr"}, {"luhansk", "lpr"}, {"lugansk", "lpr"},
	} {
		if !strings.HasPrefix(w, x.begins) {
			continue
		}
		for i := range t.bodies {
			if t.bodies[i].ID == x.id {
				return int32(i)
			}
		}
	}
	return -1
}
