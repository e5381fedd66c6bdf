package coding

import "svidok/evidence"

// signals are the gates that fired, one bit per role.
type signals uint8

func (s signals) has(r role) bool { return s>>r&1 == 1 }

func bit(r role) signals { return 1 << r }

// The signals that speak for territory under occupation, by name or by general words
// ("occupied"), and those that speak of other drafts.
const (
	named     = signals(1 << gateTerritory)
	general   = signals(1 << gateTerritoryWords)
	territory = named | general
	ownDraft  = signals(1 << gateOwnDraft)
	russia    = signals(1 << gateRussia)
	faraway   = signals(1<<gateElsewhere | 1<<gatePast)
	ownState  = signals(1 << gateOwnState)
	elsewhere = ownDraft | russia | faraway // words of other drafts
	others    = elsewhere | ownState        // or of places that have them
	subject   = signals(1 << gateSubject)
)

// A text of so many sentences says what it is about; a shorter one need not.
const (
	longText    = 6
	subjectNear = 3 // paragraphs
)

// scene is what the gates know of a text.
type scene struct {
	header   signals   // title and first paragraph
	whole    signals   // everything
	sections []signals // by paragraph
}

// verdict weighs one place's signals; ok is false where they say nothing by themselves.
func verdict(s signals) (g evidence.Gate, ok bool) {
	switch {
	case s&territory == 0:
		return evidence.GateBlocked, s&others != 0
	case s&others == 0:
		return evidence.GateOpen, true
	case s&named == 0 && s&faraway != 0:
		return evidence.GateBlocked, true // "occupied" said of another land or time
	default:
		return evidence.GateReview, true
	}
}

// gate decides for one sentence. where names the scope that decided.
func (sc *scene) gate(sentence signals, paragraph int) (g evidence.Gate, where string) {
	around := sc.sections[paragraph] | sc.header
	if sentence&territory != 0 {
		if sentence&named == 0 && sc.whole&named == 0 && around&faraway != 0 {
			return evidence.GateBlocked, "paragraph"
		}
		g, _ = verdict(sentence)
		return g, "sentence"
	}
	if sentence&others != 0 {
		return sc.beside(sentence, paragraph)
	}
	if g, ok := verdict(sc.sections[paragraph]); ok {
		if g == evidence.GateBlocked && sc.sections[paragraph]&territory == 0 && sc.header&territory != 0 {
			return evidence.GateReview, "header"
		}
		return g, "paragraph"
	}
	if g, ok := verdict(sc.header); ok {
		return g, "header"
	}
	return sc.carried(paragraph)
}

// about reports whether conscription is the subject where the paragraph stands: in it, in
// a few around it, or in the header.
func (sc *scene) about(paragraph int) bool {
	near := sc.header
	for _, s := range sc.sections[max(0, paragraph-subjectNear):min(len(sc.sections), paragraph+subjectNear+1)] {
		near |= s
	}
	return near&subject != 0
}

// beside decides for a sentence that speaks of another draft only. What moves men into
// Russia is told beside the place they were taken from.
func (sc *scene) beside(sentence signals, paragraph int) (evidence.Gate, string) {
	if sc.sections[paragraph]&named != 0 || sc.sections[paragraph]&general != 0 && sentence&faraway == 0 {
		return evidence.GateReview, "paragraph"
	}
	if sc.header&territory != 0 && sentence&^russia&others == 0 {
		return evidence.GateReview, "header"
	}
	return evidence.GateBlocked, "sentence"
}

// carried decides by the nearest paragraph before that says where it is: people name a
// place once and go on. It opens only in a text that speaks of no other draft at all.
func (sc *scene) carried(paragraph int) (evidence.Gate, string) {
	for i := paragraph - 1; i >= 0; i-- {
		s := sc.sections[i]
		switch {
		case s&(territory|others) == 0:
			continue
		case s&territory == 0:
			return evidence.GateBlocked, "earlier paragraph"
		case sc.whole&others == 0:
			return evidence.GateOpen, "earlier paragraph"
		default:
			g, _ := verdict(s)
			if g == evidence.GateOpen {
				g = evidence.GateReview
			}
			return g, "earlier paragraph"
		}
	}
	if sc.whole&territory != 0 && sc.whole&others == 0 {
		return evidence.GateReview, "later paragraph"
	}
	return evidence.GateBlocked, "nowhere"
}

// document sums up: kept are the gates of the statements that go out, shut says whether
// a sentence was blocked because it speaks of another draft.
func (sc *scene) document(open, review int, shut bool) evidence.Gate {
	switch {
	case review > 0:
		return evidence.GateReview
	case open > 0 && shut:
		return evidence.GateReview
	case open > 0:
		return evidence.GateOpen
	}
	g, _ := verdict(sc.whole)
	if g == evidence.GateOpen || g == evidence.GateReview {
		if sc.whole&named == 0 && sc.whole&others != 0 && sc.header&territory == 0 {
			return evidence.GateBlocked
		}
	}
	return g
}
