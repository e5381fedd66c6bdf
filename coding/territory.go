package coding

import (
	"slices"
	"strings"

	"svidok/classifier"
	"svidok/evidence"
	"svidok/places"
	"svidok/when"
)

// ground is what the places of a sentence, or of a text, say of its gate: one bit each.
type ground uint8

const (
	groundHeld   ground = 1 << iota // occupied on the day that is spoken of
	groundPartly                    // in part, or on some of the days
	groundFree                      // in Ukraine, and not occupied then
	groundRegime                    // named as the occupier names it
	groundRussia                    // in Russia
	groundAbroad                    // in another land
	groundBody                      // only as the seat of a body, a speaker or a publisher
)

// names of the bits, as the classifier learns them.
func (g ground) names(dst []string, where string) []string {
	for i, name := range [...]string{"held", "partly held", "not held", "regime", "Russian", "foreign", "of a body"} {
		if g>>i&1 == 1 {
			dst = append(dst, "place "+name+" "+where)
		}
	}
	return dst
}

// groundOf reads one mention.
func (a *around) groundOf(m *places.Mention, days evidence.Interval) ground {
	switch {
	case m.Foreign == "RU":
		return groundRussia
	case m.Foreign != "":
		return groundAbroad
	case m.Role == places.RoleBody || m.Role == places.RoleSpeaker || m.Role == places.RoleByline:
		return groundBody
	case m.Kind == places.KindRegime:
		return groundRegime
	case m.Place == nil:
		return 0
	}
	g := places.Default()
	if days.From == "" {
		if g.EverOccupied(m.Place.ID) {
			return groundHeld
		}
		return groundFree
	}
	switch status, _ := g.Occupied(m.Place.ID, days.From, days.To); status {
	case places.OccupiedYes:
		return groundHeld
	case places.OccupiedPartly:
		return groundPartly
	case places.OccupiedNo:
		return groundFree
	}
	return 0
}

// grounds gives each unit what its places say, and returns what those of the title and of
// the whole text say.
func (a *around) grounds(s *scratch) (title, whole ground) {
	for i := range a.headed {
		title |= a.groundOf(&a.headed[i], a.days)
	}
	k := 0
	for i := range s.units {
		u := &s.units[i]
		u.ground = 0
		if u.lo == u.hi {
			continue
		}
		start, end := int(s.tokens[u.lo].Start), int(s.tokens[u.hi-1].End)
		days := a.days
		dated := false
		for k < len(a.places) && a.places[k].Start < end {
			if !dated {
				dated = true
				if v, ok := when.For(a.whens, s.cut, start, end); ok && v.From != "" {
					days = v
				}
			}
			u.ground |= a.groundOf(&a.places[k], days)
			k++
		}
		whole |= u.ground
	}
	return title, whole
}

// known names what the gates and places say of the text, for the classifier.
func (sc *scene) known(first, title, whole ground) []string {
	out := whole.names(nil, "")
	out = title.names(out, "in the title")
	out = first.names(out, "first")
	if whole&(groundHeld|groundPartly|groundRegime) == 0 {
		out = append(out, "no place held")
		if whole&groundFree != 0 {
			out = append(out, "only places not held")
		}
	}
	for r := gateTerritory; r <= gateSubject; r++ {
		name := "gate " + r.String()
		if sc.header.has(r) {
			out = append(out, name+" in the header")
		}
		if !sc.whole.has(r) {
			name = "no " + name
		}
		out = append(out, name)
	}
	return out
}

// whole reads the features of the whole text.
func (b *Codebook) whole(s *scratch, sc *scene, a *around) []classifier.Feature {
	title, whole := a.grounds(s)
	first := ground(0)
	for i := range s.units[:min(2, len(s.units))] {
		first |= s.units[i].ground
	}
	s.reader.Whole()
	s.sentence.Language = ""
	s.fill(&s.head, 0, int32(len(s.head.Tokens)))
	s.reader.Add(&s.sentence)
	for i := range s.units {
		s.fill(s.cut, s.units[i].lo, s.units[i].hi)
		s.reader.Add(&s.sentence)
	}
	return s.reader.Features(sc.known(first, title, whole))
}

// longest is how many sentences a text may have to be judged as a whole: the models have
// learned from reports, and in a digest of many each paragraph stands for itself.
const longest = 40

// fewest is up to how many sentences a text says too little for the learned gate to shut it
// against the lists: the models have learned from reports, not from single sentences.
const fewest = 2

// Where a text passes the learned gate, as calibrated odds in 1/65536.
const (
	passes  = 65536 / 2
	unnamed = 3 * 65536 / 2 // and where no word of drafting stands in the text
	short   = -2 * 65536    // and where a sentence or two name a held place and no other draft
	doubts  = -54000        // where it does not, but is left to a person if it names a held place: about three in ten
	clearly = 4 * 65536     // and need not be reviewed even if it speaks of another draft, or names no place that is held
)

// judged is what the learned gate says of a text. read is set where its units have been
// read for statements on the way.
type judged struct {
	gate evidence.Gate
	odds int32
	read bool
}

// learnedGate decides for the text. ok is false where the book has no learned gate. A text
// that is likely to pass is read for statements in the same turn.
func (b *Codebook) learnedGate(s *scratch, sc *scene, a *around, in Input, res *Result) (g judged, ok bool) {
	m := b.learned.gate
	if b.own || len(m.Labels) == 0 || len(s.units) > longest {
		return judged{gate: evidence.GateBlocked}, false
	}
	features := b.whole(s, sc, a)
	score := m.Score(make(classifier.Scores, 0, 1), features)[0]
	s.whyWhole(b, features)
	g.read = score > 0 || s.told != nil
	b.begin(s, in.Title)
	var lines [2]int32
	if g.read {
		var mean means
		for i := range s.units {
			b.unit(s, in.Text, i, &mean, res)
		}
		lines = mean.of()
	} else {
		lines = b.lines(s, in.Text, res.Language)
	}
	bar := s.bar(sc)
	g.odds = b.learned.says.odds(score, lines)
	g.gate = s.opens(sc, g.odds, bar)
	s.whyJudged(g.odds, bar)
	return g, true
}

// doubtful reports whether a text that is blocked is to be read by a person: it may be
// testimony told without a word of drafting. It yields no statements of its own.
func (s *scratch) doubtful(sc *scene, odds int32) bool {
	return odds >= doubts && s.grounds()&groundHeld != 0 && sc.whole&elsewhere == 0
}

// bar is how much is asked of the text.
func (s *scratch) bar(sc *scene) int32 {
	switch {
	case len(s.units) <= fewest && sc.whole&named != 0 && sc.whole&elsewhere == 0 && s.grounds()&groundHeld != 0:
		return short
	case sc.whole&subject == 0:
		return unnamed
	}
	return passes
}

// opens weighs the odds of a text against what is asked of it.
func (s *scratch) opens(sc *scene, odds, bar int32) evidence.Gate {
	switch {
	case odds < bar && len(s.units) <= fewest && sc.whole&named != 0 && sc.whole&subject != 0 && sc.whole&faraway == 0 && s.grounds()&groundHeld != 0:
		return evidence.GateReview // too little for the model to tell by
	case odds < bar, sc.whole.has(gatePast) && s.grounds()&(groundHeld|groundPartly|groundRegime) == 0 && s.grounds()&groundFree != 0:
		return evidence.GateBlocked // or of another time, in which nobody held the places that are named
	case odds < clearly && (sc.whole&elsewhere != 0 || sc.whole&territory == 0 && s.grounds()&(groundHeld|groundRegime) == 0):
		return evidence.GateReview
	}
	return evidence.GateOpen
}

// odds joins the scores of the whole text and the mean ones of its sentences, in 1/65536.
func (v Verdict) odds(whole int32, lines [2]int32) int32 {
	sum := int64(v.Whole)*int64(whole) + int64(v.Coded)*int64(lines[0]) + int64(v.Open)*int64(lines[1])
	return int32(sum>>16) + v.Constant
}

// means are the sums of what the sentences of a text say of its gate.
type means struct {
	sums [2]int64
	n    int64
}

// add counts a sentence.
func (m *means) add(scores classifier.Scores) {
	for k := range m.sums {
		m.sums[k] += int64(scores[k])
	}
	m.n++
}

func (m *means) of() (mean [2]int32) {
	for k := range mean {
		mean[k] = int32(m.sums[k] / max(1, m.n))
	}
	return mean
}

// lines are the mean scores of the sentences for each label of the model of sentences.
func (b *Codebook) lines(s *scratch, text, language string) [2]int32 {
	var mean means
	for i := range s.units {
		u := &s.units[i]
		if u.lo == u.hi {
			continue
		}
		s.context = !b.subject || s.spoken(i)
		own, _ := b.look(s, text, u, language)
		b.count(s, text, u, b.features(s, u, own), &mean)
	}
	return mean.of()
}

// count adds what the features of a unit say of the gate of its text.
func (b *Codebook) count(s *scratch, text string, u *unit, features []classifier.Feature, mean *means) {
	m := b.learned.lines
	if len(m.Labels) != len(mean.sums) {
		return
	}
	s.scores = m.Score(s.scores[:0], features)
	s.whyLine(b, text, u)
	mean.add(s.scores)
}

// grounds are what the places of all units say.
func (s *scratch) grounds() ground {
	all := ground(0)
	for i := range s.units {
		all |= s.units[i].ground
	}
	return all
}

// gateOf decides for one sentence of a text that passed the learned gate: who speaks only of
// another draft is not coded.
func (sc *scene) gateOf(u *unit, text evidence.Gate) (evidence.Gate, string) {
	if u.signals&territory == 0 && u.signals&(ownDraft|faraway) != 0 && u.ground&(groundHeld|groundPartly|groundRegime) == 0 && sc.sections[u.paragraph]&territory == 0 {
		return evidence.GateBlocked, "sentence"
	}
	if u.signals&elsewhere != 0 {
		return evidence.GateReview, "sentence"
	}
	return text, "text"
}

// possible reports whether a text may pass the gate at all: most texts name no place that
// was ever occupied, nor occupation, nor drafting.
func possible(sc *scene, a *around) bool {
	if sc.whole&(territory|subject) != 0 {
		return true
	}
	known := func(p *places.Place) bool { return places.Default().EverOccupied(p.ID) }
	ever := func(m places.Mention) bool {
		return m.Kind == places.KindRegime || m.Place != nil && known(m.Place) || slices.ContainsFunc(m.Others, known)
	}
	return slices.ContainsFunc(a.places, ever) || slices.ContainsFunc(a.headed, ever)
}

// drafts reports whether statements speak of drafting by themselves: whoever acts, where
// somebody is taken or kept, how many, and what became of them may be told of anything.
func drafts(all []evidence.Statement) bool {
	return slices.ContainsFunc(all, func(st evidence.Statement) bool {
		group, _, _ := strings.Cut(st.Code, ".")
		switch group {
		case "ACT", "PLC", "QTY", "TGT", "FAT":
			return false
		case "COE":
			return st.Code == "COE.OATH"
		case "DUE":
			return st.Code != "DUE.DOCS_SEIZED" && st.Code != "DUE.INCOMMUNICADO" && st.Code != "DUE.NO_REMEDY"
		}
		return st.Code != "LEG.CITIZENSHIP"
	})
}
