package when

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed lexicon.txt
var lexiconText string

// class is what a word can be to a date. A word may be of several.
type class uint8

const (
	none class = iota
	number
	month
	weekday
	unit
	season
	fall
	seasonAdjective
	campaign
	relativeDay
	relativeYear
	this
	last
	that
	next
	lastFew
	ago
	through
	from
	since
	to
	until
	after
	before
	in
	during
	of
	article
	ordinal
	tens
	cardinal
	halfCardinal
	phase
	half
	firstDays
	night
	partOfDay
	ordinalSuffix
	yearSuffix
	numeral
	cycle
	approx
	already
	inARow
	roman
	romanQuarter
	romanHalf
	birth
	document
	street
	streetAfter
	label
	future
	past
	event
	monthAdjective
	pointer
)

// classNames: the names of the classes in lexicon.txt, in their order from month.
func classNames() []string {
	return strings.Fields(`month weekday unit season fall seasonadj campaign rel relyear this last that next lastn ago through from since to until after
		before in during of the ord tens card halfcard phase half firstdays night partday osuf ysuf number cycle approx already row roman romanq romanh
		birth document street streetafter label future past event monthadj pointer`)
}

// entry is a word of the lexicon: its classes, and one value for each of the first three.
type entry struct {
	set    uint64
	values [4]struct {
		class class
		value int16
	}
}

func (e *entry) value(c class) int {
	for _, v := range e.values {
		if v.class == c {
			return int(v.value)
		}
	}
	return 0
}

// lexicon is the words by their folded form. Whoever holds it only reads it.
var lexicon = sync.OnceValue(func() map[string]*entry {
	byName := map[string]class{}
	for i, n := range classNames() {
		byName[n] = month + class(i)
	}
	all := map[string]*entry{}
	for line := range strings.Lines(lexiconText) {
		head, list, ok := strings.Cut(line, ":")
		name, value, _ := strings.Cut(head, " ")
		c := byName[name]
		v, err := strconv.Atoi(value)
		if !ok || c == none || err != nil {
			continue
		}
		for w := range strings.FieldsSeq(list) {
			e := all[w]
			if e == nil {
				e = &entry{}
				all[w] = e
			}
			if e.set&(1<<c) != 0 {
				continue
			}
			e.set |= 1 << c
			for i := range e.values {
				if e.values[i].class == none {
					e.values[i].class, e.values[i].value = c, int16(v)
					break
				}
			}
		}
	}
	return all
})
