package figures

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed lexicon.txt
var lexiconText string

//go:embed numbers.txt
var numbersText string

// class is what a word can mean for a number beside it; a word may have several.
type class uint64

const (
	conscript class = 1 << iota
	mobil
	take
	detain
	summons
	planned
	quota
	kill
	wound
	capture
	missing
	court // cases, convictions, fines
	contract
	evade
	person
	child // and other relatives: people, but counted mostly to describe one
	actor // who does it, not whom it befalls
	bad   // counted, and not people
	desig // a number after it is a name: brigade, article, house
	month
	function // ends the search for the counted noun
	partitive
	stop // what a percentage of it is not about people
	campaign
	cumulative
	asOf
	army    // where those go who are taken to fight
	holding // where people are taken from, or led to
	captive // prisoners of war, counted for many reasons
	change  // rose from, fell to
	aside   // what is told of people and is no drafting: asked, let go, beaten, came
	seize   // how people are taken by force: for the draft, where the text speaks of one
	draft   // who drafts
	known   // the word has been looked up
)

const (
	fate  = kill | wound | missing
	event = conscript | mobil | take | detain | summons | fate | capture | court | contract | seize
)

func classNames() map[string]class {
	return map[string]class{"none": 0, "conscript": conscript, "mobil": mobil, "take": take, "detain": detain, "summons": summons,
		"planned": planned, "quota": quota, "kill": kill, "wound": wound, "capture": capture, "missing": missing, "case": court,
		"contract": contract, "evade": evade, "person": person, "child": child, "actor": actor, "bad": bad, "desig": desig,
		"month": month, "func": function, "partitive": partitive, "stop": stop, "campaign": campaign, "cumulative": cumulative,
		"asof": asOf, "up": change, "aside": aside, "army": army, "holding": holding, "captive": captive, "seize": seize}
}

type lexicon struct {
	whole, stems map[string]class
	longest      int // bytes of the longest stem
}

var theLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{whole: map[string]class{}, stems: map[string]class{}}
	names := classNames()
	for line := range strings.Lines(lexiconText) {
		name, list, ok := strings.Cut(line, ":")
		if !ok || line[0] == '#' {
			continue
		}
		for w := range strings.FieldsSeq(list) {
			if stem, ok := strings.CutSuffix(w, "*"); ok {
				l.stems[stem] |= names[name]
				l.longest = max(l.longest, len(stem))
			} else {
				l.whole[w] |= names[name]
			}
		}
	}
	return l
})

// of classifies a folded word: as a whole, or else by its longest stem.
func (l *lexicon) of(w string) class {
	if c, ok := l.whole[w]; ok {
		return c | known
	}
	for n := min(len(w), l.longest); n > 1; n-- {
		if n < len(w) && !utf8.RuneStart(w[n]) {
			continue
		}
		if c, ok := l.stems[w[:n]]; ok {
			if strings.HasSuffix(w, "тимуть") || strings.HasSuffix(w, "тимуться") {
				c |= planned
			}
			return c | known
		}
	}
	if agent(w) {
		return person | known
	}
	for _, s := range [...]string{"чан", "чани", "чанам", "чанин", "чане", "чанина", "чанами", "івців", "янам", "яни", "цев"} {
		if len(w) > len(s)+6 && strings.HasSuffix(w, s) {
			return person | known // inhabitants: мелітопольчани, донетчан
		}
	}
	return known
}

// numeral is a word that is a number or part of one.
type numeral struct {
	value float64
	kind  byte // see numbers.txt
}

var theNumerals = sync.OnceValue(func() map[string]numeral {
	m := map[string]numeral{}
	for line := range strings.Lines(numbersText) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		v, _ := strconv.ParseFloat(f[0], 64)
		for _, w := range f[2:] {
			m[w] = numeral{v, f[1][0]}
		}
	}
	return m
})
