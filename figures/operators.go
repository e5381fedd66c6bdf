package figures

import (
	"strings"
	"sync"
)

// theOperators: what stands before a number, folded, words set apart by one blank.
var theOperators = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for op, list := range map[string]string{
		"at_least":  "не менше|не менше ніж|не менше як|не меньше|не менее|не менее чем|не меньше чем|щонайменше|принаймні|мінімум|як мінімум|минимум|как минимум|по меньшей мере|по крайней мере|at least|no fewer than|no less than|not less than|not fewer than|a minimum of|minimum|minimum of|від|от|upwards of|найменше|самое малое|як найменше|хоча б|хотя бы|starting from",
		"more_than": "понад|більше|більше ніж|більше як|більш ніж|більш як|більше за|свыше|более|более чем|больше|больше чем|больше|over|more than|well over|north of|in excess of|above|exceeding|exceeded|exceeds|surpassed|перевищує|перевищила|перевищило|перевищив|перевищили|превышает|превысило|превысила|превысил|превысили|не один|за|поверх|significantly more than|far more than|much more than|значно більше|значно більше ніж|гораздо больше|сверх|перевалило за|перевалила за|just over|трохи більше|трохи більше ніж|чуть больше|чуть более|немногим более|a little over|slightly more than|slightly over|well above|not just",
		"about":     "близько|приблизно|орієнтовно|майже|десь|біля|порядку|коло|ледь не|мало не|без малого|около|примерно|ориентировочно|почти|порядка|где-то|приблизительно|едва не|чуть не|about|around|some|approximately|approx|roughly|almost|nearly|an estimated|estimated|close to|circa|ca|nigh on|just under|somewhere around|in the region of|in the order of|on the order of|more or less|або десь|десь із|десь зо|зо|із зо|человек под|чоловік під|под|під|трохи менше|трохи менше ніж|чуть меньше|чуть менее|about about|приближается к|наближається до|сягає|сягнула|сягнуло|достигает|approaching|perhaps|maybe|мабуть|где то|в районе|в районі|у районі|практично|практически|virtually|умовно|условно|up around|nearer|closer to|nearer to|ближче до|ближе к",
		"up_to":     "до|аж до|вплоть до|не більше|не більше ніж|не більш як|щонайбільше|максимум|не более|не более чем|не больше|не больше чем|up to|as many as|at most|no more than|not more than|at the most|a maximum of|maximum|maximum of|менше|менше ніж|менш як|менш ніж|менее|менее чем|меньше|меньше чем|fewer than|less than|under|below|не перевищує|не превышает|не перевищила|не превысило|не перевищило|самое большее|найбільше|as much as",
		"exact":     "рівно|ровно|exactly|precisely|саме|именно",
	} {
		for phrase := range strings.SplitSeq(list, "|") {
			m[phrase] = op
		}
	}
	return m
})

// operator finds how the number is qualified, and the tokens [lo,hi) that it then takes.
func (r *reader) operator(n *number) (op string, lo, hi int) {
	op, lo, hi = "exact", n.lo, n.hi
	if n.vague {
		op = "at_least"
	}
	if n.op != "" {
		op = n.op
	}
	if o, from := r.before(n); o != "" {
		op, lo = o, from
	}
	if o, to := r.after(n); o != "" {
		op, hi = o, to
	}
	if op == "exact" && lo > r.lo && r.flush(lo) {
		p, w := r.cut.Folded(lo-1), r.cut.Folded(lo)
		if (p == "з" || p == "із" || p == "зо" || p == "с" || p == "со") && (strings.HasPrefix(w, "пів") || strings.HasPrefix(w, "пол") || w == "десяток" || w == "сотню" || w == "тисячу" || w == "тысячу" || w == "дюжину") {
			op, lo = "about", lo-1
		}
	}
	switch mark := r.markBefore(n.lo); {
	case mark == "":
	case strings.ContainsAny(mark, "~≈"):
		op = "about"
	case strings.ContainsAny(mark, "≥"):
		op = "at_least"
	case strings.Contains(mark, ">"):
		op = "more_than"
	case strings.ContainsAny(mark, "<≤"):
		op = "up_to"
	}
	return op, lo, hi
}

// markBefore returns a sign of comparison directly before token i.
func (r *reader) markBefore(i int) string {
	at := int(r.cut.Tokens[i].Start)
	for _, s := range [...]string{"~", "≈", "≥", ">", "<", "≤"} {
		if strings.HasSuffix(r.cut.Text[:at], s) || strings.HasSuffix(r.cut.Text[:at], s+" ") {
			return s
		}
	}
	return ""
}

// before looks up the one to four words before the number; prepositions and articles may
// stand between (не менше ніж на 300, по меньшей мере в 40).
func (r *reader) before(n *number) (op string, lo int) {
	end := n.lo
	for range 2 {
		if op, lo = r.phraseBefore(end); op != "" {
			break
		}
		if end-1 < r.lo || !r.flush(end) {
			return "", 0
		}
		switch r.cut.Folded(end - 1) {
		case "у", "в", "на", "the", "a", "with", "from", "of", "із", "з", "про", "о", "об", "по", "for":
			end--
		default:
			return "", 0
		}
	}
	if op == "" {
		return "", 0
	}
	return r.sure(n, op, lo, end)
}

// sure drops the words that only sometimes qualify a number.
func (r *reader) sure(n *number, op string, lo, end int) (string, int) {
	if not := lo > r.lo && r.flush(lo) && negation(r.cut.Folded(lo-1)); not && op == "up_to" && lo < end && comparative(r.cut.Folded(lo)) {
		return "at_least", lo - 1
	} else if not && op == "more_than" && comparative(r.cut.Folded(lo)) {
		return "up_to", lo - 1
	}
	switch first := r.cut.Folded(lo); first {
	case "від", "от":
		if lo+1 == end && (n.high != 0 || !r.openEnded(n)) {
			if n.high != 0 {
				return "exact", lo
			}
			return "", 0
		}
	case "за", "біля", "під", "под", "зо":
		if lo+1 == end && (first == "за" || n.value < 10) {
			return "", 0
		}
	case "до":
		if lo+1 == end && lo > r.lo && r.flush(lo) && (r.class(lo-1)&change != 0 || strings.HasPrefix(r.cut.Folded(lo-1), "дове")) {
			return "exact", lo
		}
	case "over":
		if lo+1 == end && lo > r.lo && (strings.HasPrefix(r.cut.Folded(lo-1), "hand") || strings.HasPrefix(r.cut.Folded(lo-1), "turn") || r.cut.Folded(lo-1) == "give") {
			return "", 0
		}
	case "below", "under", "above", "менше", "меньше":
	case "больше", "більше", "more":
		if lo+1 == end && lo > r.lo && r.flush(lo) {
			if p := r.cut.Folded(lo - 1); p == "ще" || p == "еще" {
				return "", 0
			}
		}
	case "some":
		if n.value < 3 {
			return "", 0
		}
	}
	return op, lo
}

func negation(w string) bool { return w == "не" || w == "no" || w == "not" || w == "ни" }

// comparative: fewer and more, in any form.
func comparative(w string) bool {
	for _, p := range [...]string{"мен", "більш", "бол", "few", "less", "more"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// openEnded: "від 300 осіб" is a lower bound only where no "до" follows.
func (r *reader) openEnded(n *number) bool {
	for j := n.hi; j < min(n.hi+4, r.hi); j++ {
		if w := r.cut.Folded(j); w == "до" || w == "to" {
			return false
		}
	}
	return n.value >= 10
}

// flush reports whether only blanks lie before token i.
func (r *reader) flush(i int) bool {
	g := r.gap(i)
	return len(g) < 12 && strings.Trim(strings.TrimFunc(g, blank), "~≈≥><≤«\"“„") == ""
}

func (r *reader) phraseBefore(end int) (string, int) {
	lo := end
	for lo > r.lo && end-lo < 4 && r.flush(lo) || lo == end && lo > r.lo && dash(strings.TrimFunc(r.gap(lo), blank)) {
		lo--
	}
	var buf [96]byte
	for ; lo < end; lo++ {
		b := buf[:0]
		for j := lo; j < end; j++ {
			if j > lo {
				b = append(b, ' ')
			}
			b = append(b, r.cut.Folded(j)...)
		}
		if op, ok := r.operators[string(b)]; ok {
			return op, lo
		}
	}
	return "", 0
}

// after finds "and more", "плюс", "з гаком", directly after the number or its noun.
func (r *reader) after(n *number) (string, int) {
	end := int(r.cut.Tokens[n.hi-1].End)
	if strings.HasPrefix(r.cut.Text[end:], "+") {
		return "at_least", n.hi
	}
	for j := n.hi; j < min(n.hi+3, r.hi); j++ {
		a, b := r.cut.Folded(j), ""
		if j+1 < r.hi {
			b = r.cut.Folded(j + 1)
		}
		switch a + " " + b {
		case "або більше", "чи більше", "и более", "или более", "или больше", "и больше", "і більше", "та більше", "or more", "and more", "and above", "and up", "як мінімум", "как минимум", "at least", "and counting":
			return "at_least", max(n.hi, j+2)
		case "з гаком", "с гаком", "з лишком", "с лишним", "із гаком", "з лишнім", "з чимось", "с чем", "or so", "odd people":
			if a == "or" {
				return "about", j + 2
			}
			return "more_than", j + 2
		case "at most", "or fewer", "or less", "і менше", "или меньше", "максимум це":
			return "up_to", j + 2
		}
		switch a {
		case "щонайменше", "мінімум", "минимум", "minimum":
			if r.endsClause(j + 1) {
				return "at_least", j + 1
			}
		case "максимум", "щонайбільше", "maximum", "max", "tops":
			if r.endsClause(j + 1) {
				return "up_to", j + 1
			}
		case "приблизно", "примерно", "approximately", "орієнтовно", "ориентировочно":
			if r.endsClause(j + 1) {
				return "about", j + 1
			}
		case "plus", "плюс":
			if j == n.hi {
				return "at_least", j + 1
			}
		case "odd":
			if j == n.hi {
				return "more_than", j + 1
			}
		}
		if j > n.hi && r.class(j)&(function|event) != 0 || r.endsClause(j+1) {
			break
		}
	}
	for j := n.hi; j+1 < min(n.hi+6, r.hi); j++ {
		switch r.cut.Folded(j) + " " + r.cut.Folded(j+1) {
		case "або близько", "или около", "або десь", "или где-то", "or thereabouts", "или вроде":
			return "about", n.hi
		}
	}
	return "", 0
}

// endsClause reports whether token i is none of the clause that token i-1 stands in.
func (r *reader) endsClause(i int) bool {
	return i >= r.hi || strings.ContainsAny(r.gap(i), ",.;:!?()—–\n…«»\"“”")
}
