package pdf

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// glyph is what was written where, in a frame that is turned as the text runs.
type glyph struct {
	text          string
	size          float64
	dx, dy        float64 // direction of writing
	along, across float64 // origin
	end           float64 // along, where the next would stand
	hidden        bool
}

// line is text that was written on one base line, as it came.
type line struct {
	glyph
	b strings.Builder
}

const (
	wordGap = 0.17 // ems between glyphs that part two words
	cellGap = 2.2  // ems that part two cells of a table
)

// place adds a glyph to the line that is open, or begins another.
func (c *canvas) place(g glyph) {
	if n := len(c.lines); n > 0 {
		l := &c.lines[n-1]
		size := max(l.size, g.size)
		drop := math.Abs(g.across - l.across)
		gap := g.along - l.end
		if l.dx == g.dx && l.dy == g.dy && l.hidden == g.hidden && drop < 0.5*size && gap > -0.6*size && (drop < 0.25*size || gap < size) {
			l.join(g, gap/size)
			return
		}
	}
	if strings.TrimSpace(g.text) == "" {
		return
	}
	c.lines = append(c.lines, line{glyph: g})
	c.lines[len(c.lines)-1].b.WriteString(g.text)
}

func (l *line) join(g glyph, gap float64) {
	s := l.b.String()
	open := s != "" && !endsInSpace(s)
	space := strings.TrimSpace(g.text) == ""
	switch {
	case gap > cellGap:
		l.b.WriteByte('\t')
	case gap > wordGap && open && !space:
		l.b.WriteByte(' ')
	}
	if !space || open {
		l.b.WriteString(g.text)
	}
	if !space && g.size > l.size {
		l.size, l.across = g.size, g.across
	}
	l.end = max(l.end, g.end)
}

func endsInSpace(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsSpace(r)
}

// text puts the lines of the page in order and makes paragraphs of them.
func (c *canvas) page() string {
	var lines []placed
	for i := range c.lines {
		l := &c.lines[i]
		s := tidy(l.b.String())
		if s != "" {
			lines = append(lines, placed{glyph: l.glyph, s: s})
		}
	}
	return paragraphs(ordered(lines))
}

type placed struct {
	glyph
	s string
}

// tidy makes single spaces; a tab stands for the gap between cells.
func tidy(s string) string {
	var b strings.Builder
	gap := ""
	for _, r := range s {
		switch {
		case r == '\t':
			gap = "\t"
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' || r < ' ':
			if gap == "" {
				gap = " "
			}
		default:
			if b.Len() > 0 {
				b.WriteString(gap)
			}
			gap = ""
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ordered keeps the order in which the lines were written, which is that of reading in
// what word processors and browsers print. Where it goes up and down without columns to
// explain it, the lines are ordered by their place.
func ordered(lines []placed) []placed {
	jumps := 0
	for i := 1; i < len(lines); i++ {
		a, b := lines[i-1], lines[i]
		if a.dx != b.dx || a.dy != b.dy {
			continue
		}
		up := b.across > a.across+0.5*a.size
		beside := b.along >= a.end || b.end <= a.along
		back := math.Abs(b.across-a.across) < 0.3*a.size && b.end <= a.along+0.1*a.size
		if up && !beside || back {
			jumps++
		}
	}
	if jumps > 2 && jumps*8 > len(lines) && len(lines) < 20_000 {
		return cut(lines, 0)
	}
	return lines
}

// cut orders lines by their place: it parts the page at the widest gap that runs through
// it, side by side or one below the other, and each part likewise (the recursive X-Y cut
// of Nagy and Seth, 1984).
func cut(lines []placed, depth int) []placed {
	if len(lines) < 2 || depth > 40 {
		return byPlace(lines)
	}
	size := middle(lines, func(p placed) float64 { return p.size })
	at, gap := gutter(lines, func(p placed) (float64, float64) { return p.along, p.end })
	if gap > 1.2*size && len(lines) > 4 {
		a, b := part(lines, func(p placed) bool { return p.along < at })
		if len(a) > 1 && len(b) > 1 && !rows(a, b) {
			return append(cut(a, depth+1), cut(b, depth+1)...)
		}
	}
	at, gap = gutter(lines, func(p placed) (float64, float64) { return -p.across - p.size, -p.across })
	if gap > 0.6*size {
		a, b := part(lines, func(p placed) bool { return -p.across-p.size < at })
		if len(a) > 0 && len(b) > 0 {
			return append(cut(a, depth+1), cut(b, depth+1)...)
		}
	}
	return byPlace(lines)
}

// rows: what stands side by side are the cells of a table, not columns of running text.
func rows(a, b []placed) bool {
	long := func(p placed) float64 { return float64(utf8.RuneCountInString(p.s)) }
	return middle(a, long) < 18 || middle(b, long) < 18
}

func part(lines []placed, first func(placed) bool) (a, b []placed) {
	for _, l := range lines {
		if first(l) {
			a = append(a, l)
		} else {
			b = append(b, l)
		}
	}
	return a, b
}

// gutter finds the widest stretch that no line covers.
func gutter(lines []placed, of func(placed) (float64, float64)) (at, gap float64) {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b placed) int {
		x, _ := of(a)
		y, _ := of(b)
		return compare(x, y)
	})
	_, reach := of(sorted[0])
	for _, l := range sorted[1:] {
		from, to := of(l)
		if from-reach > gap {
			at, gap = from, from-reach
		}
		reach = max(reach, to)
	}
	return at, gap
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func middle(lines []placed, of func(placed) float64) float64 {
	v := make([]float64, len(lines))
	for i, l := range lines {
		v[i] = of(l)
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// byPlace orders from top to bottom, and what stands on one base line from left to right,
// as one line.
func byPlace(lines []placed) []placed {
	slices.SortStableFunc(lines, func(a, b placed) int { return compare(b.across, a.across) })
	var out []placed
	for i := 0; i < len(lines); {
		k := i + 1
		for k < len(lines) && lines[i].across-lines[k].across < 0.3*lines[i].size {
			k++
		}
		row := lines[i:k]
		slices.SortStableFunc(row, func(a, b placed) int { return compare(a.along, b.along) })
		one := row[0]
		for _, l := range row[1:] {
			gap := (l.along - one.end) / max(one.size, l.size)
			switch {
			case gap > 1:
				one.s += "\t"
			case gap > wordGap:
				one.s += " "
			}
			one.s += l.s
			one.end = max(one.end, l.end)
		}
		out = append(out, one)
		i = k
	}
	return out
}

// paragraphs joins lines that were only broken because the page is no wider. Words that
// were divided are joined in [unhyphened].
func paragraphs(lines []placed) string {
	var b strings.Builder
	lead := leading(lines)
	block := 0 // where the block of lines begins that stand below one another
	for i, l := range lines {
		if i == 0 {
			b.WriteString(l.s)
			continue
		}
		a := lines[i-1]
		if !below(a, l) {
			block = i
		}
		switch {
		case begins(a, l, lead, edge(lines, block, i)):
			b.WriteString("\n\n")
		case rowOf(a) || rowOf(l) || !wrapped(a, l, edge(lines, block, i)):
			b.WriteString("\n")
		default:
			b.WriteString(lineEnd)
		}
		b.WriteString(l.s)
	}
	return b.String()
}

// lineEnd stands where a paragraph went on in the next line, until hyphens are seen to.
const lineEnd = "\x01"

func rowOf(l placed) bool { return strings.Contains(l.s, "\t") }

// below: b stands under a, and they share some of their width.
func below(a, b placed) bool {
	return a.dx == b.dx && a.dy == b.dy && b.across < a.across && a.across-b.across < 4*max(a.size, b.size) && b.along < a.end && a.along < b.end
}

// edge is how far to the right the lines of a block go, of those near i.
func edge(lines []placed, block, i int) float64 {
	right := math.Inf(-1)
	for _, l := range lines[max(block, i-12):min(len(lines), i+6)] {
		if l.across > lines[i].across+20*lines[i].size || !sameColumn(l, lines[i]) {
			continue
		}
		right = max(right, l.end)
	}
	return right
}

func sameColumn(a, b placed) bool {
	return a.dx == b.dx && math.Abs(a.along-b.along) < 8*b.size
}

// leading is the usual distance of two lines, in ems of the lower one.
func leading(lines []placed) float64 {
	var v []float64
	for i := 1; i < len(lines); i++ {
		if below(lines[i-1], lines[i]) {
			v = append(v, (lines[i-1].across-lines[i].across)/lines[i].size)
		}
	}
	if len(v) == 0 {
		return 1.2
	}
	slices.Sort(v)
	most := 2.2
	if len(v) < 4 {
		most = 1.5 // too few to tell wide lines from paragraphs
	}
	return max(0.8, min(most, v[len(v)/3]))
}

// begins: b begins a paragraph that is set apart from a.
func begins(a, b placed, lead, right float64) bool {
	if !below(a, b) {
		return !goesOn(a, b)
	}
	if (a.across-b.across)/b.size > 1.25*lead+0.05 || math.Abs(a.size-b.size) > 0.15*max(a.size, b.size) {
		return true
	}
	return b.along > a.along+0.8*b.size && a.end < right-0.5*b.size && !lower(b.s)
}

// goesOn: the sentence of a does not end, and b begins in lower case.
func goesOn(a, b placed) bool {
	return lower(b.s) && !strings.ContainsAny(lastRune(a.s), ".!?…:;") && math.Abs(a.size-b.size) < 0.15*max(a.size, b.size)
}

func lower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}

// wrapped: a ends near the right edge, so that what follows may belong to it; where its
// sentence is over and it ends well before, it does not.
func wrapped(a, b placed, right float64) bool {
	if !below(a, b) {
		return goesOn(a, b)
	}
	room := right - a.end
	first, _, _ := strings.Cut(b.s, " ")
	next := float64(utf8.RuneCountInString(first)+1) * 0.5 * b.size // the word that found no room
	if room > next+2*a.size {
		return lower(b.s) && !strings.ContainsAny(lastRune(a.s), ".!?…:;") && utf8.RuneCountInString(a.s) > 25
	}
	return utf8.RuneCountInString(a.s) > 12
}
