package origins

import "strings"

// appointed makes of an office that the occupier gave, or that is only so called, one of the
// occupier's: "призначений окупантами голова", "the Moscow-appointed mayor", "так званий міністр".
func (r *reader) appointed() {
	for k := range r.ents {
		e := &r.ents[k]
		if e.hi > e.lo+1 && r.tok[e.hi-1].class&(title|bodyNoun) != 0 && r.given(e.lo) { // "назначенный Кремлём мэр"
			e.body, e.bare, e.speaker, e.lo = -1, false, occupation, e.hi-1
			continue
		}
		if e.body >= 0 && r.t.bodies[e.body].Side == "ua-state" && r.soCalled(e.lo-1) {
			e.body, e.bare, e.speaker = -1, false, occupation // "так званий уповноважений з прав людини"
			continue
		}
		if !e.bare || e.speaker != official && !(e.speaker == unnamedOutlet && r.authority(e)) {
			continue
		}
		for i := max(0, e.lo-4); i < e.lo; i++ {
			w := r.c.Folded(r.base + i)
			if r.given(i) || (r.soCalled(i) || w == "called") && !r.pauses(i+1, e.lo) {
				e.bare, e.speaker = false, occupation
				break
			}
		}
	}
}

// soCalled: the word at i says that what stands behind it is only called so.
func (r *reader) soCalled(i int) bool {
	if i < 0 || r.tok[i+1].gap&(comma|stop|colon|line) != 0 {
		return false
	}
	w := r.c.Folded(r.base + i)
	for _, p := range [...]string{"зван", "называем", "самопрого", "самопровозг", "псевдо"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return w == "proclaimed" || w == "called" && i > 0 && r.c.Folded(r.base+i-1) == "so"
}

// given: words at i that say that the occupier gave the office behind them.
func (r *reader) given(i int) bool {
	w, next := r.c.Folded(r.base+i), ""
	if i+1 < len(r.tok) {
		next = r.c.Folded(r.base + i + 1)
	}
	for _, p := range [...]string{"окупант", "оккупант", "кремлем", "москвою", "москвой", "росіян", "россиян", "загарбник"} {
		if strings.HasPrefix(w, p) && i > 0 && r.tok[i].gap&pause == 0 {
			b := r.c.Folded(r.base + i - 1)
			return strings.HasPrefix(b, "підконтрольн") || strings.HasPrefix(b, "подконтрольн") || strings.HasPrefix(b, "признач") || strings.HasPrefix(b, "назнач") || strings.HasPrefix(b, "поставл") || strings.HasPrefix(b, "наставл")
		}
	}
	return (w == "moscow" || w == "kremlin" || w == "russian" || w == "russia") && (next == "appointed" || next == "installed" || next == "backed")
}

// pauses reports whether a mark stands before one of the words (lo,hi].
func (r *reader) pauses(lo, hi int) bool {
	for i := lo; i <= hi && i < len(r.tok); i++ {
		if r.tok[i].gap&(pause&^(opens|closes|dash)) != 0 {
			return true
		}
	}
	return false
}

// regional gives "the regional military administration", "обласна прокуратура" the region that
// the text named last.
func (r *reader) regional(e *entity) bool {
	office, region := "", false
	for i := max(0, e.lo-2); i < e.hi+2 && i < len(r.tok); i++ {
		switch w := r.c.Folded(r.base + i); {
		case strings.HasPrefix(w, "обласн"), strings.HasPrefix(w, "областн"), w == "regional", w == "oblast":
			region = true
		case strings.HasPrefix(w, "адміністрац"), strings.HasPrefix(w, "администрац"), w == "administration":
			office = "rma"
		case strings.HasPrefix(w, "прокур"), strings.HasPrefix(w, "prosecutor"):
			office = "prosecutor"
		}
	}
	for i := e.hi + 1; i < len(r.tok) && i <= e.hi+3 && r.tok[i].gap&pause == 0; i++ { // "the prosecutor's office of Kherson region"
		switch r.c.Folded(r.base + i) {
		case "region", "oblast", "області", "области":
			if id := stateBodyOf(r.c.Folded(r.base+i-1), office); office == "prosecutor" && id != "" {
				e.body, _ = r.bodyOf(id)
				e.bare = e.bare && e.body < 0
				return e.body >= 0
			}
		}
	}
	if office == "" || !region {
		return false
	}
	last := r.base + min(e.hi, len(r.tok)-1)
	for i := last; i >= 0 && i > last-regionBack; i-- {
		if id := stateBodyOf(r.c.Folded(i), office); id != "" {
			e.body, _ = r.bodyOf(id)
			e.bare = e.bare && e.body < 0
			return e.body >= 0
		}
	}
	return false
}

// regionBack is how many words back a region may have been named.
const regionBack = 300

// stateBodyOf is the ID of Ukraine's military administration or prosecutors of the region
// that a folded word names, or "".
func stateBodyOf(w, office string) string {
	for _, x := range [...][2]string{{"херсон", "kherson"}, {"kherson", "kherson"}, {"запор", "zaporizhzhia"}, {"zapor", "zaporizhzhia"}, {"донец", "donetsk"}, {"донеч", "donetsk"}, {"donetsk", "donetsk"},
		{"луган", "luhansk"}, {"luhansk", "luhansk"}, {"lugansk", "luhansk"}, {"харк", "kharkiv"}, {"харьк", "kharkiv"}, {"kharkiv", "kharkiv"}} {
		if strings.HasPrefix(w, x[0]) {
			if office == "rma" {
				return x[1] + "-rma"
			}
			return "prosecutor-" + x[1]
		}
	}
	return ""
}

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
		if i, ok := t.byID[x.id]; ok {
			return i
		}
	}
	return -1
}
