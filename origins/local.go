package origins

import (
	"strings"
	"unicode/utf8"

	"svidok/words"
)

// A local body is known by its head noun and the adjectives before it: "Токмацька міська
// військова адміністрація", "Стахановская городская больница". Its name is what the text calls
// it, in the nominative, so that every case form of it is one origin.

// head is the head noun of a local body: what its name ends in, and whether it is feminine.
type head struct {
	name     string
	feminine bool
}

// headOf knows the head nouns of local bodies in any case, and their abbreviations.
func headOf(w string) (head, bool) {
	for _, x := range [...]struct {
		begins, name string
		feminine     bool
	}{
		{"адміністраці", "адміністрація", true}, {"администраци", "администрация", true},
		{"прокуратур", "прокуратура", true}, {"лікарн", "лікарня", true}, {"больниц", "больница", true},
		{"університет", "університет", false}, {"университет", "университет", false},
		{"музе", "музей", false}, {"госпітал", "госпіталь", false}, {"госпитал", "госпиталь", false},
	} {
		if rest, ok := strings.CutPrefix(w, x.begins); ok && utf8.RuneCountInString(rest) <= 3 {
			return head{x.name, x.feminine}, true
		}
	}
	switch w {
	case "рада", "ради", "раді", "раду", "радою":
		return head{"рада", true}, true
	case "совет", "совета", "совете", "совету", "советом":
		return head{"совет", false}, true
	case "мва":
		return head{"міська військова адміністрація", true}, true
	case "рва":
		return head{"районна військова адміністрація", true}, true
	case "сва":
		return head{"селищна військова адміністрація", true}, true
	}
	return head{}, false
}

const mostAdjectives = 4 // of a local body, before its head noun

// localBody finds a local body whose first adjective, with its capital, stands at i.
func (r *reader) localBody(i int, n *int) bool {
	first := r.c.Folded(r.base + i)
	if !r.tok[i].upper || isLatin(first) || !ofPlace(first) {
		return false
	}
	for j := i + 1; j < len(r.tok) && j <= i+mostAdjectives && r.tok[j].gap&pause == 0; j++ {
		w := r.c.Folded(r.base + j)
		if h, ok := headOf(w); ok {
			if utf8.RuneCountInString(w) == 3 && strings.ContainsAny(w, "в") && !isCaps(r.c.Raw(r.base+j)) {
				return false
			}
			*n = j + 1 - i
			r.add(entity{lo: i, hi: j + 1, body: -1, written: true, quoted: true, named: r.localName(i, j, h)})
			return true
		}
		if adjectiveStem(w) == "" || strings.HasPrefix(w, "окупац") || strings.HasPrefix(w, "оккупац") {
			return false
		}
	}
	return false
}

// ofPlace: adjectives that places make: "бердянської", "токмакской".
func ofPlace(w string) bool {
	s := adjectiveStem(w)
	switch s {
	case "міськ", "сільськ", "городск", "сельск", "військ", "громадськ", "поселков", "російськ", "русск", "украинск", "українськ", "советск", "радянськ":
		return false
	}
	return strings.HasSuffix(s, "ськ") || strings.HasSuffix(s, "цьк") || strings.HasSuffix(s, "зьк") || strings.HasSuffix(s, "ск") || strings.HasSuffix(s, "цк")
}

// adjectiveStem takes the ending of an adjective off a folded word, or returns "".
func adjectiveStem(w string) string {
	for _, end := range [...]string{"ього", "ого", "его", "ому", "ему", "ими", "ыми", "ий", "ій", "ый", "ой", "ая", "ої", "ую", "ою", "ое", "ые", "им", "ым", "ом", "их", "ых", "а", "у", "е", "і"} {
		if s, ok := strings.CutSuffix(w, end); ok && utf8.RuneCountInString(s) >= 4 {
			return s
		}
	}
	return ""
}

// localName writes the name of the local body [i,j] in the nominative.
func (r *reader) localName(i, j int, h head) string {
	russian := strings.ContainsAny(h.name, "и") && (strings.HasPrefix(h.name, "администрац") || strings.HasPrefix(h.name, "больниц")) || h.name == "совет" || h.name == "университет" || h.name == "госпиталь"
	for k := i; k < j && !russian; k++ {
		s := adjectiveStem(r.c.Folded(r.base + k))
		russian = strings.HasSuffix(s, "ск") || strings.HasSuffix(s, "цк") || strings.HasSuffix(s, "енн")
	}
	var b strings.Builder
	for k := i; k < j; k++ {
		raw := r.c.Raw(r.base + k)
		stem := adjectiveStem(raw)
		b.WriteString(stem)
		hard := strings.HasSuffix(stem, "к") || strings.HasSuffix(stem, "г") || strings.HasSuffix(stem, "х")
		switch {
		case h.feminine && russian:
			b.WriteString("ая")
		case h.feminine:
			b.WriteString("а")
		case russian && !hard:
			b.WriteString("ый")
		default:
			b.WriteString("ий")
		}
		b.WriteByte(' ')
	}
	b.WriteString(h.name)
	return b.String()
}

// capitalised finds the English name of a body that the register lacks: capitals, and a word
// for a body as the last of them: "the Oslo Border Institute", "Tokmak City Council".
func (r *reader) capitalised(i int, n *int) bool {
	if !r.tok[i].upper || !isLatin(r.c.Folded(r.base+i)) || r.c.Folded(r.base+i) == "the" || r.tok[i].class&(say|pron|own|poss|self|rel|that) != 0 {
		return false
	}
	end := 0
	for j := i; j < len(r.tok) && j < i+longestName && r.tok[j].upper && (j == i || r.tok[j].gap&pause == 0); j++ {
		if j > i && bodyWord(r.c.Folded(r.base+j)) && r.c.Tokens[r.base+j].Kind == words.Word {
			end = j + 1
		}
	}
	if end == 0 || i == 0 && end == i+2 && r.tok[i].class != 0 {
		return false
	}
	*n = end - i
	r.add(entity{lo: i, hi: end, body: -1, written: true})
	return true
}

// bodyWord: English words that names of bodies end in.
func bodyWord(w string) bool {
	switch w {
	case "administration", "council", "institute", "group", "union", "foundation", "association", "hospital", "museum", "observatory", "initiative", "committee", "network", "desk", "coalition", "fund", "archive", "laboratory":
		return true
	}
	return false
}

// authority reports whether a body without a name is no outlet.
func (r *reader) authority(e *entity) bool {
	for i := e.lo; i < e.hi; i++ {
		w := r.c.Folded(r.base + i)
		for _, p := range [...]string{"видан", "издан", "агент", "агенц", "газет", "сайт", "портал", "телекан", "телеграм", "радіо", "радио", "канал", "пабл", "редакц", "ресурс", "медіа", "медиа", "змі", "сми", "журнал", "outlet", "agency", "newspaper", "channel", "website", "portal", "publication", "newsroom", "broadcaster", "platform", "media", "paper", "magazine"} {
			if strings.HasPrefix(w, p) {
				return false
			}
		}
	}
	return true
}

// ofObservers: the mission, the centre, the organisation is never the occupier just spoken of.
func (r *reader) ofObservers(e *entity) bool {
	for i := e.lo; i < e.hi; i++ {
		w := r.c.Folded(r.base + i)
		for _, p := range [...]string{"місі", "мисси", "mission", "центр", "centre", "center", "organi", "організац", "организац", "груп", "group"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}
