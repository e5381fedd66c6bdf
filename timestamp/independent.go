package timestamp

import (
	"strings"
	"unicode"

	"svidok/evidence"
)

// Independent counts authorities that have nothing to do with each other, as far as their
// certificates show it. Two tokens are of one authority if their chains share a key (a common
// root, a common intermediate, one authority under two addresses), if the one's chain breaks
// off at a name that stands in the other's, or if the signing certificates or the roots name
// the same organisation. Tokens that are bad count for nothing.
//
// What certificates do not show stays unseen: one owner under two names. And where chains are
// not judged, names are only what the authorities call themselves.
func Independent(list []Verdict) int { return len(Operators(list)) }

// Operators groups verdicts by authority, as [Independent] counts them: positions in list,
// in its order.
func Operators(list []Verdict) [][]int {
	var groups [][]int
	marks := map[string]int{} // to the group that bears it
	for i, v := range list {
		if !v.OK() {
			continue
		}
		group := len(groups)
		groups = append(groups, []int{i})
		for _, m := range v.marks() {
			old, seen := marks[m]
			if seen && old != group {
				groups[old] = append(groups[old], groups[group]...)
				groups[group] = nil
				for k, g := range marks {
					if g == group {
						marks[k] = old
					}
				}
				group = old
			}
			marks[m] = group
		}
	}
	var out [][]int
	for _, g := range groups {
		if len(g) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// marks are what two verdicts of one authority share.
func (v Verdict) marks() []string {
	var out []string
	for i, c := range v.path {
		out = append(out, "key "+evidence.Sum(c.RawSubjectPublicKeyInfo).String(), "name "+c.Subject.String())
		if i == len(v.path)-1 {
			out = append(out, "name "+c.Issuer.String())
		}
		if i == 0 || i == len(v.path)-1 {
			for _, o := range c.Subject.Organization {
				if f := folded(o); f != "" {
					out = append(out, "organisation "+f)
				}
			}
		}
	}
	return out
}

// folded leaves letters and digits, in lower case, without the words for a company's form.
func folded(organisation string) string {
	words := strings.FieldsFunc(strings.ToLower(organisation), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(words) > 1 {
		switch words[len(words)-1] {
		case "inc", "llc", "ltd", "limited", "gmbh", "ag", "corp", "corporation", "co", "company", "nv", "bv", "sa", "s", "a", "plc", "as", "ab", "oy", "spa", "sp", "z", "o", "international":
			words = words[:len(words)-1]
			continue
		}
		break
	}
	return strings.Join(words, " ")
}
