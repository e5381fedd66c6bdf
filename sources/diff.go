package sources

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Op says what became of a piece of text from one version to the next.
type Op string

// The ops.
const (
	Equal    Op = "equal"
	Deleted  Op = "deleted"
	Inserted Op = "inserted"
)

// Piece is a run of words. The equal and deleted ones together are the old text exactly,
// the equal and inserted ones the new.
type Piece struct {
	Op   Op
	Text string
}

// maxEdits bounds the work: texts that differ by more words are told apart as a whole
// between what they have in common at both ends.
const maxEdits = 2000

// Diff tells two versions of a text apart, word by word (E. W. Myers, An O(ND) difference
// algorithm and its variations, 1986).
func Diff(old, new string) []Piece {
	a, b := tokens(old), tokens(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []Piece
	out = add(out, Equal, a[:head])
	out = append(out, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return merge(add(out, Equal, a[len(a)-tail:]))
}

// tokens cuts a text into words, runs of space, and single marks.
func tokens(s string) []string {
	class := func(r rune) int {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '’', r == '\'':
			return 1
		case unicode.IsSpace(r):
			return 2
		}
		return 0
	}
	var out []string
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		c := class(r)
		for c != 0 && n < len(s) {
			r, size := utf8.DecodeRuneInString(s[n:])
			if class(r) != c {
				break
			}
			n += size
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func add(out []Piece, op Op, words []string) []Piece {
	if len(words) == 0 {
		return out
	}
	return append(out, Piece{op, strings.Join(words, "")})
}

// middle is the greedy algorithm; it keeps the furthest points of each round to go back by.
func middle(a, b []string) []Piece {
	if len(a) == 0 || len(b) == 0 {
		return add(add(nil, Deleted, a), Inserted, b)
	}
	most := min(len(a)+len(b), maxEdits)
	v := make([]int, 2*most+2)
	var rounds [][]int
	for d := 0; d <= most; d++ {
		rounds = append(rounds, append([]int(nil), v[most-d:most+d+2]...))
		for k := -d; k <= d; k += 2 {
			x := v[most+k+1]
			if k != -d && (k == d || v[most+k-1] >= v[most+k+1]) {
				x = v[most+k-1] + 1
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			v[most+k] = x
			if x >= len(a) && x-k >= len(b) {
				return back(a, b, rounds)
			}
		}
	}
	return add(add(nil, Deleted, a), Inserted, b)
}

// back follows the rounds from the end.
func back(a, b []string, rounds [][]int) []Piece {
	var rev []Piece
	x, y := len(a), len(b)
	for d := len(rounds) - 1; d > 0; d-- {
		v := rounds[d] // v[i] is the point of diagonal i-d before round d
		k := x - y
		from := k + 1
		if k == d || k != -d && v[d+k-1] >= v[d+k+1] {
			from = k - 1
		}
		px := v[d+from]
		py := px - from
		for x > px && y > py && a[x-1] == b[y-1] {
			rev = append(rev, Piece{Equal, a[x-1]})
			x, y = x-1, y-1
		}
		if x > px {
			rev = append(rev, Piece{Deleted, a[x-1]})
			x--
		} else if y > py {
			rev = append(rev, Piece{Inserted, b[y-1]})
			y--
		}
	}
	for x > 0 && y > 0 {
		rev = append(rev, Piece{Equal, a[x-1]})
		x, y = x-1, y-1
	}
	for i, j := 0, len(rev)-1; i < j; i, j = i+1, j-1 {
		rev[i], rev[j] = rev[j], rev[i]
	}
	return rev
}

// merge joins neighbours of one op; within a stretch of changes what is deleted comes first.
func merge(list []Piece) []Piece {
	var out []Piece
	for i := 0; i < len(list); {
		if list[i].Op == Equal {
			var b strings.Builder
			for ; i < len(list) && list[i].Op == Equal; i++ {
				b.WriteString(list[i].Text)
			}
			out = append(out, Piece{Equal, b.String()})
			continue
		}
		var gone, come strings.Builder
		for ; i < len(list) && list[i].Op != Equal; i++ {
			if list[i].Op == Deleted {
				gone.WriteString(list[i].Text)
			} else {
				come.WriteString(list[i].Text)
			}
		}
		if gone.Len() > 0 {
			out = append(out, Piece{Deleted, gone.String()})
		}
		if come.Len() > 0 {
			out = append(out, Piece{Inserted, come.String()})
		}
	}
	return out
}
