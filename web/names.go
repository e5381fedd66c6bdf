package web

import (
	"html/template"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/origins"
)

// Names are how the desk calls things in one language; the command line calls them the
// same.
type Names struct{ l *language }

// NamesIn gives the names in uk, ru or en.
func NamesIn(code string) (Names, error) {
	l, err := readLanguage(code)
	return Names{l}, err
}

// Origin names whom a text has something from, by its ID.
func (n Names) Origin(id string) string { return n.l.origin(id) }

// Told names an origin of a text and those who pass it on.
func (n Names) Told(o evidence.Origin) string {
	name := n.l.origin(o.ID)
	if o.ID == "person" && o.Name != "" {
		name = n.l.claimant(o.Name)
	}
	return name + n.Via(o.Via)
}

// Origins finds the IDs of bodies of the register, of unnamed speakers and of those whom
// the case's texts name, by an ID, a name or the beginning of a word of one, in any
// language. A whole name counts before a part. Without any: the names most like it.
func (n Names) Origins(typed string, told []catalog.Voice) (ids, like []string) {
	want := archive.Folded(typed)
	var exact, part, known []string
	try := func(id string, names ...string) {
		known = append(known, names...)
		for _, name := range append([]string{id}, names...) {
			switch name = archive.Folded(name); {
			case name == want:
				exact = append(exact, id)
			case begins(name, want):
				part = append(part, id)
			}
		}
	}
	for id, b := range bodies() {
		try(id, slices.Concat(b.Names, b.NamesUK, b.NamesRU)...)
	}
	for id, name := range origins.Unnamed() {
		try(id, name, n.l.origin(id))
	}
	for _, v := range told {
		try(v.Origin, v.Name)
	}
	if ids = exact; len(ids) == 0 {
		ids = part
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		slices.Sort(known)
		like = archive.Alike(typed, slices.Compact(known))
	}
	return ids, like
}

// begins reports whether a word of the name begins with part.
func begins(name, part string) bool {
	for at := 0; part != ""; {
		i := strings.Index(name[at:], part)
		if i < 0 {
			return false
		}
		at += i
		if before, _ := utf8.DecodeLastRuneInString(name[:at]); at == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return true
		}
		_, size := utf8.DecodeRuneInString(name[at:])
		at += size
	}
	return false
}

// Via says, in brackets, who passes something on; "" for nobody.
func (n Names) Via(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = n.l.origin(id)
	}
	return " (" + n.l.t("origin.via", strings.Join(names, ", ")) + ")"
}

// Claimant names who claims a number, by the name that the reader gave.
func (n Names) Claimant(name string) string { return n.l.claimant(name) }

// Amount writes a number as it is claimed: with its operator, range and unit.
func (n Names) Amount(f evidence.Figure) string { return n.l.amount(f) }

// Kind says what is counted.
func (n Names) Kind(kind string) string {
	if n.l.has("counted." + kind) {
		return n.l.t("counted." + kind)
	}
	return kind
}

// Flag puts what a reader should know of a number into the language.
func (n Names) Flag(flag string) string { return n.l.flag(flag) }

// Hedged is the mark of a claim that is told as a rumour or a possibility.
func (n Names) Hedged() string { return n.l.t("figures.hedged") }

// flag translates the flags that the reader of numbers gives most often.
func (l *language) flag(flag string) string {
	switch flag {
	case "denied":
		return l.t("flag.denied")
	case "negated":
		return l.t("flag.negated")
	case "conditional":
		return l.t("flag.conditional")
	case "planned":
		return l.t("flag.planned")
	case "threatened":
		return l.t("flag.threatened")
	case "vague":
		return l.t("flag.vague")
	case "magnitude stated twice":
		return l.t("flag.magnitude-stated-twice")
	}
	return flag
}

// flagged is a flag as a page shows it: one that is not translated says that it is English.
func (l *language) flagged(flag string) template.HTML {
	words := l.flag(flag)
	lang := ""
	if words == flag {
		lang = ` lang="en"`
	}
	return template.HTML(`<span class="flag"` + lang + `>` + template.HTMLEscapeString(words) + `</span>`)
}
