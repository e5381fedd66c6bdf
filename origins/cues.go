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
	for k := range r.ents {
		e := &r.ents[k]
		if e.speaker == ownReport && e.hi-e.lo == 2 && r.tok[e.lo+1].class&(title|askedBy|own) != 0 && e.hint == idle {
			e.hint, e.cue = subject, e.lo
		}
	}
}

// nameNext: "per HUR", "via the General Staff".
func (r *reader) nameNext(i int) bool {
	return i+1 < len(r.tok) && r.tok[i+1].ent != 0 || i+2 < len(r.tok) && r.c.Folded(r.base+i+1) == "the" && r.tok[i+2].ent != 0
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
		if r.tok[i].class&via != 0 && e.speaker != nobody || !linked {
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

// says marks the subject of the verb at i, and to whom it speaks.
func (r *reader) says(i int) {
	t := &r.tok[i]
	if r.near(i, suspicion, 5) || t.class&report != 0 && t.class&(say|find) == 0 {
		return
	}
	if i > 0 && (r.tok[i-1].class&rel != 0 && r.tok[i-1].class&that == 0) && r.relative(i) {
		return
	}
	if i+1 < len(r.tok) && r.tok[i+1].class&by != 0 && isLatin(r.c.Folded(r.base+i+1)) && r.c.Folded(r.base+i+1) == "by" && isLatin(r.c.Folded(r.base+i)) {
		r.after(i+1, i, subject)
		return
	}
	if quotes(r.c.Folded(r.base + i)) {
		r.before(i)
		r.cites(i, strongCite, 1)
		return
	}
	if t.class&say == 0 && t.class&tells != 0 {
		r.tellsOf(i)
		return
	}
	first := i == 0 || t.gap&(comma|dash|closes|colon|opens) != 0 || r.tok[i-1].class&(dem|that|pron) != 0 && r.tok[i-1].class&own == 0
	if i > 0 && r.tok[i-1].class&pron != 0 && t.gap&pause == 0 {
		r.goOn(i-1, i, subject)
		return
	}
	if i > 0 && t.gap&(pause&^closes) == 0 && r.tok[i-1].ent != 0 {
		first = false // «Атеш» повідомляє
	}
	if first && r.behind(i) && r.after(i, i, subject) {
		return
	}
	if !first || t.gap&(closes|dash) == 0 {
		if r.before(i) {
			if !r.toldFirst(i) {
				r.after(i, i, recipient)
			}
			return
		}
	}
	if isLatin(r.c.Folded(r.base+i)) && !first {
		return
	}
	if r.after(i, i, subject) || first && r.before(i) {
		return
	}
	if i+1 < len(r.tok) && r.tok[i+1].class&pron != 0 && r.tok[i+1].gap&pause == 0 {
		r.goOn(i+1, i+2, subject)
	}
}

// quotes: verbs whose object says it.
func quotes(w string) bool {
	switch w {
	case "quoted", "quotes", "cites", "cited", "цитує", "цитують", "цитував", "цитувала", "процитував", "процитувала", "цитирует", "цитируют", "процитировал", "процитировала":
		return true
	}
	return false
}

// behind reports whether somebody who can speak stands right behind the verb at v:
// "…, наголосив речник ГУР".
func (r *reader) behind(v int) bool {
	j := v + 1
	if j < len(r.tok) && r.tok[j].class&in != 0 {
		j++
	}
	if j >= len(r.tok) || r.tok[j].ent == 0 || r.tok[j].gap&(pause&^opens) != 0 || isLatin(r.c.Folded(r.base+v)) {
		return false
	}
	e := &r.ents[r.tok[j].ent-1]
	return !r.isRecipient(e) && r.allowed(e, v) && e.hint <= subject
}

// relative: "…, who said": the one before the comma says it.
func (r *reader) relative(i int) bool {
	if i > 1 && r.tok[i-2].class&in != 0 && len(r.ents) > 0 && r.ents[0].lo <= 2 && r.ents[0].hint == idle && r.allowed(&r.ents[0], i) {
		r.use(&r.ents[0], subject, i, 0) // "мати записала відео, в якому каже"
		return true
	}
	if i < 2 || r.tok[i-2].ent == 0 {
		return true
	}
	r.use(&r.ents[r.tok[i-2].ent-1], subject, i, 0)
	return true
}

// toldFirst: "Суспільному повідомили у ГУР": the outlet before the verb is told, the
// body right behind it says.
func (r *reader) toldFirst(v int) bool {
	var told *entity
	for k := range r.ents {
		if e := &r.ents[k]; e.hint == subject && e.cue == v {
			told = e
		}
	}
	if told == nil || !r.isRecipient(told) || isLatin(r.c.Folded(r.base+v)) {
		return false
	}
	j := v + 1
	if j < len(r.tok) && r.tok[j].class&in != 0 {
		j++
	}
	if j >= len(r.tok) || r.tok[j].ent == 0 || r.tok[j].gap&(pause&^opens) != 0 {
		return false
	}
	e := &r.ents[r.tok[j].ent-1]
	if r.isRecipient(e) || !r.allowed(e, v) {
		return false
	}
	told.hint = recipient
	r.use(e, subject, v, 0)
	return true
}

// near reports whether a word of the class follows i within n words.
func (r *reader) near(i int, c class, n int) bool {
	for j := i + 1; j < len(r.tok) && j <= i+n && r.tok[j].gap&comma == 0; j++ {
		if r.tok[j].class&c != 0 {
			return true
		}
	}
	return false
}

// tellsOf: "йдеться у звіті …", "говорится в документе".
func (r *reader) tellsOf(i int) {
	for d := 1; d < 7; d++ {
		for _, j := range [2]int{i + d, i - d} {
			if j < 0 || j >= len(r.tok) || r.tok[j].ent == 0 {
				continue
			}
			e := &r.ents[r.tok[j].ent-1]
			if e.bare && e.speaker == official {
				continue
			}
			if e.body >= 0 || e.written || e.speaker == document {
				r.use(e, subject, i, 0)
				r.alsoNext(int(r.tok[j].ent), subject, i)
				return
			}
		}
	}
}

// alsoNext marks entity k, if it stands behind the one before it and an "and".
func (r *reader) alsoNext(k int, h hint, cue int) {
	if k >= len(r.ents) {
		return
	}
	if end := r.ents[k-1].hi; end < len(r.tok) && r.tok[end].class&and != 0 && r.ents[k].lo == end+1 {
		r.use(&r.ents[k], h, cue, 0)
	}
}

// allowed reports whether e may be the subject of the verb at v.
func (r *reader) allowed(e *entity, v int) bool {
	if e.body < 0 && !e.written && e.speaker != document || e.bare {
		w := r.c.Folded(r.base + e.lo)
		for _, dative := range []string{"ам", "ям", "им", "ым", "ому", "ему"} {
			if strings.HasSuffix(w, dative) && w != "нам" {
				return false
			}
		}
	}
	if e.speaker == document && r.tok[v].class&(tells) == 0 {
		return false
	}
	if e.lo > 0 && r.tok[e.lo].gap&pause == 0 {
		p := r.tok[e.lo-1]
		if p.class&(other|prep|cite|cited) != 0 && p.class&in == 0 && r.c.Folded(r.base+e.lo-1) != "by" || p.class&venue != 0 {
			return false
		}
		if p.class&in != 0 && e.bare && e.speaker == unnamedChannel {
			return false
		}
	}
	if r.tok[v].class&say == 0 && r.tok[v].class&find != 0 {
		return r.finds(e, v)
	}
	return true
}

// finds: a body that finds something is an origin if it says what.
func (r *reader) finds(e *entity, v int) bool {
	if e.body >= 0 {
		switch b := &r.t.bodies[e.body]; {
		case b.Kind == "ngo", b.Side == "intl", b.Kind == "outlet":
			return true
		}
	}
	if e.speaker == activists || e.speaker == ownReport {
		return true
	}
	for j := v + 1; j < len(r.tok) && j <= v+3; j++ {
		w := r.c.Folded(r.base + j)
		if w == "що" || w == "что" || w == "that" || w == "як" || w == "как" || w == "how" {
			return true
		}
	}
	return false
}

// before looks for the subject in front of the verb at v.
func (r *reader) before(v int) bool {
	commas := 0
	for j := v - 1; j >= 0 && j >= v-window; j-- {
		after := r.tok[j+1].gap
		if after&(stop|line|colon) != 0 && j+1 <= v || after&opens != 0 && after&closes == 0 && r.tok[j+1].ent == 0 {
			return false
		}
		if after&comma != 0 {
			if commas++; commas > 2 {
				return false
			}
		}
		t := &r.tok[j]
		if t.ent != 0 {
			e := r.apposition(int(t.ent - 1))
			if r.allowed(e, v) && !(commas == 1 && r.tok[v].gap&comma != 0 && e.hi != v && !r.apposed(e, v)) {
				if e.hint <= subject && !r.passing(e) {
					r.subject(e, v)
					return true
				}
			} else if e.lo > 0 && r.tok[e.lo-1].class&venue != 0 && e.body >= 0 {
				r.use(e, recipient, v, 0)
			}
			j = e.lo
			continue
		}
		if t.class&(say|find|rel|that) != 0 && t.class&report == 0 || r.finite(j) && !(j == v-1 && isLatin(r.c.Folded(r.base+j)) && !strings.HasSuffix(r.c.Folded(r.base+j), "ed")) {
			return r.byName(v) || r.opener(v)
		}
	}
	return r.byName(v)
}

// passing: "джерело в адміністрації": the body is where the speaker is, who comes before.
func (r *reader) passing(e *entity) bool {
	if e.lo > 1 && r.tok[e.lo-1].class&in != 0 && r.tok[e.lo-2].ent != 0 && r.ents[r.tok[e.lo-2].ent-1].speaker == anonymous {
		return true
	}
	return e.bare && e.lo > 1 && r.tok[e.lo-1].class&in != 0 && r.ents[0].hi < e.lo && r.ents[0].hint <= subject
}

// subject marks who says, with the one before "and", and "a source of the outlet" as
// a source that the outlet relays.
func (r *reader) subject(e *entity, v int) {
	r.use(e, subject, v, 0)
	k := int(r.tok[e.lo].ent) - 1
	if k == 0 {
		return
	}
	p := &r.ents[k-1]
	switch {
	case p.hi == e.lo && p.speaker == anonymous && p.hint <= subject && r.isRecipient(e):
		p.hint, p.cue, e.hint = subject, v, recipient
	case p.hint == idle && !p.bare && r.allowed(p, v) && (p.hi == e.lo-1 || p.hi == e.lo-2 && r.c.Folded(r.base+e.lo-1) == "the") && r.tok[p.hi].class&and != 0:
		r.use(p, subject, v, 0)
	}
}

// opener: "A source who asked not to be named said": a speaker without a name that
// begins the sentence, with a clause between.
func (r *reader) opener(v int) bool {
	if len(r.ents) == 0 || isLatin(r.c.Folded(r.base+v)) == (r.tok[v].gap&comma != 0) {
		return false
	}
	e := &r.ents[0]
	if e.lo > 2 || v-e.lo > 2*window || e.hint != idle || e.bare || !r.allowed(e, v) {
		return false
	}
	if (e.body >= 0 || e.written) && (e.hi >= len(r.tok) || r.tok[e.hi].class&rel == 0 || r.tok[e.hi].gap&comma == 0) {
		return false
	}
	if e.hi >= len(r.tok) || r.tok[e.hi].class&rel == 0 && r.tok[e.hi].gap&comma == 0 {
		return false
	}
	r.use(e, subject, v, 0)
	return true
}

// apposition: "ZMINA, a rights group, says": whose name stands before the comma.
func (r *reader) apposition(k int) *entity {
	e := &r.ents[k]
	if k > 0 && e.bare {
		if p := &r.ents[k-1]; p.body >= 0 && e.lo-p.hi <= 3 && r.tok[p.hi].gap&comma != 0 {
			return p
		}
	}
	return e
}

// apposed: "Андрій Юсов, речник ГУР, заявив".
func (r *reader) apposed(e *entity, v int) bool { return e.hi >= v-3 }

// byName: the surname of somebody whose office was told before, directly at the verb.
func (r *reader) byName(v int) bool {
	for _, j := range [3]int{v - 1, v + 1, v + 2} {
		if j < 0 || j >= len(r.tok) || !r.tok[j].upper || r.tok[j].ent != 0 {
			continue
		}
		if m := r.recall(j); m != nil {
			r.add(entity{lo: j, hi: j + 1, body: m.body, speaker: m.speaker, hint: subject, cue: v})
			return true
		}
	}
	return false
}

// finite guesses whether the word at i is a verb with a subject of its own.
func (r *reader) finite(i int) bool {
	t := &r.tok[i]
	if t.upper || t.class != 0 || t.ent != 0 {
		return false
	}
	w := r.c.Folded(r.base + i)
	if isLatin(w) {
		return w == "was" || w == "were" || w == "has" || w == "have" || w == "is" || w == "are" || strings.HasSuffix(w, "ed") && len(w) > 5
	}
	if utf8.RuneCountInString(w) < 6 {
		return false
	}
	for _, e := range []string{"ила", "ала", "яла", "ило", "ало", "или", "али", "ують", "ають", "ують", "ит", "ив", "ав", "ил", "ал", "ает", "ають", "ає", "ує", "лося", "лась", "лся", "лись", "ться"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// after looks for the subject (or the one who is told) behind the verb at v.
func (r *reader) after(from, v int, h hint) bool {
	found := -1
	for j := from + 1; j < len(r.tok) && j <= from+window; j++ {
		t := &r.tok[j]
		if t.gap&(stop|colon|line|closes) != 0 && t.ent == 0 || t.gap&comma != 0 && !(found >= 0 && t.ent != 0 && j == r.ents[found].hi) {
			break
		}
		if t.ent == 0 {
			if t.class&(that|rel|dem) != 0 && t.class&in == 0 && found < 0 && t.class&dem == 0 || t.class&(say|find|cite|cited) != 0 || h == recipient && j > from+3 {
				break
			}
			continue
		}
		e := &r.ents[t.ent-1]
		told := e.speaker == ownReport || e.body >= 0 && r.t.bodies[e.body].Kind == "outlet"
		inVenue := e.lo > 0 && r.tok[e.lo-1].class&(venue|askedBy) != 0 || r.tok[e.lo].class&askedBy != 0 || e.lo > 1 && r.tok[e.lo-2].class&venue != 0 && r.tok[e.lo-1].class&bodyNoun != 0
		switch {
		case h == recipient:
			if told && e.hint == idle && (isLatin(r.c.Folded(r.base+v)) || inVenue || e.lo <= v+2) {
				r.use(e, recipient, v, 0)
			}
		case inVenue && (e.body >= 0 || e.written || told):
			r.use(e, recipient, v, 0)
		case !r.allowed(e, v) || e.hint > subject:
		case found < 0:
			found = int(t.ent - 1)
			r.use(e, subject, v, 0)
		case told && r.ents[found].speaker != ownReport:
			if r.ents[found].body < 0 || r.t.bodies[r.ents[found].body].Kind != "outlet" {
				r.use(e, recipient, v, 0)
			}
		case r.isRecipient(&r.ents[found]):
			r.ents[found].hint = recipient
			found = int(t.ent - 1)
			r.use(e, subject, v, 0)
		case r.tok[e.lo-1].class&and != 0:
			r.use(e, subject, v, 0)
		default:
			return true
		}
		j = e.hi - 1
	}
	return found >= 0 && h != recipient || h == recipient
}

// isRecipient: an outlet or "us" after which another subject comes was only told.
func (r *reader) isRecipient(e *entity) bool {
	return e.speaker == ownReport || e.body >= 0 && r.t.bodies[e.body].Kind == "outlet"
}
