package places

import (
	"slices"
	"strings"

	"svidok/words"
)

// Roles of a mention: what the place is to the text.
const (
	RoleAct     = "act"     // where what is told happened or is to happen, or where those it is told of are from
	RoleByline  = "byline"  // dateline, or the city of the publisher
	RoleSpeaker = "speaker" // part of an office: the mayor of Mariupol
	RoleBody    = "body"    // part of the name of a body or outlet: Luhansk regional military administration
)

// Kinds of a mention: by what sort of word the place is named.
const (
	KindSettlement = "settlement" // the name itself
	KindArea       = "area"       // oblast, raion, hromada, Crimea, Donbas
	KindAdjective  = "adjective"  // мелітопольський
	KindDemonym    = "demonym"    // мелітополець
	KindRegime     = "regime"     // ДНР, "Republic of Crimea": stands for the oblast
	KindForeign    = "foreign"    // a place outside Ukraine
)

// Mention is one place named in a text.
type Mention struct {
	Start, End int      // bytes of the name in the text, without a kind word
	Kind       string   // one of the Kind constants
	Place      *Place   // nil: outside Ukraine, or several places bear the name and nothing tells which
	Foreign    string   // "RU" or "foreign" where it lies outside Ukraine, else ""
	Role       string   // one of the Role constants
	Why        string   // why this place was chosen, in plain English
	Others     []*Place // what else it might be, likeliest first, at most five
}

// Hint is what is known of a text beside its words.
type Hint struct {
	From, To string // days that the text speaks of, ISO dates, inclusive; "" unknown
}

// Find gives the places named in a text, in order, without overlap. The title is no part
// of the text; what it names helps to choose. Time is linear in the text.
func (g *Gazetteer) Find(c *words.Cut, title string, hint Hint) []Mention {
	r := run{f: g.finder(), c: c, hint: hint, russianAt: -1}
	r.read()
	if len(r.hits) == 0 {
		return nil
	}
	r.neighbours()
	r.anchorUp()
	r.titled(title)
	r.occupied = r.speaksOfOccupation()
	out := make([]Mention, 0, len(r.hits))
	for k := range r.hits {
		h := &r.hits[k]
		r.settle(h)
		if h.place < 0 && h.foreign == "" && len(h.others) == 0 {
			continue
		}
		out = append(out, r.mention(h))
	}
	r.exiled(out)
	return out
}

func (r *run) mention(h *hit) Mention {
	m := Mention{Start: int(r.c.Tokens[h.from].Start), End: int(r.c.Tokens[h.to-1].End), Kind: h.kind, Foreign: h.foreign, Role: h.role, Why: h.why}
	if h.place >= 0 {
		m.Place = r.f.pointer(h.place)
		if m.Kind == KindSettlement && m.Place.Level.Area() {
			m.Kind = KindArea
		}
	}
	if strings.HasSuffix(r.c.Text[m.Start:m.End], "'s") || strings.HasSuffix(r.c.Text[m.Start:m.End], "’s") {
		m.End = m.Start + strings.LastIndexAny(r.c.Text[m.Start:m.End], "'’")
	}
	for _, i := range h.others {
		m.Others = append(m.Others, r.f.pointer(i))
	}
	return m
}

func (f *finder) pointer(i int32) *Place {
	p := f.g.At(int(i))
	return &p
}

// titled lets the places that the title names speak for those of the text.
func (r *run) titled(title string) {
	if title == "" {
		return
	}
	var c words.Cut
	c.Read(title[:min(len(title), longestTitle)])
	t := run{f: r.f, c: &c, russianAt: -1}
	t.read()
	t.neighbours()
	t.anchorUp()
	for _, a := range t.anchors {
		a.sentence, a.from, a.to = 0, -1, -1
		r.anchors = slices.Insert(r.anchors, 0, a)
	}
}

const longestTitle = 512 // bytes read of it

// speaksOfOccupation looks through the text for words of occupation.
func (r *run) speaksOfOccupation() bool {
	for i := range r.hits {
		if r.hits[i].kind == KindRegime {
			return true
		}
	}
	for i := range r.c.Tokens {
		w := r.c.Folded(i)
		switch {
		case len(w) < 3:
		case strings.HasPrefix(w, "окуп"), strings.HasPrefix(w, "оккуп"), strings.HasPrefix(w, "occup"), strings.HasPrefix(w, "загарбн"), w == "тот":
			return true
		}
	}
	return false
}

// exiled makes a place that is named only with its mayor a place of what is told, if the
// text goes on about "the city".
func (r *run) exiled(out []Mention) {
	for _, m := range out {
		if m.Role == RoleAct && m.Place != nil {
			return
		}
	}
	last := -1
	for k := range out {
		if out[k].Role == RoleSpeaker && out[k].Place != nil {
			last = k
			break
		}
	}
	if last < 0 {
		return
	}
	for i := range r.c.Tokens {
		if int(r.c.Tokens[i].Start) > out[last].End && r.f.says(r.c.Folded(i))&isTheCity != 0 {
			out[last].Role = RoleAct
			return
		}
	}
}
