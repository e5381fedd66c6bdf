// Package figures finds the numbers that a text claims about people: value or range,
// operator, kind, scope, period and claimant, at their exact words. A figure is a claim:
// nothing here adds, averages or prefers one.
//
// # What is a figure
//
// A number of people (taken, summoned, killed, convicted…), of papers or cases that stand
// for people (summonses, contracts, criminal cases), or a share of people. Not: ages,
// dates, times, distances, money, numbers of units, articles and houses, telephone
// numbers, lengths of time, counts of things, complaints. People without a role in what is
// told are a figure of kind other, from two upwards; so are those who were asked, let go,
// beaten, or who came or stayed away. Who does it ("two in masks") is not counted, nor are up
// to four who only say so ("two residents told"). Nouns that nobody listed are people by the
// endings of what people do; a shift, class or village is people where a share is taken of it.
// An age ("йому вже сімдесят"), a sum with no currency, an hour, how many go in a group, the
// children of somebody and up to eight who come for others are none.
//
// # Value
//
// Digits with any separators, words in all cases, magnitudes, fractions. A range has its
// lower end in Value and its upper one in High. Vague plurals stand for the least that
// they can mean, as at_least, with a flag: tens 10, dozens 12, hundreds 100, thousands
// 1000, "tens of thousands" 10,000; "several hundred" 200. A third, every third and one in
// three are the share 33 (rounded). A full number with a magnitude said again ("100 000
// тысяч") has the value of its digits, and a flag.
//
// # Operator
//
// exact, at_least, about (also almost, nearly, майже, and the inversion "человек 20"),
// up_to (also fewer than), more_than.
//
// # Kind
//
// What is counted decides first where it is a paper, a case or a share; then what is said
// to happen: in the clause, between the numbers on both sides, in the sentence, in the
// sentence before. Killed, wounded and missing weigh more than cases and summonses, those
// more than seized and detained, and that more than conscripted and mobilised: "112 of the
// mobilised were killed" counts killed. People who were taken or seized are conscripted: detained
// only where the words say detained, arrested or held, or led to a cell, basement or the
// police, or where they were led from or to some place and the whole text speaks of no draft;
// and mobilised where the sentence speaks of a mobilisation, or the period is that of
// the "republics" after 19 February 2022, until May. So are those called up in one, with no word of the
// regular draft near, and "sixty of us". Families who act are other. A plan or a demand turns
// what would be conscripted, mobilised, contracts or summonses into planned or quota. The whole
// from which a part is counted ("of 220 mobilised, 57 fell") has the kind of what it is called,
// or other; the part has the flag "part of 220". Fractions in words are shares even where they are demanded.
//
// # Scope, period, claimant
//
// Of the places, periods and claimants that others found: those of the clause, or of the
// sentence, or of the sentence before. Scope also names the group that is counted.
package figures

import (
	"strings"

	"svidok/evidence"
	"svidok/words"
)

// Label is what another reader knows of the stretch [Start,End) of a text.
type Label struct {
	Start, End int
	Text       string
}

// Context is a text that is read for its figures, with what others found in it.
// Every list stands in the order of the text.
type Context struct {
	Cut       *words.Cut
	Language  string  // uk, ru, en, or anything else for not known
	Places    []Label // Text: the canonical name
	Periods   []Label // Text: "2022-02-24/2025-07-31", days, both inclusive
	Claimants []Label // Text: the canonical name; the span is the words that they answer for
}

// reader reads one text. The tokens [lo,hi) are those of the sentence in hand.
type reader struct {
	cut       *words.Cut
	ctx       *Context
	numerals  map[string]numeral
	operators map[string]string
	lexicon   *lexicon
	classes   []class
	text      class // of all words of the text, once asked for
	sentence  int
	lo, hi    int
	found     []counted // in this sentence
	last      counted   // the last figure of the sentences before
	lastAt    int       // its sentence
}

// counted is a number that is a figure, with the tokens [lo,hi) of its whole phrase.
type counted struct {
	number
	op       string
	lo, hi   int
	numLo    int
	head     int // token of the counted noun, or -1
	kind     string
	unit     string
	from, to int // tokens between the figures on both sides
}

// Find appends the figures of the text to dst, in the order of the text. Every quote is
// exact: text[Start:End] == Quote.
func Find(dst []evidence.Figure, ctx Context) []evidence.Figure {
	if ctx.Cut == nil {
		return dst
	}
	c := ctx.Cut
	numerals := theNumerals()
	r := reader{cut: c, ctx: &ctx, numerals: numerals, lastAt: -10}
	first := len(dst)
	for s := range c.Sentences {
		lo, hi := c.Words(s)
		first := triggered(c, numerals, lo, hi)
		if first < 0 {
			continue
		}
		if r.classes == nil {
			r.classes = make([]class, len(c.Tokens))
			r.lexicon, r.operators = theLexicon(), theOperators()
		}
		r.sentence, r.lo, r.hi = s, lo, hi
		r.read(max(lo, first-1))
		dst = r.emit(dst)
	}
	checkTotals(dst[first:], c)
	ofWhole(dst[first:], c)
	return dst
}

// triggered returns the first token that is a digit or a word for a number, or -1.
func triggered(c *words.Cut, numerals map[string]numeral, lo, hi int) int {
	for i := lo; i < hi; i++ {
		switch c.Tokens[i].Kind {
		case words.Number:
			return i
		case words.Word:
			w := c.Folded(i)
			if len(w) > 30 {
				continue
			}
			if _, ok := numerals[w]; ok || ordinal(w) > 0 || w == "quarter" {
				return i
			}
		}
	}
	return -1
}

// class looks token i up, once.
func (r *reader) class(i int) class {
	if r.classes[i]&known == 0 {
		r.classes[i] = known
		if r.cut.Tokens[i].Kind == words.Word {
			w := r.cut.Folded(i)
			r.classes[i] = r.lexicon.of(w)
			switch {
			case w == "call" && !r.follows(i+1, "up", "ups"):
				r.classes[i] = known // no call from him
			case w == "put" && r.follows(i+1, "on", "aboard", "onto"), w == "drove" && r.follows(i+1, "off", "away"):
				r.classes[i] = known | take // put on buses
			}
		}
	}
	return r.classes[i]
}

// read finds the figures of the sentence, of which the first may begin at token from, and
// their kinds.
func (r *reader) read(from int) {
	r.found = r.found[:0]
	for i := from; i < r.hi; {
		n, ok := r.number(i, r.hi)
		if !ok {
			i++
			continue
		}
		if f, ok := r.admit(n); ok {
			r.found = append(r.found, f)
		}
		i = n.hi
	}
	for i := range r.found {
		f := &r.found[i]
		f.from, f.to = r.lo, r.hi
		if i > 0 {
			f.from = r.found[i-1].hi
		}
		if i+1 < len(r.found) {
			f.to = r.found[i+1].lo
		}
	}
	kept := r.found[:0]
	for i := range r.found {
		f := r.found[i]
		var prev *counted
		if len(kept) > 0 {
			prev = &kept[len(kept)-1]
		} else if r.lastAt == r.sentence-1 {
			prev = &r.last
		}
		if r.decide(&f, prev, len(kept) > 0) {
			kept = append(kept, f)
		}
	}
	r.found = kept
	if len(kept) > 0 {
		r.last, r.lastAt = kept[len(kept)-1], r.sentence
	}
}

// emit writes the figures of the sentence.
func (r *reader) emit(dst []evidence.Figure) []evidence.Figure {
	for i := range r.found {
		f := &r.found[i]
		start, end := int(r.cut.Tokens[f.lo].Start), int(r.cut.Tokens[f.hi-1].End)
		if strings.HasPrefix(r.cut.Text[end:], "+") {
			end++
		}
		e := evidence.Figure{Value: f.value, High: f.high, Operator: f.op, Kind: f.kind, Unit: f.unit,
			Quote: r.cut.Text[start:end], Start: start, End: end}
		e.Scope = r.scope(f)
		e.Period = r.period(f)
		e.Claimant = r.claimant(start, end)
		e.Reach = r.reach(f, e.Period)
		if f.vague {
			e.Flags = append(e.Flags, "vague")
		}
		if f.twice {
			e.Flags = append(e.Flags, "magnitude stated twice")
		}
		dst = append(dst, e)
	}
	return dst
}
