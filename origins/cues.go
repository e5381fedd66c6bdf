package origins

import (
	"strings"
	"unicode/utf8"
)

const window = 12 // how far from a cue its subject or object may begin, in words

// cues goes through the sentence and marks the entities that a cue makes origins.
func (r *reader) cues() {
	r.headings()
	rank := 0
	for i := range r.tok {
		c := r.tok[i].class
		switch {
		case c&cite != 0 && !r.isName(i):
			rank++
			r.cites(i, strongCiteOf(r.c.Folded(r.base+i)), rank)
		case c&cited != 0 && r.prepared(i):
			r.cites(i, weakCite, 0)
		case c&via != 0 && r.nameNext(i):
			r.cites(i, weakCite, 0)
		case r.isName(i):
		case c&report != 0 && r.reports(i):
		case c&(say|find|tells) != 0:
			r.says(i)
		}
	}
	r.stranger()
	for k := range r.ents {
		e := &r.ents[k]
		if e.speaker == ownReport && e.hi-e.lo == 2 && r.tok[e.lo+1].class&(title|askedBy|own) != 0 && e.hint == idle {
			e.hint, e.cue = subject, e.lo
		}
	}
}

// nameNext: "per HUR", "via the General Staff".
func (r *reader) nameNext(i int) bool {
	return i+1 < len(r.tok) && r.tok[i+1].ent != 0 || i+2 < len(r.tok) && r.c.Folded(r.base+i+1) == "the" && r.tok[i+2].ent != 0 || r.perSomebody(i)
}

// perSomebody: "per a vendor"; "per soldier" counts heads.
func (r *reader) perSomebody(i int) bool {
	if i+2 >= len(r.tok) || r.c.Folded(r.base+i) != "per" || r.tok[i+2].ent == 0 {
		return false
	}
	switch r.c.Folded(r.base + i + 1) {
	case "a", "an", "our", "one", "two":
		return r.ents[r.tok[i+2].ent-1].speaker != nobody
	}
	return false
}

func (r *reader) isName(i int) bool {
	e := r.tok[i].ent
	return e != 0 && !r.ents[e-1].bare
}

// strongCiteOf: "according to" names a source as "за даними" does; "citing" says
// that somebody else relays it.
func strongCiteOf(w string) hint {
	switch w {
	case "according", "згідно", "согласно":
		return weakCite
	}
	return strongCite
}

// prepared reports whether a preposition that cites stands before the noun at i, with
// at most two words between (за попередніми даними).
func (r *reader) prepared(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if r.tok[j+1].gap&pause != 0 {
			return false
		}
		if r.tok[j].class&prep != 0 {
			switch w := r.c.Folded(r.base + i); w {
			case "слів", "слов":
				return r.c.Folded(r.base+j) != "за" && r.c.Folded(r.base+j) != "на"
			case "думку":
				return r.c.Folded(r.base+j) == "на"
			}
			return true
		}
	}
	return false
}

// cites marks the objects of the citing word at i.
func (r *reader) cites(i int, h hint, rank int) {
	if i > 0 && r.tok[i-1].class&poss != 0 && r.tok[i].class&cited != 0 {
		r.goOn(i-1, i+1, h)
		return
	}
	if w := r.c.Folded(r.base + i); strings.HasPrefix(w, "посила") || strings.HasPrefix(w, "ссылае") {
		if i > 1 && r.tok[i-1].class&rel != 0 && r.tok[i-2].class&in != 0 { // на які посилається X
			r.after(i, i, recipient)
			return
		}
		if w != "посилаючись" {
			r.before(i)
		}
	}
	found, linked := false, true
	for j := i + 1; j < len(r.tok) && j < i+window; j++ {
		t := &r.tok[j]
		if j > i+1 && t.gap&(comma|colon|stop|line) != 0 || !found && t.gap&comma != 0 {
			break
		}
		linked = linked || t.class&and != 0 || t.gap&comma != 0
		if t.ent == 0 {
			if found && t.class&and == 0 && t.gap&comma == 0 {
				if !t.upper {
					break
				}
				continue
			}
			if t.class&(say|that|rel) != 0 && j > i+1 {
				break
			}
			if t.class&pron != 0 || t.class&poss != 0 && t.class&pron == 0 && j == i+2 {
				r.goOn(j, j+1, h)
				return
			}
			continue
		}
		e := &r.ents[t.ent-1]
		if r.tok[i].class&via != 0 && e.speaker != nobody && !r.perSomebody(i) || !linked {
			return
		}
		r.use(e, h, i, rank)
		found, linked = true, false
		j = e.hi - 1
	}
	if !found {
		r.unknown(i, h, rank)
	}
}

// unknown looks for a speaker whose name alone is given.
func (r *reader) unknown(i int, h hint, rank int) {
	if r.someone(i, h, rank) {
		return
	}
	for j := i + 1; j < len(r.tok) && j <= i+2; j++ {
		if r.tok[j].gap&(comma|stop|colon|line|closes) != 0 {
			return
		}
		if r.tok[j].upper && r.tok[j].ent == 0 {
			if m := r.recall(j); m != nil {
				r.add(entity{lo: j, hi: j + 1, body: m.body, speaker: m.speaker, hint: h, cue: i, rank: rank})
			} else if r.tok[i].class&cited != 0 && isWords(r.c.Folded(r.base+i)) {
				r.add(entity{lo: j, hi: j + 1, body: -1, speaker: person, hint: h, cue: i, rank: rank})
			}
			return
		}
	}
}

// someone: "по словам одного вернувшегося", "за словами тренера": whose words they are is
// a noun that nobody listed.
func (r *reader) someone(i int, h hint, rank int) bool {
	if r.c.Folded(r.base+i) == "according" {
		return r.accordingTo(i, h, rank)
	}
	hi := i + 1
	for hi < len(r.tok) && hi < i+4 && r.tok[hi].gap&pause == 0 && !r.tok[hi].upper && r.tok[hi].class == 0 && r.tok[hi].ent == 0 && oblique(r.c.Folded(r.base+hi)) {
		hi++
	}
	if hi == i+1 || r.tok[i].class&cited == 0 || !isWords(r.c.Folded(r.base+i)) || hi < len(r.tok) && r.tok[hi].gap&pause == 0 && r.tok[hi].class&(prep|in|by|other) == 0 {
		return false
	}
	r.add(entity{lo: i + 1, hi: hi, body: -1, speaker: person, hint: h, cue: i, rank: rank})
	return true
}

// accordingTo: "according to a teacher": somebody, and no plan, law or paper.
func (r *reader) accordingTo(i int, h hint, rank int) bool {
	lo := i + 2
	if lo+1 >= len(r.tok) || r.c.Folded(r.base+i+1) != "to" {
		return false
	}
	switch r.c.Folded(r.base + lo) {
	case "a", "an", "one", "two", "three", "several", "some":
		lo++
	}
	hi := lo
	for hi < len(r.tok) && hi < lo+3 && r.tok[hi].gap&pause == 0 && !r.tok[hi].upper && r.tok[hi].class == 0 && r.tok[hi].ent == 0 {
		hi++
	}
	if hi == lo || !personal(r.c.Folded(r.base+hi-1)) {
		return false
	}
	r.add(entity{lo: lo, hi: hi, body: -1, speaker: person, hint: h, cue: i, rank: rank})
	return true
}

// personal guesses by its ending whether an English noun is of people.
func personal(w string) bool {
	w = strings.TrimSuffix(w, "s")
	if strings.HasSuffix(w, "ment") { // an assessment, a government
		return false
	}
	for _, end := range [...]string{"er", "or", "ist", "man", "men", "woman", "ian", "ee", "ant", "ent", "boy", "girl", "nurse", "guard", "friend", "priest", "medic", "clerk"} {
		if strings.HasSuffix(w, end) && w != "paper" && w != "number" && w != "order" && w != "letter" && w != "newspaper" && w != "other" && w != "register" && w != "poster" && w != "calendar" && w != "chapter" {
			return true
		}
	}
	return false
}

func isWords(w string) bool {
	return w == "словами" || w == "словам" || w == "слів" || w == "слов"
}

// use marks an entity, unless a stronger cue has done so.
func (r *reader) use(e *entity, h hint, cue, rank int) {
	if e.hint < h {
		e.hint, e.cue, e.rank = h, cue, rank
	}
}

// goOn adds "he" as an origin: the speaker before.
func (r *reader) goOn(lo, hi int, h hint) {
	r.add(entity{lo: lo, hi: hi, body: -1, goesOn: true, hint: h, cue: lo})
}

// headings: "Джерело: ГУР", "ГУР: …", "… — ГУР".
func (r *reader) headings() {
	for k := range r.ents {
		e := &r.ents[k]
		if e.lo > 0 && r.tok[e.lo-1].class&photo != 0 {
			continue
		}
		named := e.body >= 0 || e.written
		switch {
		case e.lo >= 1 && e.lo <= 2 && r.tok[e.lo].gap&colon != 0 && r.tok[e.lo-1].class&heading != 0:
			for k2 := range r.ents[:k] {
				r.ents[k2].hint = idle
			}
			r.use(e, subject, e.lo, 0)
		case e.lo == 0 && named && e.hi < len(r.tok) && e.hi <= 5 && r.tok[e.hi].gap&colon != 0:
			r.use(e, subject, e.lo, 0)
		case named && e.lo > 2 && r.tok[e.lo].gap&dash != 0 && r.tok[e.lo].gap&(colon|stop) == 0 && r.endsHere(e.hi):
			r.use(e, subject, e.lo, 0)
		}
	}
}

// endsHere reports whether at most two names follow before the sentence or headline ends.
func (r *reader) endsHere(i int) bool {
	for n := 0; i < len(r.tok) && n < 3; n++ {
		if !r.tok[i].upper || r.tok[i].gap&pause != 0 {
			return false
		}
		i++
	}
	return i == len(r.tok)
}

// reports: a report and its owner: "дані ГУР", "у звіті OHCHR", "the HUR figures".
func (r *reader) reports(i int) bool {
	for j := i + 1; j < len(r.tok) && j < i+5; j++ {
		t := &r.tok[j]
		if t.gap&(pause&^opens) != 0 || t.class&(say|that|rel|other) != 0 && t.ent == 0 && r.c.Folded(r.base+j) != "by" && r.c.Folded(r.base+j) != "from" {
			break
		}
		if t.ent == 0 {
			continue
		}
		e := &r.ents[t.ent-1]
		if (e.body >= 0 || e.written || e.speaker == ownReport) && r.published(i, e.hi) {
			r.use(e, weakCite, i, 0)
			r.alsoNext(int(t.ent), weakCite, i)
			return true
		}
		break
	}
	for j := i - 1; j >= 0 && j >= i-3 && r.tok[j+1].gap&pause == 0; j-- {
		if r.tok[j].ent != 0 && isLatin(r.c.Folded(r.base+i)) {
			e := &r.ents[r.tok[j].ent-1]
			if e.body >= 0 && r.published(e.lo, i+1) {
				r.use(e, weakCite, i, 0)
				return true
			}
		}
	}
	return r.tok[i].class&(say|tells|find) == 0
}

// published reports whether the report between lo and hi is told from, and not merely
// mentioned: a preposition before it, a verb of telling near it.
func (r *reader) published(lo, hi int) bool {
	for j := lo - 1; j >= 0 && j >= lo-4; j-- {
		if r.tok[j].class&(in|prep|tells|say) != 0 {
			return true
		}
	}
	for j := hi; j < len(r.tok) && j < hi+5; j++ {
		if r.tok[j].class&(tells|find|say) != 0 {
			return true
		}
	}
	return false
}

func isLatin(w string) bool { return w != "" && w[0] < utf8.RuneSelf }
