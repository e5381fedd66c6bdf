package origins

import (
	"strings"
	"unicode/utf8"
)

// says marks the subject of the verb at i, and to whom it speaks.
func (r *reader) says(i int) {
	t := &r.tok[i]
	if r.near(i, suspicion, 5) || t.class&report != 0 && t.class&(say|find) == 0 {
		return
	}
	if i > 0 && (r.tok[i-1].class&rel != 0 && r.tok[i-1].class&that == 0) && (r.toPerson(i) || r.relative(i)) {
		return
	}
	if r.c.Folded(r.base+i) == "told" && r.passive(i) {
		return // "were told by officers"
	}
	if threat(r.c.Folded(r.base+i)) && r.near(i, by, 1) {
		return // "are threatened by officers"
	}
	if i+1 < len(r.tok) && r.tok[i+1].class&by != 0 && isLatin(r.c.Folded(r.base+i+1)) && r.c.Folded(r.base+i+1) == "by" && isLatin(r.c.Folded(r.base+i)) {
		r.after(i+1, i, subject)
		return
	}
	if r.saysNothing(i) {
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
		r.after(i, i, recipient) // "he told Ukrinform"
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
	if first && r.saysAfterClause(i) || r.after(i, i, subject) || first && r.before(i) {
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
	if r.whereWritten(e, v) {
		return true
	}
	if e.body < 0 && !e.written && e.speaker != document || e.bare {
		w := r.c.Folded(r.base + e.lo)
		for _, dative := range []string{"ам", "ям", "им", "ым", "ому", "ему"} {
			if strings.HasSuffix(w, dative) {
				return false
			}
		}
	}
	if e.body < 0 && !e.written && oblique(r.c.Folded(r.base+e.lo)) {
		return false
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

// whereWritten: "в местных пабликах пишут": where nobody else says it, the place does.
func (r *reader) whereWritten(e *entity, v int) bool {
	if e.hi != v || e.body >= 0 || e.speaker != social && e.speaker != unnamedChannel || r.tok[v].gap&pause != 0 {
		return false
	}
	w := r.c.Folded(r.base + v)
	for i := max(0, e.lo-2); i < e.lo; i++ {
		if r.tok[i].class&in != 0 {
			return strings.HasSuffix(w, "ут") || strings.HasSuffix(w, "уть") || strings.HasSuffix(w, "ють") || strings.HasSuffix(w, "ют") || strings.HasSuffix(w, "ят") || strings.HasSuffix(w, "ять") || strings.HasSuffix(w, "ли")
		}
	}
	return false
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
		if j == v+1 && r.tok[j].gap&colon != 0 {
			return true
		}
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
	stranger := r.strangerBehindComma(v)
	for j := v - 1; j >= 0 && j >= v-window; j-- {
		after := r.tok[j+1].gap
		if after&(stop|line|colon) != 0 && j+1 <= v || after&opens != 0 && after&closes == 0 && r.tok[j+1].ent == 0 {
			return false
		}
		if after&comma != 0 {
			if commas++; commas > 2 || stranger {
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
			return r.byName(v) || r.opener(v) || r.alsoSays(v)
		}
	}
	return r.byName(v)
}

// alsoSays: "ZMINA opened a hotline and said": whose name opens the sentence does both.
func (r *reader) alsoSays(v int) bool {
	if v == 0 || r.tok[v-1].class&and == 0 || len(r.ents) == 0 {
		return false
	}
	e := &r.ents[0]
	if e.lo > 2 || e.body < 0 || e.hint != idle || !r.allowed(e, v) || e.hi < len(r.tok) && r.tok[e.hi].gap&comma != 0 {
		return false
	}
	r.use(e, subject, v, 0)
	return true
}

// passing: "джерело в адміністрації": the body is where the speaker is, who comes before.
func (r *reader) passing(e *entity) bool {
	at := e.lo - 1
	if at > 0 && r.c.Folded(r.base+at) == "the" {
		at--
	}
	if at > 0 && r.tok[at].class&in != 0 && r.tok[at-1].ent != 0 && r.ents[r.tok[at-1].ent-1].speaker == anonymous {
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
		if i+1 < len(r.tok) && r.c.Folded(r.base+i+1) == "by" {
			return false // "an official appointed by Russia"
		}
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
