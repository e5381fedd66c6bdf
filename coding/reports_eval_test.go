//go:build eval

package coding_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"svidok/coding"
	"svidok/evidence"
	gold "svidok/labelled"
	"svidok/origins"
	"svidok/places"
	"svidok/when"
	"svidok/words"
)

// The whole reader on whole reports that people labelled by hand and that nothing was
// learned from. SVIDOK_LABELLED names another folder than labelled/sealed.
func TestEvalReports(t *testing.T) {
	dir := os.Getenv("SVIDOK_LABELLED")
	if dir == "" {
		dir = filepath.Join("..", "labelled", "sealed")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no labelled reports in %s: %v", dir, err)
	}
	b, s := book(t), score{}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		reports, problems := gold.Parse(src)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", f, problems[0])
		}
		for _, r := range reports {
			e := evaluation{T: t, score: s, r: r, verbose: os.Getenv("SVIDOK_VERBOSE") != ""}
			e.all(b)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		t.Logf("%-44s %v", k, s[k])
	}
}

// annotated reports whether any line says more of a sentence than its codes.
func (e *evaluation) annotated() bool {
	return slices.ContainsFunc(e.r.Sentences, func(s gold.Sentence) bool {
		return len(s.Places)+len(s.Whens)+len(s.Figures)+len(s.Origins) > 0
	})
}

// evaluation compares one report with its labels.
type evaluation struct {
	*testing.T
	score   score
	r       gold.Report
	verbose bool
}

func (e *evaluation) all(b *coding.Codebook) {
	published := evidence.Date{From: e.r.Published, To: e.r.Published, Precision: "day"}
	res := b.Code(coding.Input{Text: e.r.Text, Title: e.r.Title, Published: published})
	for _, st := range res.Statements {
		if e.r.Text[st.Start:st.End] != st.Quote {
			e.Errorf("%s: the quote does not stand at its place", e.r.ID)
		}
	}
	e.codes(res)
	e.gate(res)
	e.right("language", res.Language == e.r.Language)
	if !e.annotated() {
		return // nobody said where its places, dates, figures and origins are
	}
	e.figures(res)
	e.origins(res)
	var c words.Cut
	c.Read(e.r.Text)
	e.places(&c, res)
	e.whens(&c, published, res)
}

// count adds to the tally of a name, and to that of the name in the report's language.
func (e *evaluation) count(name string, hit, miss, extra int) {
	for _, n := range []string{name, name + " (" + e.r.Language + ")"} {
		x := e.score.at(n)
		x.hit, x.miss, x.extra = x.hit+hit, x.miss+miss, x.extra+extra
	}
}

func (e *evaluation) right(name string, ok bool) {
	if ok {
		e.count(name, 1, 0, 0)
	} else {
		e.count(name, 0, 1, 1)
	}
}

func (e *evaluation) note(format string, args ...any) {
	if e.verbose {
		e.Logf(e.r.ID+": "+format, args...)
	}
}

// sets compares what was found with what is there, as sets.
func (e *evaluation) sets(name string, want, got map[string]bool) {
	for k := range want {
		if got[k] {
			e.count(name, 1, 0, 0)
		} else {
			e.count(name, 0, 1, 0)
			e.note("%s missed: %s", name, k)
		}
	}
	for k := range got {
		if !want[k] {
			e.count(name, 0, 0, 1)
			e.note("%s extra: %s", name, k)
		}
	}
}

// sentenceOf returns the labelled sentence that holds most of [start,end).
func (e *evaluation) sentenceOf(start, end int) int {
	best, most := -1, 0
	for i, s := range e.r.Sentences {
		if n := min(end, s.End) - max(start, s.Start); n > most {
			best, most = i, n
		}
	}
	return best
}

// codes: occurred statements by sentence and by report; what is labelled as not occurred and told as occurred.
func (e *evaluation) codes(res coding.Result) {
	want, got := map[string]bool{}, map[string]bool{}
	wantDoc, gotDoc := map[string]bool{}, map[string]bool{}
	unreal := map[string]bool{}
	for i, s := range e.r.Sentences {
		for _, l := range s.Codes {
			key := fmt.Sprintf("%d %s", i, l.Code)
			if l.Modality == evidence.Occurred {
				want[key], wantDoc[l.Code] = true, true
			} else {
				unreal[key] = true
			}
		}
	}
	for _, st := range res.Statements {
		if st.Modality == evidence.Occurred {
			got[fmt.Sprintf("%d %s", e.sentenceOf(st.Start, st.End), st.Code)], gotDoc[st.Code] = true, true
		}
	}
	for k := range unreal {
		if want[k] {
			continue
		}
		e.right("not occurred, kept apart", !got[k])
		if got[k] {
			e.note("told as occurred: %s", k)
		}
	}
	e.sets("codes by sentence", want, got)
	e.sets("codes by report", wantDoc, gotDoc)
	for k := range want {
		group, _, _ := strings.Cut(strings.Fields(k)[1], ".")
		e.group(group, got[k], false)
	}
	for k := range got {
		if group, _, _ := strings.Cut(strings.Fields(k)[1], "."); !want[k] {
			e.group(group, false, true)
		}
	}
	if !e.r.Open {
		e.right("traps without a statement that occurred", len(got) == 0)
	}
}

func (e *evaluation) group(name string, hit, extra bool) {
	x := e.score.at("group " + name)
	switch {
	case extra:
		x.extra++
	case hit:
		x.hit++
	default:
		x.miss++
	}
}

func (e *evaluation) gate(res coding.Result) {
	open := res.Gate != evidence.GateBlocked
	if open != e.r.Open {
		e.note("gate %s", res.Gate)
	}
	e.right("gate open or review / blocked", open == e.r.Open)
	if e.r.Open {
		e.right("gate open where open", res.Gate == evidence.GateOpen)
	}
}

// places: what the finder takes for places of acts, and what stands in statements.
func (e *evaluation) places(c *words.Cut, res coding.Result) {
	want, got, told := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range e.r.Sentences {
		for _, p := range s.Places {
			want[p.ID] = p.ID != "-"
		}
	}
	delete(want, "-")
	for _, m := range places.Default().Find(c, e.r.Title, places.Hint{From: e.r.Published, To: e.r.Published}) {
		if m.Place != nil && m.Role == places.RoleAct {
			got[m.Place.ID] = true
		}
	}
	e.sets("places found in the text", want, got)
	for _, st := range res.Statements {
		for _, p := range st.Places {
			told[p.ID] = true
		}
	}
	if len(res.Statements) > 0 {
		e.sets("places of statements", want, told)
	}
}

func (e *evaluation) whens(c *words.Cut, published evidence.Date, res coding.Result) {
	want, got, told := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range e.r.Sentences {
		for _, w := range s.Whens {
			want[w.From+".."+w.To] = true
		}
	}
	for _, m := range when.Find(nil, c, published) {
		if m.Kind != "document" && m.Kind != "published" {
			got[m.From+".."+m.To] = true
		}
	}
	got = closed(want, got)
	e.sets("dates found in the text", want, got)
	for _, st := range res.Statements {
		if st.When != nil {
			told[st.When.From+".."+st.When.To] = true
		}
	}
	if len(res.Statements) > 0 {
		e.sets("dates of statements", want, closed(want, told))
	}
}

// closed writes an interval as a label does that leaves its other end open ("-").
func closed(want, got map[string]bool) map[string]bool {
	out := map[string]bool{}
	for g := range got {
		from, to, _ := strings.Cut(g, "..")
		switch {
		case want[from+"..-"]:
			g = from + "..-"
		case want["-.."+to]:
			g = "-.." + to
		}
		out[g] = true
	}
	return out
}

func (e *evaluation) figures(res coding.Result) {
	want, got := map[string]bool{}, map[string]bool{}
	for _, s := range e.r.Sentences {
		for _, f := range s.Figures {
			low, _, _ := strings.Cut(f.Value, "-")
			want[low+" "+f.Operator+" "+f.Kind] = true
		}
	}
	for _, f := range res.Figures {
		got[strconv.FormatFloat(f.Value, 'f', -1, 64)+" "+f.Operator+" "+f.Kind] = true
	}
	e.sets("figures", want, got)
}

// origins: a labelled body is found if the same body is; a speaker without a name, or a
// body that the register lacks, also if its words are, by another of the same class.
func (e *evaluation) origins(res coding.Result) {
	bodies, ids, offices := register(), map[string]bool{}, map[string]string{}
	for _, b := range origins.Register() {
		ids[b.ID] = true
		if b.Kind == "office" {
			offices[b.ID] = b.Parent
		}
	}
	var want []gold.Origin
	spots := map[string][][2]int{}
	for _, s := range e.r.Sentences {
		for _, o := range s.Origins {
			if spots[o.Name] == nil {
				want = append(want, o)
			}
			start := s.Start + max(0, strings.Index(e.r.Text[s.Start:s.End], o.Words))
			spots[o.Name] = append(spots[o.Name], [2]int{start, start + len(o.Words)})
		}
	}
	used := make([]bool, len(res.Origins))
	relays := map[string]bool{}
	for _, g := range res.Origins {
		for _, v := range g.Via {
			relays[folded(v)] = true
		}
	}
	for _, w := range want {
		hit := relays[bodies[folded(w.Name)]] || relays[folded(w.Name)] // who passes it on
		for i, g := range res.Origins {
			if !hit && !used[i] && sameOrigin(bodies, offices, ids[g.ID], w, g, spots[w.Name]) {
				used[i], hit = true, true
				break
			}
		}
		if hit {
			e.count("origins", 1, 0, 0)
		} else {
			e.count("origins", 0, 1, 0)
			e.note("origins missed: %s (%s)", w.Name, w.Words)
		}
	}
	for i, g := range res.Origins {
		if !used[i] {
			e.count("origins", 0, 0, 1)
			e.note("origins extra: %s (%s)", g.Name, g.Quote)
		}
	}
}

// sameOrigin compares a labelled origin, whose words stand at spots, with one that was
// found; offices says whose an office is, listed that the register holds the one found.
func sameOrigin(bodies, offices map[string]string, listed bool, w gold.Origin, g evidence.Origin, spots [][2]int) bool {
	if label := bodies[folded(w.Name)]; label != "" && (label == offices[g.ID] || g.ID == offices[label]) {
		return true // an office, and the body whose it is
	}
	if g.ID != "" && (g.ID == w.Name || g.ID == bodies[folded(w.Name)] || g.ID == bodies[folded(w.Words)]) || folded(g.Name) == folded(w.Name) {
		return true
	}
	if local := g.ID == "occ-commissariat" || g.ID == "occ-commandant" || g.ID == "tcc"; listed && !local || bodies[folded(w.Name)] != "" {
		return false
	} else if local { // any of them stands for the one of a place
		w.Name, g.ID = strings.ToLower(w.Name), "local"
	}
	written := strings.ContainsFunc(g.ID, func(c rune) bool { return c != '-' && (c < 'a' || c > 'z') }) // an unnamed kind has a slug
	if written == nameless(w) {
		return false
	}
	for _, at := range spots {
		if g.Start < at[1] && at[0] < g.End {
			return true
		}
	}
	return false
}

// nameless reports whether the text gives a labelled speaker no name: its label is a
// common noun, or its words have no capital but the one that may begin a sentence.
func nameless(w gold.Origin) bool {
	first, size := utf8.DecodeRuneInString(w.Name)
	if size > 0 && unicode.IsLower(first) {
		return true
	}
	_, size = utf8.DecodeRuneInString(w.Words)
	return !strings.ContainsFunc(w.Words[size:], unicode.IsUpper)
}

// folded is how names are compared: without quotation marks.
func folded(s string) string {
	return string(words.Fold(nil, strings.NewReplacer("«", "", "»", "", "“", "", "”", "", "\"", "").Replace(s)))
}

// register gives the ID of every name of the register.
func register() map[string]string {
	out := map[string]string{}
	for _, b := range origins.Register() {
		for _, list := range [][]string{b.Names, b.NamesUK, b.NamesRU} {
			for _, n := range list {
				out[folded(n)] = b.ID
			}
		}
	}
	return out
}
