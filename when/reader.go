package when

import (
	"strings"
	"sync"

	"svidok/evidence"
	"svidok/words"
)

// reader holds what is known of the words of one text.
type reader struct {
	c            *words.Cut
	entries      map[string]*entry
	at           []*entry
	num          []int32 // value of a whole number of at most four digits, else -1
	tenses       []int8  // see tense; 0 is not judged
	published    Day
	hasPublished bool
	year         int // that the sentence has said before
	lastYear     int // that the text has said before
	sentence     int // where the sentence begins, in tokens
	stop         int // and where it ends
	story        story
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// strong are the classes without one of which no mention can begin or be.
func strong() uint64 {
	return 1<<month | 1<<weekday | 1<<unit | 1<<season | 1<<fall | 1<<relativeDay | 1<<relativeYear | 1<<campaign | 1<<monthAdjective | 1<<firstDays | 1<<partOfDay | 1<<numeral | 1<<romanQuarter | 1<<romanHalf | 1<<event
}

// idle are the classes of words that begin no mention.
const idle = 1<<of | 1<<in | 1<<to | 1<<past | 1<<future | 1<<cycle | 1<<document | 1<<street | 1<<streetAfter | 1<<label | 1<<birth | 1<<approx | 1<<already |
	1<<inARow | 1<<ordinalSuffix

// begins reports whether a mention can begin at token i.
func (r *reader) begins(i int) bool {
	e := r.at[i]
	if e == nil {
		return r.num[i] >= 0 || r.c.Tokens[i].Kind == words.Number
	}
	if e.set&^idle != 0 {
		return true
	}
	w := r.word(i)
	return w == "in" || w == "по"
}

// load classifies every word, and reports whether there may be a mention at all.
func (r *reader) load(c *words.Cut, published evidence.Date) bool {
	r.c, r.entries = c, lexicon()
	r.at, r.num = r.at[:0], r.num[:0]
	r.year, r.lastYear, r.sentence, r.stop, r.story = 0, 0, 0, 0, story{}
	r.published, r.hasPublished = ParseDay(published.To)
	if !r.hasPublished {
		r.published, r.hasPublished = ParseDay(published.From)
	}
	if r.published < civil(firstYear, 1, 1) || r.published > civil(lastYear, 12, 31) {
		r.hasPublished = false
	}
	some, wanted := false, strong()
	for i, t := range c.Tokens {
		var e *entry
		n := int32(-1)
		switch t.Kind {
		case words.Word:
			if e = r.entries[c.Folded(i)]; e != nil && e.set&wanted != 0 {
				some = true
			}
		case words.Number:
			if s := c.Folded(i); len(s) <= 4 {
				n = int32(digits(s))
			}
			some = some || n >= 1900 && n < 2100 || t.End-t.Start == 5 && n < 0 || n >= 0 && n < 40
		}
		r.at, r.num = append(r.at, e), append(r.num, n)
	}
	r.tenses = append(r.tenses[:0], make([]int8, len(r.at))...)
	return some
}

// is reports whether token i is of class c.
func (r *reader) is(i int, c class) bool {
	return i >= 0 && i < len(r.at) && r.at[i] != nil && r.at[i].set&(1<<c) != 0
}

// value returns the value of token i in class c, and whether it is of that class.
func (r *reader) value(i int, c class) (int, bool) {
	if !r.is(i, c) {
		return 0, false
	}
	return r.at[i].value(c), true
}

func (r *reader) word(i int) string {
	if i < 0 || i >= len(r.at) {
		return ""
	}
	return r.c.Folded(i)
}

// gap is what stands between two words.
type gap uint8

const (
	wide  gap = iota // anything that sets them apart, a line break too
	blank            // white space or nothing
	dash
	dot
	comma
	slash
	colon
)

// gap returns what stands between token i-1 and token i.
func (r *reader) gap(i int) gap {
	if i <= 0 || i >= len(r.at) {
		return wide
	}
	s := r.c.Text[r.c.Tokens[i-1].End:r.c.Tokens[i].Start]
	if s == " " || s == "" {
		return blank
	}
	if len(s) > 16 || strings.ContainsAny(s, "\n\r") {
		return wide
	}
	switch strings.TrimSpace(strings.ReplaceAll(s, "\u00ad", "")) {
	case "":
		return blank
	case "-", "–", "—", "−", "‑", "‐", "‒":
		return dash
	case ".":
		return dot
	case ",", ".,":
		return comma
	case "/":
		return slash
	case ":":
		return colon
	}
	return wide
}

// after reports whether token i follows token i-1 with one of the gaps between.
func (r *reader) gapIs(i int, a, b gap) bool {
	g := r.gap(i)
	return g != wide && (g == a || g == b)
}

// tight reports whether nothing at all stands between token i-1 and token i but s.
func (r *reader) tight(i int, s string) bool {
	return i > 0 && i < len(r.at) && r.c.Text[r.c.Tokens[i-1].End:r.c.Tokens[i].Start] == s
}

// capital reports whether token i begins with a capital letter.
func (r *reader) capital(i int) bool {
	raw, folded := r.c.Raw(i), r.c.Folded(i)
	if len(raw) < 2 || len(folded) < 2 {
		return false
	}
	return raw[:2] != folded[:2] && (raw[0] < 0x80 || len(raw) >= 2 && raw[:2] != "ё")
}

// digitsOf is how many digits token i is written with.
func (r *reader) digitsOf(i int) int {
	return int(r.c.Tokens[i].End - r.c.Tokens[i].Start)
}
