package origins

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"svidok/words"
)

var readers = sync.Pool{New: func() any { return new(reader) }}

// Find appends the mentions of origins in the text that c holds, sentence by sentence.
func Find(dst []Mention, c *words.Cut, doc Document) []Mention {
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.c, r.t, r.out = c, tables(), r.out[:0]
	r.memo, r.last, r.lately, r.self = r.memo[:0], r.last[:0], lately{}, first{}
	r.doc = r.t.outlet(doc.Outlet)
	for i := range c.Sentences {
		lo, hi := c.Words(i)
		s := c.Sentences[i]
		if lo == hi || !r.load(lo, hi) {
			r.carry(i)
			continue
		}
		r.at = i
		r.mark()
		r.name()
		r.cues()
		r.remember()
		if !r.chain(s) {
			r.carry(i)
		}
	}
	r.firstPerson()
	n := len(dst)
	dst = append(dst, r.out...)
	for k := n; k < len(dst); k++ { // Via counts within dst
		if dst[k].Via >= 0 {
			dst[k].Via += n
		}
	}
	r.c = nil
	return dst
}

// firstPerson gives a text that is told in the first person to its witness: what nobody
// else says in it is theirs.
func (r *reader) firstPerson() {
	if r.self.sentences == 0 || r.self.sentences == 1 && len(r.c.Sentences) > 3 {
		return
	}
	for k := range r.out {
		if m := &r.out[k]; m.ID == "witness" && m.Role == Root {
			return
		}
	}
	t := r.c.Tokens[r.self.token-1]
	id, name, kind := unnamed(witness)
	at, _ := slices.BinarySearchFunc(r.out, int(t.Start), func(m Mention, start int) int { return m.Start - start })
	r.out = slices.Insert(r.out, at, Mention{Start: int(t.Start), End: int(t.End), ID: id, Name: name, Kind: kind, Role: Root, Via: -1, Lo: 0, Hi: len(r.c.Text)})
	for k := range r.out {
		if r.out[k].Via >= at {
			r.out[k].Via++
		}
	}
}

// outlet returns the body with that name, plus one.
func (t *table) outlet(name string) int32 {
	if name == "" || len(name) > 200 {
		return 0
	}
	node := int32(0)
	var c words.Cut
	c.Read(name)
	for i := range c.Tokens {
		to, ok := t.next[uint64(node)<<32|uint64(t.words[c.Folded(i)].sym)]
		if !ok {
			return 0
		}
		node = to
	}
	return t.ends[node].body
}

// carry lets the last speaker's words go on over a sentence that names nobody, to the
// end of the paragraph.
func (r *reader) carry(i int) {
	if i == 0 || len(r.last) == 0 {
		return
	}
	before, s := r.c.Sentences[i-1], r.c.Sentences[i]
	if strings.Contains(r.c.Text[before.End:s.Start], "\n") {
		r.last = r.last[:0]
		return
	}
	if lo, hi := r.c.Words(i); lo < hi {
		switch r.c.Folded(lo) { // the report itself reminds
		case "нагадаємо", "нагадуємо", "напомним", "напоминаем", // and what is set against their words is another's
			"проте", "однак", "але", "втім", "утім", "натомість", "тим", "однако", "но", "между", "тем", "зато", "yet", "however", "but", "meanwhile", "nevertheless":
			r.last = r.last[:0]
		}
	}
	for _, k := range r.last {
		if m := &r.out[k]; m.Hi <= int(s.Start) {
			m.Hi = int(s.End)
		}
	}
}

// level orders the origins of one clause from the one that relays to the root.
func (r *reader) level(e *entity) int {
	outlet := r.isRecipient(e)
	switch {
	case r.doc != 0 && e.body == r.doc-1:
		return 0
	case e.hint == recipient:
		return 1
	case e.hint == strongCite:
		return 10 + e.rank
	case outlet && e.written:
		return 2
	case outlet:
		return 2
	case e.hint == subject:
		return 3
	}
	return 4 // weak
}

// chain turns the marked entities of the sentence into mentions.
func (r *reader) chain(s words.Span) bool {
	var buf [16]int
	used := buf[:0]
	for k := range r.ents {
		e := &r.ents[k]
		if e.hint == idle || e.bare && !r.resolve(e) || e.goesOn && !r.resolve(e) {
			continue
		}
		used = append(used, k)
	}
	r.noteNear()
	if len(used) == 0 {
		return false
	}
	r.last = r.last[:0]
	lo := int(s.Start)
	for len(used) > 0 {
		n, hi := r.clause(used, int(s.End))
		r.link(used[:n], lo, hi)
		used, lo = used[n:], hi
	}
	return true
}

// clause returns how many of the origins belong to the first clause, and where it
// ends: before a comma and "but" with a speaker of its own.
func (r *reader) clause(used []int, end int) (n, hi int) {
	for n = 1; n < len(used); n++ {
		a, b := &r.ents[used[n-1]], &r.ents[used[n]]
		if r.level(a) == 2 || r.level(b) == 2 || a.hint == recipient || b.hint == recipient || b.hint == strongCite {
			continue
		}
		for j := max(a.hi, a.cue+1); j <= b.lo && j < len(r.tok); j++ {
			if r.tok[j].gap&(comma|stop) == 0 {
				continue
			}
			switch w := r.c.Folded(r.base + j); w {
			case "а", "але", "но", "однак", "однако", "проте", "натомість", "тоді", "while", "but", "whereas", "зато", "when", "and", "тогда":
				return n, int(r.c.Tokens[r.base+j].Start)
			}
		}
	}
	return n, end
}

// resolve finds whom "he" or "the spokesman" goes on with; false if nobody.
func (r *reader) resolve(e *entity) bool {
	if first := &r.ents[0]; e.goesOn && first.lo <= 1 && first.hi < e.lo && first.body >= 0 && first.hint == idle && !r.isRecipient(first) {
		e.body, e.goesOn = first.body, false
		return true
	}
	if r.actsHere(e) || e.bare && r.regional(e) {
		return true
	}
	for k := len(r.out) - 1; k >= 0 && k >= len(r.out)-4; k-- {
		if e.bare && !r.anaphoric(e) {
			break
		}
		m := &r.out[k]
		if e.bare && (m.Kind == "witness" || m.Kind == "social" || m.Kind == "document" || m.Role == Relay) {
			continue
		}
		if m.Role == Relay || m.ID == "document" || e.bare && m.ID == "occupation" && r.ofObservers(e) {
			continue
		}
		e.body, e.speaker = r.bodyOf(m.ID)
		if e.body >= 0 || e.speaker != nobody {
			e.bare, e.goesOn = false, false
			return true
		}
	}
	if e.bare && r.lately.body != 0 && r.at-r.lately.sentence <= 2 && r.standsForBody(e) {
		e.body, e.bare = r.lately.body-1, false
		return true
	}
	return e.bare && !(e.speaker == unnamedOutlet && e.hint != subject)
}

// actsHere: "the SBU arrested four men, the agency's press service said".
func (r *reader) actsHere(e *entity) bool {
	if !e.bare || !r.standsForBody(e) {
		return false
	}
	for k := range r.ents {
		if b := &r.ents[k]; b.lo < e.lo && b.body >= 0 && b.hint == idle && r.t.bodies[b.body].Kind == "body" {
			e.body, e.bare = b.body, false
			return true
		}
	}
	return false
}

// anaphoric reports whether a bare office may be that of whoever spoke before: "the
// spokesman", "в администрации", and not "a lawyer", "a secretary".
func (r *reader) anaphoric(e *entity) bool {
	if e.speaker != official {
		return true // "the agency", "the outlet"
	}
	w := r.c.Folded(r.base + e.lo)
	if isLatin(w) && e.lo > 0 {
		switch r.c.Folded(r.base + e.lo - 1) {
		case "a", "an", "one", "another", "his", "her", "my", "some", "two", "three", "many", "several":
			return strings.HasPrefix(w, "spokes")
		}
	}
	for i := e.lo; i < e.hi; i++ {
		w := r.c.Folded(r.base + i)
		for _, p := range [...]string{"речн", "прес", "пресс", "представн", "представит", "керівн", "руковод", "очільн", "глав", "голов", "начальн", "координат", "спікер", "спикер", "чиновн", "посадов", "омбудс", "уповноваж", "уполномоч", "губернатор",
			"міністр", "министр", "автор", "прокурор", "prosecutor", "аналіт", "аналит", "експерт", "эксперт", "дослідн", "исследоват", "співроб", "сотрудн", "spokes", "press", "official", "representative", "head", "chief", "director", "chair", "coordinator", "commissioner", "minister", "governor", "ombuds", "analyst", "expert", "leader", "mayor", "researcher", "author"} {
			if strings.HasPrefix(w, p) && !strings.HasPrefix(w, "головн") { // "головний лікар"
				return true
			}
		}
	}
	return false
}

// standsForBody reports whether a bare office speaks for a body whoever holds it: the press
// service, the spokesman, "the agency"; a body named before without having said anything may be meant.
func (r *reader) standsForBody(e *entity) bool {
	for i := e.lo; i < e.hi; i++ {
		w := r.c.Folded(r.base + i)
		for _, p := range [...]string{"пресслуж", "прес-служ", "пресс-служ", "прессслуж", "речни", "спикер", "пресс-секрет", "прессекрет", "прес-секрет", "press", "spokes", "відомств", "ведомств", "agency", "agency's"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// noteNear keeps the first body of the sentence that is no origin in it: it acts, as a rule.
func (r *reader) noteNear() {
	for k := range r.ents {
		if e := &r.ents[k]; e.body >= 0 && e.hint == idle && r.t.bodies[e.body].Kind == "body" {
			r.lately = lately{e.body + 1, r.at}
			return
		}
	}
}

// bodyOf is the way back from an id.
func (r *reader) bodyOf(id string) (int32, speaker) {
	for s := witness; s <= unnamedOutlet; s++ {
		if name, _, _ := unnamed(s); name == id {
			return -1, s
		}
	}
	if i, ok := r.t.byID[id]; ok {
		return i, nobody
	}
	return -1, nobody
}

// link writes the mentions of one clause, each with the one that relays it.
func (r *reader) link(used []int, lo, hi int) {
	top := 0
	for _, k := range used {
		top = max(top, r.level(&r.ents[k]))
	}
	lo, hi, whole := r.extent(used, lo, hi)
	base := len(r.out)
	for _, k := range used {
		e := &r.ents[k]
		m := r.mention(e)
		m.Lo, m.Hi, m.Role, m.Via = lo, hi, Root, -1
		level, best := r.level(e), -1
		if level < top {
			m.Role = Relay
		}
		for i, other := range used {
			if l := r.level(&r.ents[other]); l < level && (best < 0 || l > r.level(&r.ents[used[best]])) {
				best = i
			}
		}
		if best >= 0 {
			m.Via = base + best
		}
		r.out = append(r.out, m)
		if m.Role == Root && !whole {
			r.last = append(r.last, len(r.out)-1)
		}
	}
	if whole {
		r.relayed(base)
	}
}

// relayed: an outlet that closes a report which has its origins already only relays them.
func (r *reader) relayed(base int) {
	if len(r.out)-base != 1 || r.out[base].Kind != "outlet" {
		return
	}
	for k := range r.out[:base] {
		if m := &r.out[k]; m.Role == Root && m.Kind != "outlet" {
			r.out[base].Role = Relay
			if m.Via < 0 {
				m.Via = base
			}
		}
	}
}

// extent: the sentence; the quotation that began before it or goes on after it; or the
// whole text, if the sentence only says whence "this" is.
func (r *reader) extent(used []int, lo, hi int) (int, int, bool) {
	for _, k := range used {
		e := &r.ents[k]
		for j := max(0, e.cue-4); j < len(r.tok) && j <= e.cue+4; j++ {
			if r.tok[j].class&dem != 0 && len(r.tok) <= 30 && r.short(j) {
				return 0, len(r.c.Text), true
			}
		}
	}
	const far = 4096
	if i := strings.LastIndex(r.c.Text[max(0, lo-far):lo], "«"); i >= 0 && !strings.Contains(r.c.Text[max(0, lo-far)+i:lo], "»") {
		lo = max(0, lo-far) + i
	}
	if i := strings.LastIndex(r.c.Text[lo:hi], "«"); i >= 0 && !strings.Contains(r.c.Text[lo+i:hi], "»") {
		if j := strings.Index(r.c.Text[hi:min(len(r.c.Text), hi+far)], "»"); j >= 0 {
			hi += j + len("»")
		}
	}
	return lo, hi, false
}

// short reports whether "це" at j begins the sentence or its last clause: then it
// stands for the report.
func (r *reader) short(j int) bool { return j <= 2 || r.tok[max(0, j-1)].gap&comma != 0 }

// mention writes an entity.
func (r *reader) mention(e *entity) Mention {
	from, to := r.c.Tokens[r.base+e.lo].Start, r.c.Tokens[r.base+e.hi-1].End
	m := Mention{Start: int(from), End: int(to)}
	switch {
	case e.body >= 0:
		b := &r.t.bodies[e.body]
		m.ID, m.Name, m.Kind = b.ID, b.Names[0], b.Kind
	case e.named != "":
		m.Name, m.Kind = e.named, "body"
	case e.written:
		m.Name, m.Kind = r.asWritten(e), "body"
		if r.tok[e.lo].gap&at != 0 || r.tok[e.lo].class&channel != 0 {
			m.Kind = "social"
		}
	case e.speaker == unnamedOutlet && r.authority(e):
		m.ID, m.Name, m.Kind = unnamed(official)
	default:
		m.ID, m.Name, m.Kind = unnamed(e.speaker)
	}
	return m
}

// asWritten is the name of a body as the text has it, with its mark @ or its quotes.
func (r *reader) asWritten(e *entity) string {
	from, to := int(r.c.Tokens[r.base+e.lo].Start), int(r.c.Tokens[r.base+e.hi-1].End)
	if r.tok[e.lo].gap&at != 0 {
		from--
	}
	if !strings.ContainsAny(r.c.Text[from:to], "«„“\"") {
		return r.c.Text[from:to] // its quotation mark stands before the name
	}
	if q := r.c.Text[to:]; strings.HasPrefix(q, "»") || strings.HasPrefix(q, "”") {
		_, n := utf8.DecodeRuneInString(q)
		to += n
	} else if strings.HasPrefix(q, `"`) {
		to++
	}
	return r.c.Text[from:to]
}

// remember keeps the surnames that stand beside a speaker.
func (r *reader) remember() {
	const most = 16
	for k := range r.ents {
		e := &r.ents[k]
		if e.bare || e.goesOn || e.body < 0 && e.speaker == nobody || e.body >= 0 && e.hint == idle {
			continue
		}
		for j := e.hi; j < len(r.tok) && j < e.hi+3; j++ {
			if !r.tok[j].upper || r.tok[j].ent != 0 || r.tok[j].gap&(pause&^comma) != 0 || len(r.memo) >= most {
				break
			}
			r.memo = append(r.memo, memo{r.c.Folded(r.base + j), e.body, e.speaker})
		}
		if r.tok[e.lo].gap&comma == 0 {
			continue
		}
		for j := e.lo - 1; j >= 0 && j >= e.lo-3 && r.tok[j].upper && r.tok[j].ent == 0 && len(r.memo) < most; j-- {
			r.memo = append(r.memo, memo{r.c.Folded(r.base + j), e.body, e.speaker})
		}
	}
}

// recall finds the speaker whose surname the word at i is, in any case form.
func (r *reader) recall(i int) *memo {
	w := r.c.Folded(r.base + i)
	for k := len(r.memo) - 1; k >= 0; k-- {
		n := r.memo[k].name
		same := 0
		for same < len(n) && same < len(w) && n[same] == w[same] {
			same++
		}
		if same >= 8 && len(n)-same <= 6 && len(w)-same <= 6 || n == w && len(w) > 3 || isLatin(w) && w == n+"'s" {
			return &r.memo[k]
		}
	}
	return nil
}

// Roots returns the origins of the statement at [start,end): the roots of the chain
// that governs it most closely; else whoever governs the whole text; else the text
// itself (ID "own").
func Roots(mentions []Mention, start, end int) []Mention {
	var out []Mention
	for _, role := range [2]string{Root, Relay} {
		size := -1
		for _, m := range mentions {
			if m.Role != role || min(m.Hi, end)-max(m.Lo, start) < (end-start+1)/2 || m.Hi <= m.Lo {
				continue
			}
			if n := m.Hi - m.Lo; size < 0 || n < size {
				size, out = n, out[:0]
			}
			if m.Hi-m.Lo == size && !has(out, m) {
				out = append(out, m)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	id, name, kind := unnamed(ownReport)
	return []Mention{{ID: id, Name: name, Kind: kind, Role: Root, Via: -1}}
}

func has(list []Mention, m Mention) bool {
	for _, x := range list {
		if x.ID == m.ID && x.Name == m.Name {
			return true
		}
	}
	return false
}
