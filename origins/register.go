package origins

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"svidok/words"
)

//go:embed register.txt
var registerText string

// Register returns the bodies and outlets that are known, in the order of the file.
func Register() []Body { return append([]Body(nil), tables().bodies...) }

// casing says which letters a name must have in the text.
type casing uint8

const (
	anyCase casing = iota
	capital        // each word begins with a capital
	allCaps        // capitals throughout
)

type ending struct {
	body int32 // index, plus one
	casing
}

// table is the register and the lexicon, ready to look words up.
type table struct {
	bodies []Body
	byID   map[string]int32
	words  map[string]word
	next   map[uint64]int32 // node<<32|symbol -> node
	ends   []ending         // by node
	parent []int32          // by symbol: joins symbols that share a form
}

// word is what is known of one folded word.
type word struct {
	class   class
	speaker speaker
	sym     int32 // of the names in the register; 0: none
}

var tables = sync.OnceValue(func() *table {
	t := &table{byID: map[string]int32{}, words: make(map[string]word, 1<<15), next: map[uint64]int32{}, ends: make([]ending, 1), parent: make([]int32, 1)}
	t.readLexicon()
	var names []named
	for line := range strings.Lines(registerText) {
		if b, ok := parseRow(line); ok {
			t.byID[b.ID] = int32(len(t.bodies))
			t.bodies = append(t.bodies, b)
			for _, list := range [][]string{b.Names, b.NamesUK, b.NamesRU} {
				for _, n := range list {
					names = append(names, named{n, int32(len(t.bodies))})
				}
			}
		}
	}
	for i := range names {
		t.spell(names[i].name)
	}
	for i := range names {
		t.plant(names[i])
	}
	for form, w := range t.words {
		if w.sym != 0 {
			w.sym = t.find(w.sym)
			t.words[form] = w
		}
	}
	for _, b := range t.bodies { // the markup of casing is no part of a name
		for _, list := range [][]string{b.Names, b.NamesUK, b.NamesRU} {
			for i := range list {
				list[i] = strings.TrimSpace(strings.TrimSuffix(list[i], "!"))
			}
		}
	}
	return t
})

type named struct {
	name string
	body int32
}

// parseRow reads one row of the register.
func parseRow(line string) (Body, bool) {
	f := strings.Split(strings.TrimSpace(line), "|")
	if strings.HasPrefix(line, "#") || len(f) < 5 {
		return Body{}, false
	}
	about := strings.Fields(f[1])
	if len(about) != 4 {
		return Body{}, false
	}
	b := Body{ID: strings.TrimSpace(f[0]), Kind: about[0], Country: about[1], Side: about[2], Parent: strings.Trim(about[3], "-")}
	if about[3] != "-" {
		b.Parent = about[3]
	}
	b.Names, b.NamesUK, b.NamesRU = splitNames(f[2]), splitNames(f[3]), splitNames(f[4])
	return b, len(b.Names) > 0
}

func splitNames(s string) (out []string) {
	for n := range strings.SplitSeq(s, ";") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// spell gives each word of a name a symbol, and its case forms the same one.
func (t *table) spell(name string) {
	for _, tok := range words.Tokenize(nil, name) {
		raw := name[tok.Start:tok.End]
		folded := string(words.Fold(nil, raw))
		sym := int32(len(t.parent))
		t.parent = append(t.parent, sym)
		for _, form := range forms(raw, folded) {
			w := t.words[form]
			if w.sym == 0 {
				w.sym = sym
				t.words[form] = w
			} else if a, b := t.find(w.sym), t.find(sym); a != b {
				t.parent[b] = a
			}
		}
	}
}

func (t *table) find(sym int32) int32 {
	for t.parent[sym] != sym {
		t.parent[sym] = t.parent[t.parent[sym]]
		sym = t.parent[sym]
	}
	return sym
}

// plant puts a name into the trie. The first body that has a name keeps it.
func (t *table) plant(n named) {
	node, toks := int32(0), words.Tokenize(nil, n.name)
	for _, tok := range toks {
		sym := t.find(t.words[string(words.Fold(nil, n.name[tok.Start:tok.End]))].sym)
		key := uint64(node)<<32 | uint64(sym)
		to, ok := t.next[key]
		if !ok {
			to = int32(len(t.ends))
			t.ends = append(t.ends, ending{})
			t.next[key] = to
		}
		node = to
	}
	if node == 0 || t.ends[node].body != 0 && t.ends[node].body != n.body {
		return
	}
	e := ending{body: n.body}
	first := n.name[toks[0].Start:toks[0].End]
	switch {
	case len(toks) == 1 && isCaps(first):
		e.casing = allCaps
	case strings.HasSuffix(n.name, "!"):
		e.casing = capital
	}
	if old := t.ends[node]; old.body != 0 { // two spellings of one: the freer one counts
		e.casing = min(e.casing, old.casing)
	}
	t.ends[node] = e
}

// canonical reports whether a folded word is a name of its own of a body, and not only the
// surname of who speaks for it.
func (t *table) canonical(body int32, w string) bool {
	first := t.bodies[body].Names[0]
	return string(words.Fold(nil, first)) == w
}

// isCaps: two letters or more, none of them small.
func isCaps(s string) bool {
	return utf8.RuneCountInString(s) > 1 && !strings.ContainsFunc(s, unicode.IsLower)
}

// forms returns the forms under which a word of a name may stand: a word in Cyrillic
// letters in any case, a Latin one with a possessive.
func forms(raw, folded string) []string {
	r, _ := utf8.DecodeRuneInString(folded)
	if !unicode.Is(unicode.Cyrillic, r) {
		return []string{folded, folded + "'s"}
	}
	if isCaps(raw) || utf8.RuneCountInString(folded) < 4 {
		return []string{folded}
	}
	stem, adjective := stemOf(folded)
	out := []string{folded}
	list := nounEndings
	if adjective {
		list = adjectiveEndings
		for _, e := range []string{"на", "ва", "не", "ні"} { // or a noun: Медіазона, Заборона
			if strings.HasSuffix(folded, e) {
				list += " " + nounEndings
			}
		}
	}
	for e := range strings.SplitSeq(list, " ") {
		out = append(out, stem+e)
	}
	for _, e := range []string{"ець", "ец"} { // Лубінець, Лубінця
		if s, ok := strings.CutSuffix(folded, e); ok {
			for _, end := range []string{"я", "ю", "ем", "а", "у", "еві"} {
				out = append(out, s+"ц"+end)
			}
		}
	}
	for from, to := range map[string]string{"к": "ц", "г": "з", "х": "с"} {
		if s, ok := strings.CutSuffix(stem, from); ok && !adjective {
			out = append(out, s+to+"і")
		}
	}
	return out
}

const (
	nounEndings      = "а я у ю е є о и і ї ы ь й ом ем єм ею єю ою ей ов ев ів ам ям ами ями ах ях ові еві ию"
	adjectiveEndings = "ий ій ый ой ая а яя я ое е ее є ые ие і ії их іх ых ого его ому ему им ім ым ої ьої ую у юю ю ою ею єю ими ыми ей ом ем"
)

// stemOf takes the ending off a folded Cyrillic word, and says whether it was that of
// an adjective.
func stemOf(w string) (stem string, adjective bool) {
	for _, e := range []string{"ська", "цька"} {
		if strings.HasSuffix(w, e) {
			return strings.TrimSuffix(w, "а"), true
		}
	}
	for _, e := range []string{"ий", "ый", "ая", "яя", "ое", "ее", "ые", "ие", "ой", "ний", "на", "не", "ва", "ні", "ої", "ого"} {
		s, ok := strings.CutSuffix(w, e)
		if !ok || utf8.RuneCountInString(s) < 3 || strings.HasSuffix(w, "ение") || strings.HasSuffix(w, "ание") || strings.HasSuffix(w, "ствие") {
			continue
		}
		if e == "на" || e == "ва" || e == "не" || e == "ні" || e == "ний" {
			_, n := utf8.DecodeLastRuneInString(w)
			if e == "ний" {
				n = len("ий")
			}
			return w[:len(w)-n], true
		}
		return s, true
	}
	for _, e := range []string{"а", "я", "о", "е", "є", "и", "і", "ї", "ы", "ь", "й", "у", "ю"} {
		if s, ok := strings.CutSuffix(w, e); ok {
			return s, false
		}
	}
	return w, false
}
