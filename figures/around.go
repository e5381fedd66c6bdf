package figures

import "strings"

// labelsFor returns the labels of the clause of f, or else of the stretch between the
// figures around it, of the sentence, or of the sentence before.
func (r *reader) labelsFor(f *counted, labels []Label) []Label {
	if len(labels) == 0 {
		return nil
	}
	lo, hi := r.micro(f)
	if l := within(labels, r.at(lo), r.endOf(hi)); len(l) > 0 {
		return l
	}
	if l := within(labels, r.at(f.from), r.endOf(f.to)); len(l) > 0 {
		return l
	}
	s := r.cut.Sentences[r.sentence]
	if l := within(labels, int(s.Start), int(s.End)); len(l) > 0 {
		return l
	}
	if r.sentence > 0 {
		s = r.cut.Sentences[r.sentence-1]
		return within(labels, int(s.Start), int(s.End))
	}
	return nil
}

// endOf returns the byte where token i-1 ends.
func (r *reader) endOf(i int) int { return int(r.cut.Tokens[i-1].End) }

// scope names the places and the group that the figure speaks of.
func (r *reader) scope(f *counted) string {
	var names []string
	for _, l := range r.labelsFor(f, r.ctx.Places) {
		names = addName(names, l.Text)
		if len(names) == 12 {
			break
		}
	}
	scope := strings.Join(names, ", ")
	if g := r.group(f); g != "" {
		if scope != "" {
			scope += "; "
		}
		scope += g
	}
	return scope
}

func addName(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}

// group names the people that are counted, where the words say more than people.
func (r *reader) group(f *counted) string {
	lo, hi := r.micro(f)
	for j := max(lo, f.lo-6); j < min(hi, f.hi+6); j++ {
		w := r.cut.Folded(j)
		if (strings.HasPrefix(w, "татар") || strings.HasPrefix(w, "tatar")) && j > r.lo {
			if p := r.cut.Folded(j - 1); strings.HasPrefix(p, "крим") || strings.HasPrefix(p, "крым") || strings.HasPrefix(p, "crimean") {
				return "Crimean Tatars"
			}
		}
		for _, g := range groups() {
			if strings.HasPrefix(w, g[0]) {
				return g[1]
			}
		}
	}
	return ""
}

// groups: how a word begins, and the group that it names.
func groups() [20][2]string {
	return [...][2]string{{"студент", "students"}, {"student", "students"}, {"шахтар", "miners"}, {"шахтер", "miners"}, {"miner", "miners"},
		{"військовополон", "prisoners of war"}, {"военнопл", "prisoners of war"}, {"pows", "prisoners of war"},
		{"засуджен", "convicts"}, {"осужденн", "convicts"}, {"convicts", "convicts"}, {"в'язн", "prisoners"}, {"заключен", "prisoners"}, {"inmate", "prisoners"},
		{"школяр", "pupils"}, {"школьник", "pupils"}, {"вчител", "teachers"}, {"учител", "teachers"}, {"teacher", "teachers"}, {"резервіст", "reservists"}}
}

// period returns the first period of the clause; the widest where a clause has several.
func (r *reader) period(f *counted) string {
	if l := r.labelsFor(f, r.ctx.Periods); len(l) > 0 {
		return l[0].Text
	}
	return ""
}

// claimant returns who answers for the words [start,end): of several, the innermost.
func (r *reader) claimant(start, end int) string {
	best := -1
	for i, l := range r.ctx.Claimants {
		if l.Start >= end {
			break
		}
		if l.End > start && (best < 0 || l.End-l.Start <= r.ctx.Claimants[best].End-r.ctx.Claimants[best].Start) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return r.ctx.Claimants[best].Text
}

// reach says what stretch of time the number covers, by the words of the sentence.
func (r *reader) reach(f *counted, period string) string {
	var c class
	from, to := r.window(f)
	for j := from; j < to; j++ {
		c |= r.class(j)
		w := r.cut.Folded(j)
		if w == "as" && j+1 < r.hi && r.cut.Folded(j+1) == "of" {
			c |= asOf
		}
		if (w == "з" || w == "від" || w == "с" || w == "от") && j+1 < r.hi && r.cut.Tokens[j+1].Kind != 0 && len(r.cut.Raw(j+1)) == 4 && r.cut.Raw(j + 1)[0]-'0' < 10 {
			c |= cumulative
		}
	}
	draft := c&conscript != 0
	switch {
	case c&asOf != 0:
		return "as_of"
	case c&campaign != 0 && draft:
		return "campaign"
	case c&cumulative != 0:
		return "cumulative"
	case period != "":
		return "period"
	}
	return ""
}
