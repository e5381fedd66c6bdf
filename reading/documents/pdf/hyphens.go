package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// division is a word that was divided at the end of a line: "left-" and "right".
type division struct{ left, right string }

// unhyphened joins the lines within paragraphs, and the words that were divided at their ends.
func unhyphened(pages []Page) {
	asked := map[string]bool{} // how the words might be written
	divided, wrapped := map[division]bool{}, 0
	for _, p := range pages {
		wrapped += strings.Count(p.Text, lineEnd)
		eachDivision(p.Text, func(d division, _ int) {
			if len(divided) < 1000 {
				divided[d] = true
			}
			asked[strings.ToLower(d.left+d.right)] = false
			asked[strings.ToLower(d.left+"-"+d.right)] = false
		})
	}
	if len(asked) > 0 {
		for _, p := range pages {
			for w := range strings.FieldsFuncSeq(p.Text, func(r rune) bool { return !isWord(r) && r != '-' }) {
				w = strings.ToLower(strings.Trim(w, "-"))
				if _, ok := asked[w]; ok {
					asked[w] = true
				}
			}
		}
	}
	// Compounds that a line end happens to part are rare; where words are divided to fill
	// the lines, it is every tenth line and more.
	divides := len(divided) >= 3 && len(divided)*18 > wrapped
	for i := range pages {
		pages[i].Text = joinedLines(pages[i].Text, asked, divides)
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || r == '\'' || r == '’' || r == 'ʼ' }

// eachDivision finds hyphens at the end of lines; at is the offset of the line's end.
func eachDivision(s string, yield func(d division, at int)) {
	for i := 0; ; {
		k := strings.Index(s[i:], lineEnd)
		if k < 0 {
			return
		}
		at := i + k
		i = at + len(lineEnd)
		head := strings.TrimRight(s[max(0, at-120):at], "-\u2010\u00ad")
		if len(head) == at-max(0, at-120) {
			continue
		}
		left := head[strings.LastIndexFunc(head, func(r rune) bool { return !isWord(r) })+1:]
		if n := strings.LastIndexFunc(head, func(r rune) bool { return !isWord(r) }); n >= 0 {
			_, size := utf8.DecodeRuneInString(head[n:])
			left = head[n+size:]
		}
		tail := s[i:min(len(s), i+120)]
		right := tail
		if n := strings.IndexFunc(tail, func(r rune) bool { return !isWord(r) }); n >= 0 {
			right = tail[:n]
		}
		yield(division{left, right}, at)
	}
}

func joinedLines(s string, known map[string]bool, divides bool) string {
	var b strings.Builder
	from := 0
	eachDivision(s, func(d division, at int) {
		cut := s[from:at]
		if strings.HasSuffix(cut, "\u00ad") || d.dropped(known, divides) {
			cut = strings.TrimRight(cut, "-\u2010\u00ad")
		} else if d.left == "" || d.right == "" && !startsWithDigit(s[at+len(lineEnd):]) {
			return // a dash, not a hyphen
		}
		b.WriteString(cut)
		from = at + len(lineEnd)
	})
	b.WriteString(s[from:])
	return strings.ReplaceAll(b.String(), lineEnd, " ")
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// dropped: the hyphen only divided the word.
func (d division) dropped(known map[string]bool, divides bool) bool {
	r, _ := utf8.DecodeRuneInString(d.right)
	if d.left == "" || !unicode.IsLower(r) {
		return false
	}
	left, right := strings.ToLower(d.left), strings.ToLower(d.right)
	switch {
	case known[left+right]:
		return true
	case known[left+"-"+right]:
		return false
	}
	return divides && !strings.Contains(" по будь хтозна казна кое кой в во із из ", " "+left+" ") &&
		!strings.Contains(" небудь то либо таки ка ", " "+right+" ") &&
		!strings.Contains(" військово военно північно південно східно західно северо юго соціально социально громадсько общественно суспільно ", " "+left+" ")
}
