package figures

import (
	"fmt"
	"strconv"
	"strings"

	"svidok/evidence"
	"svidok/words"
)

// leastCopy is the smallest value that two parts do not share by chance.
const leastCopy = 100

// mostParts bounds the parts of one total.
const mostParts = 100

// CheckParts says in words what is wrong with a total and its parts: parts that do not add
// up to it, or two parts of one value, as when a row was copied. whole says that the
// parts are meant to be all; otherwise they are wrong only when they exceed the total.
func CheckParts(total float64, parts []evidence.FigurePart, whole bool) []string {
	var flags []string
	sum := 0.0
	for i, p := range parts {
		sum += p.Value
		for _, q := range parts[:i] {
			if q.Value == p.Value && p.Value >= leastCopy {
				flags = append(flags, fmt.Sprintf("%s and %s have the same value, %s", q.Name, p.Name, plain(p.Value)))
				break
			}
		}
	}
	if sum > total || whole && sum != total {
		flags = append(flags, fmt.Sprintf("the parts add up to %s, not %s", plain(sum), plain(total)))
	}
	return flags
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// checkTotals finds totals that the text breaks down, and gives them their parts. A part
// has the kind of the total, is smaller, stands in its sentence or in the lines after a
// colon, and differs from the other parts by its name alone.
func checkTotals(figures []evidence.Figure, c *words.Cut) {
	for i := 0; i < len(figures); i++ {
		t := &figures[i]
		if t.Unit == "percent" || t.High != 0 {
			continue
		}
		var parts []evidence.FigurePart
		j := i + 1
		exact, colon := t.Operator == "exact", false
		for ; j < len(figures) && len(parts) < mostParts; j++ {
			p := &figures[j]
			if p.Kind != t.Kind || p.Unit != t.Unit || p.Value >= t.Value || p.High != 0 {
				break
			}
			if p.Start < figures[j-1].End { // one quote holds both numbers
				break
			}
			between := c.Text[figures[j-1].End:p.Start]
			if len(between) > 200 || j > i+1 && strings.ContainsAny(between, ".!?") && !strings.Contains(between, "\n") {
				break
			}
			if j == i+1 {
				if colon = strings.Contains(between, ":"); !colon && (!breaksDown(between) || strings.ContainsAny(between, ".!?")) {
					break
				}
			}
			exact = exact && p.Operator == "exact"
			parts = append(parts, evidence.FigurePart{Name: partName(figures, j, c.Text), Value: p.Value})
		}
		if len(parts) < 2 || len(parts) == 2 && !colon && !exact {
			continue
		}
		t.Parts = parts
		t.Flags = append(t.Flags, CheckParts(t.Value, parts, colon && exact && len(parts) > 2)...)
		i = j - 1
	}
}

// breaksDown reports whether the words between a total and a number announce its parts.
func breaksDown(between string) bool {
	f := strings.ToLower(between)
	for _, w := range [...]string{"з них", "із них", "из них", "в том числе", "у тому числі", "зокрема", "of them", "of whom", "including", "among them", "серед них", "среди них", "(", "—", "–", "in particular"} {
		if strings.Contains(f, w) {
			return true
		}
	}
	return false
}

// partName returns how the text names figure j: its scope, or the words beside the number.
func partName(figures []evidence.Figure, j int, text string) string {
	p := &figures[j]
	if p.Scope != "" && !strings.Contains(p.Scope, ",") {
		return p.Scope
	}
	before := text[figures[j-1].End:p.Start]
	if cut := strings.LastIndexAny(before, ",;:(\n"); cut >= 0 {
		before = before[cut+1:]
	}
	if name := strings.Trim(before, " \t\u00a0-–—"); name != "" && len(name) < 60 {
		for _, w := range []string{"та ", "і ", "и ", "and ", "з ", "из ", "у ", "в ", "in ", "from ", "•"} {
			name = strings.TrimPrefix(name, w)
		}
		if len(name) > 2 {
			return strings.TrimSpace(name)
		}
	}
	after := text[p.End:min(len(text), p.End+80)]
	if cut := strings.IndexAny(after, ",;.()\n"); cut >= 0 {
		after = after[:cut]
	}
	return strings.ToValidUTF8(strings.Trim(after, " -–—"), "")
}

// ofWhole tells every part from which whole the text counts it: "3000 взяли, з них 85 загинули",
// "312 из 400 призванных". Two such figures differ without contradiction.
func ofWhole(figures []evidence.Figure, c *words.Cut) {
	for i := 1; i < len(figures); i++ {
		a, b := &figures[i-1], &figures[i]
		if a.Unit == "percent" || b.Unit == "percent" || b.Start-a.End > 200 {
			continue
		}
		if b.Start < a.End {
			if a.Value < b.Value && b.Start > a.Start {
				a.Flags = append(a.Flags, "part of "+plain(b.Value)) // one phrase names both
			}
			continue
		}
		between := strings.ToLower(c.Text[a.End:b.Start])
		switch strings.TrimSpace(between) {
		case "из", "із", "з", "зі", "of", "of the", "of some", "out of", "з тих", "из тех":
			if a.Value < b.Value {
				a.Flags = append(a.Flags, "part of "+plain(b.Value))
			}
			continue
		}
		if cut := strings.LastIndexAny(between, ".!?\n"); strings.Count(between, ".") > 1 || cut >= 0 && cut < len(between)-40 {
			continue
		}
		if b.Value < a.Value && a.High == 0 && lastPart(between) {
			b.Flags = append(b.Flags, "part of "+plain(a.Value))
		}
	}
}

// lastPart reports whether the words before a number end in "of these".
func lastPart(between string) bool {
	for _, w := range [...]string{"з них", "із них", "зі них", "из них", "серед них", "среди них", "у тому числі", "в тому числі", "в том числе", "of them", "of these", "of those", "of whom", "among them", "among these", "including", "зокрема"} {
		if at := strings.LastIndex(between, w); at >= 0 && len(between)-at-len(w) < 40 {
			return true
		}
	}
	return false
}
