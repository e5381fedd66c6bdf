package figures

import (
	"math"
	"strconv"
	"strings"

	"svidok/words"
)

// number is a numeral or a range of two, in the tokens [lo,hi).
type number struct {
	lo, hi      int
	value, high float64
	lead, mult  float64 // value = lead × mult, of what was said last: "60 тисяч" is 60 × 1000
	digits      bool
	fractional  bool // digits with a decimal part and no magnitude
	share       bool
	vague       bool
	twice       bool // digits in full and a magnitude again: 100 000 тысяч
	op          string
}

// gap returns what stands between the tokens i-1 and i.
func (r *reader) gap(i int) string {
	return r.cut.Text[r.cut.Tokens[i-1].End:r.cut.Tokens[i].Start]
}

// beside reports whether only blanks, one hyphen, or the full stop of тис. lie before token i.
func (r *reader) beside(i int) bool {
	g := r.gap(i)
	if len(g) > 12 {
		return false
	}
	if strings.HasPrefix(g, ".") && i > 0 && abbreviated(r.cut.Folded(i-1)) {
		g = g[1:]
	}
	g = strings.TrimFunc(g, blank)
	return g == "" || dash(g)
}

func blank(c rune) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c >= 0x2000 && c <= 0x200B || c == 0x202F || c == 0x2060
}

func dash(s string) bool {
	return s == "-" || s == "–" || s == "—" || s == "‑" || s == "−" || s == "‐"
}

func abbreviated(w string) bool {
	return w == "тис" || w == "тыс" || w == "млн" || w == "mln" || w == "чел" || w == "чол"
}

// numeralAt looks token i up among the words for numbers.
func (r *reader) numeralAt(i, hi int) (numeral, bool) {
	if i >= hi || r.cut.Tokens[i].Kind != words.Word {
		return numeral{}, false
	}
	n, ok := r.numerals[r.cut.Folded(i)]
	return n, ok
}

// number reads the numeral that begins at token i, with the range that it may open.
func (r *reader) number(i, hi int) (number, bool) {
	n, ok := r.special(i, hi)
	if ok {
		return n, true
	}
	if n, ok = r.single(i, hi); !ok {
		return n, false
	}
	r.andHalf(&n, hi)
	r.percent(&n, hi)
	if !n.vague {
		r.extend(&n, hi)
	}
	return n, true
}

// andHalf reads the rest of дві з половиною тисячі, two and a half thousand.
func (r *reader) andHalf(n *number, hi int) {
	j := n.hi
	if n.mult != 1 || n.value > 99 || n.vague || n.share || j+2 >= hi {
		return
	}
	switch r.cut.Folded(j) {
	case "з", "із", "с":
		if w := r.cut.Folded(j + 1); w != "половиною" && w != "половиной" {
			return
		}
		j += 2
	case "and":
		if j+3 >= hi || r.cut.Folded(j+1) != "a" || r.cut.Folded(j+2) != "half" {
			return
		}
		j += 3
	default:
		return
	}
	if m, ok := r.numeralAt(j, hi); ok && m.kind == 'k' {
		n.lead = n.value + 0.5
		n.value, n.mult, n.hi = n.lead*m.value, m.value, j+1
	}
}

func (r *reader) single(i, hi int) (number, bool) {
	if r.cut.Tokens[i].Kind == words.Number {
		return r.digits(i, hi)
	}
	if r.cut.Tokens[i].Kind != words.Word {
		return number{}, false
	}
	return r.spelled(i, hi)
}

func (r *reader) digits(i, hi int) (number, bool) {
	f := r.cut.Folded(i)
	v, err := strconv.ParseFloat(f, 64)
	if err != nil || math.IsInf(v, 0) || v > 1e10 {
		return number{}, false
	}
	n := number{lo: i, hi: i + 1, value: v, lead: v, mult: 1, digits: true, fractional: strings.Contains(f, ".")}
	if i+1 >= hi {
		return n, true
	}
	if w := r.cut.Folded(i + 1); (w == "k" || w == "к" || w == "т") && r.gap(i+1) == "" {
		n.value, n.mult, n.hi = v*1000, 1000, i+2
		return n, true
	}
	m, ok := r.numeralAt(i+1, hi)
	if !ok || !r.beside(i+1) || m.kind != 'k' && m.kind != 'v' && m.kind != 'c' {
		return n, true
	}
	n.hi = i + 2
	if v >= 10_000 {
		n.twice = true
		return n, true
	}
	n.fractional, n.value, n.mult = false, v*m.value, m.value
	if i+2 < hi && r.cut.Tokens[i+2].Kind == words.Number && strings.TrimFunc(r.gap(i+2), blank) == "" {
		if rest, err := strconv.ParseFloat(r.cut.Folded(i+2), 64); err == nil && rest >= 1 && rest < m.value && m.kind == 'k' && rest == math.Trunc(rest) && len(r.cut.Folded(i+2)) == 3 {
			n.value, n.hi = n.value+rest, i+3
		}
	}
	return n, true
}

// spelled reads a numeral in words.
func (r *reader) spelled(i, hi int) (number, bool) {
	first, ok := r.numeralAt(i, hi)
	if !ok {
		return number{}, false
	}
	switch first.kind {
	case 'w', 's':
		return r.multiplied(i, hi, first)
	case 'f':
		return number{lo: i, hi: i + 1, value: first.value, lead: first.value, mult: 1, share: true}, true
	case 'v':
		n := number{lo: i, hi: i + 1, value: first.value, vague: true}
		if m, ok := r.numeralAt(r.skipOf(i+1, hi), hi); ok && (m.kind == 'k' || m.kind == 'v') && m.value > first.value {
			n.value, n.hi = first.value*m.value, r.skipOf(i+1, hi)+1
		}
		return n, true
	case 'k':
		w := r.cut.Folded(i)
		if abbreviated(w) || w == "тищ" {
			return number{}, false
		}
		if m, ok := r.numeralAt(i+1, hi); ok && plural(w) && (m.kind == 'u' || m.kind == 't') && strings.TrimFunc(r.gap(i+1), blank) == "" && m.value < 1000 {
			return number{lo: i, hi: i + 2, value: first.value * m.value, lead: m.value, mult: first.value, op: "about"}, true
		}
		if plural(w) {
			n := number{lo: i, hi: i + 1, value: first.value, vague: true}
			if m, ok := r.numeralAt(i+1, hi); ok && m.kind == 'v' {
				n.hi = i + 2
			}
			return n, true
		}
	}
	return r.compound(i, hi), true
}

// plural: forms of a magnitude that, with nothing before them, give no number.
func plural(w string) bool {
	switch w {
	case "тисяча", "тисячу", "тысяча", "тысячу", "тисячею", "тысячей", "мільйон", "миллион", "мільйона", "миллиона", "thousand", "million":
		return false
	}
	return true
}

// skipOf passes "of" and "a" between two parts of a numeral.
func (r *reader) skipOf(i, hi int) int {
	for i < hi && (r.cut.Folded(i) == "of" || r.cut.Folded(i) == "a") {
		i++
	}
	return i
}

// multiplied reads пів тисячі, півтори сотні, half a million, кілька десятків.
func (r *reader) multiplied(i, hi int, first numeral) (number, bool) {
	j := r.skipOf(i+1, hi)
	m, ok := r.numeralAt(j, hi)
	w := r.cut.Folded(i)
	pair := strings.HasPrefix(w, "пар") || w == "couple"
	switch {
	case ok && (m.kind == 'k' || m.kind == 'v' || m.kind == 'c' || m.kind == 'h' && m.value == 100 || m.value == 10):
		n := number{lo: i, hi: j + 1, value: first.value * m.value, lead: first.value, mult: m.value}
		if m.kind == 'v' {
			if k, ok := r.numeralAt(r.skipOf(j+1, hi), hi); ok && k.kind == 'k' {
				n.value, n.mult, n.hi = n.value*k.value, n.mult*k.value, r.skipOf(j+1, hi)+1
			}
		}
		if first.kind == 's' && !pair {
			n.vague = true
		} else if pair {
			n.op = "about"
		}
		return n, true
	case pair && (w == "пары" || w == "пари"):
		return number{}, false // с пары: from a lesson
	case pair:
		return number{lo: i, hi: j, value: 2, lead: 2, mult: 1, op: "about"}, true
	case w == "half":
		return number{lo: i, hi: i + 1, value: 50, lead: 50, mult: 1, share: true}, true
	}
	return number{}, false
}

// compound reads двадцять п'ять, дві тисячі триста, two hundred and fifty.
func (r *reader) compound(i, hi int) number {
	n := number{lo: i}
	var total, cur float64
	step, magnitude := math.Inf(1), math.Inf(1) // the next part must be smaller than these
	j := i
	n.mult = 1
loop:
	for j < hi {
		m, ok := r.numeralAt(j, hi)
		if !ok || j > i && !r.beside(j) || j > i && strings.TrimFunc(r.gap(j), blank) != "" && r.cut.Folded(j) > "\x7f" {
			if ok = r.joined(j, hi, cur, total); !ok {
				break
			}
			j++
			continue
		}
		switch {
		case m.value == 10 && cur >= 2 && cur < 10 && strings.HasPrefix(r.cut.Folded(j), "десятк"):
			cur, step, n.lead, n.mult = cur*10, 10, cur, 10
		case (m.kind == 'u' || m.kind == 't' || m.kind == 'h') && m.value < step:
			if cur == 0 {
				n.lead = m.value
			} else {
				n.lead += m.value
			}
			cur += m.value
			step, n.mult = scale(m.value), 1
		case (m.kind == 'c' || m.kind == 'v') && (cur < 100 && (m.value == 100 || m.value == 10)) && (cur > 0 || m.kind == 'c'):
			n.lead, n.mult = max(cur, 1), m.value
			cur = max(cur, 1) * m.value
			step = m.value
		case m.kind == 'k' && m.value < magnitude:
			n.lead, n.mult = max(cur, 1), m.value
			total += max(cur, 1) * m.value
			cur, step, magnitude = 0, m.value, m.value
		default:
			break loop
		}
		j++
	}
	n.value, n.hi = total+cur, max(j, i+1)
	if n.mult == 1 {
		n.lead = n.value
	}
	r.thirds(&n, hi)
	return n
}

// joined reports whether token j is the "and" within an English number, or of a half.
func (r *reader) joined(j, hi int, cur, total float64) bool {
	if j+1 >= hi || cur == 0 && total == 0 || r.cut.Folded(j) != "and" {
		return false
	}
	m, ok := r.numeralAt(j+1, hi)
	return ok && (cur >= 100 || total > 0) && (m.kind == 'u' || m.kind == 't') && strings.TrimFunc(r.gap(j), blank) == ""
}

// scale returns the size that what follows v in one numeral must stay under.
func scale(v float64) float64 {
	switch {
	case v >= 100:
		return 100
	case v >= 20:
		return 10
	}
	return 1
}

// thirds makes a share of две трети and three quarters.
func (r *reader) thirds(n *number, hi int) {
	if n.hi >= hi || n.value > 4 {
		return
	}
	w := r.cut.Folded(n.hi)
	m, ok := r.numeralAt(n.hi, hi)
	over := 0.0
	switch {
	case ok && m.kind == 'f' && m.value != 50:
		over = math.Round(100 / m.value)
	case w == "third" || w == "thirds":
		over = 3
	case w == "quarters":
		over = 4
	case w == "fifth" || w == "fifths" || strings.HasPrefix(w, "п'ят") || strings.HasPrefix(w, "пят"):
		over = 5
		if !strings.HasSuffix(w, "их") && !strings.HasPrefix(w, "fifth") {
			return
		}
	}
	if over > n.value {
		n.value, n.share = math.Round(100*n.value/over), true
		n.hi++
		n.lead, n.mult = n.value, 1
	}
}

// percent takes the sign or the word after the number.
func (r *reader) percent(n *number, hi int) {
	if n.hi >= hi || n.share {
		return
	}
	w := r.cut.Folded(n.hi)
	switch {
	case r.cut.Tokens[n.hi].Kind == words.Percent, strings.HasPrefix(w, "відсот"), strings.HasPrefix(w, "процент"), strings.HasPrefix(w, "percent"), w == "pc" && n.digits:
		n.share = true
		n.hi++
	case w == "per" && n.hi+1 < hi && r.cut.Folded(n.hi+1) == "cent":
		n.share = true
		n.hi += 2
	}
}
