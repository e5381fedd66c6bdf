package sources

import (
	"sort"
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

// Bounds of the work: a stretch that differs by more words is told apart as a whole. Texts
// with more words than a stretch should have are first cut at words that occur once in both.
const (
	maxEdits   = 1000
	maxStretch = 4000
)

// Diff tells two versions of a text apart, word by word: long texts are cut at what is
// unique in both (B. Cohen, patience diff), the stretches between compared (E. W. Myers, An
// O(ND) difference algorithm and its variations, 1986). Changes between which nothing but
// space stands are one change. The pieces are the texts exactly, whatever their bytes.
func Diff(old, new string) []Piece {
	d := differ{a: tokens(old), b: tokens(new)}
	ids := map[string]int{}
	number := func(list []string) []int {
		out := make([]int, len(list))
		for i, w := range list {
			if _, ok := ids[w]; !ok {
				ids[w] = len(ids)
			}
			out[i] = ids[w]
		}
		return out
	}
	d.x, d.y = number(d.a), number(d.b)
	d.stretch(0, len(d.x), 0, len(d.y), true)
	return merge(d.out)
}

// differ holds both texts as words and as numbers of words.
type differ struct {
	a, b []string
	x, y []int
	out  []Piece
}

func (d *differ) add(op Op, words []string) {
	if len(words) > 0 {
		d.out = append(d.out, Piece{op, strings.Join(words, "")})
	}
}

// stretch tells a[from:to] and b[begin:end] apart.
func (d *differ) stretch(from, to, begin, end int, cut bool) {
	head := 0
	for from+head < to && begin+head < end && d.x[from+head] == d.y[begin+head] {
		head++
	}
	d.add(Equal, d.a[from:from+head])
	from, begin = from+head, begin+head
	tail := 0
	for to-tail > from && end-tail > begin && d.x[to-1-tail] == d.y[end-1-tail] {
		tail++
	}
	same := d.a[to-tail : to]
	to, end = to-tail, end-tail
	if cut && (to-from)+(end-begin) > maxStretch {
		x0, y0 := from, begin
		for _, p := range anchors(d.x[from:to], d.y[begin:end]) {
			d.stretch(from, x0+p[0], begin, y0+p[1], false)
			from, begin = x0+p[0], y0+p[1]
		}
	}
	d.out = append(d.out, d.middle(from, to, begin, end)...)
	d.add(Equal, same)
}

// anchors are the places of words that occur once in both, in the longest order that both
// have.
func anchors(x, y []int) [][2]int {
	type seen struct{ n, at int }
	once := func(list []int) map[int]seen {
		out := map[int]seen{}
		for i, w := range list {
			out[w] = seen{out[w].n + 1, i}
		}
		return out
	}
	inX, inY := once(x), once(y)
	var pairs [][2]int
	for i, w := range x {
		if inX[w].n == 1 && inY[w].n == 1 {
			pairs = append(pairs, [2]int{i, inY[w].at})
		}
	}
	var piles []int // index of the pair on top of each
	before := make([]int, len(pairs))
	for i, p := range pairs {
		k := sort.Search(len(piles), func(k int) bool { return pairs[piles[k]][1] >= p[1] })
		before[i] = -1
		if k > 0 {
			before[i] = piles[k-1]
		}
		if k == len(piles) {
			piles = append(piles, i)
		} else {
			piles[k] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	out := make([][2]int, len(piles))
	for i, k := piles[len(piles)-1], len(piles)-1; i >= 0; i, k = before[i], k-1 {
		out[k] = pairs[i]
	}
	return out
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

// middle is the greedy algorithm; it keeps the furthest points of each round to go back by.
func (d *differ) middle(from, to, begin, end int) []Piece {
	x, y := d.x[from:to], d.y[begin:end]
	whole := func() (out []Piece) {
		for _, p := range []Piece{{Deleted, strings.Join(d.a[from:to], "")}, {Inserted, strings.Join(d.b[begin:end], "")}} {
			if p.Text != "" {
				out = append(out, p)
			}
		}
		return out
	}
	if len(x) == 0 || len(y) == 0 {
		return whole()
	}
	most := min(len(x)+len(y), maxEdits)
	v := make([]int, 2*most+2)
	var rounds [][]int
	for n := 0; n <= most; n++ {
		rounds = append(rounds, append([]int(nil), v[most-n:most+n+2]...))
		for k := -n; k <= n; k += 2 {
			i := v[most+k+1]
			if k != -n && (k == n || v[most+k-1] >= v[most+k+1]) {
				i = v[most+k-1] + 1
			}
			for i < len(x) && i-k < len(y) && x[i] == y[i-k] {
				i++
			}
			v[most+k] = i
			if i >= len(x) && i-k >= len(y) {
				return back(d.a[from:to], d.b[begin:end], rounds)
			}
		}
	}
	return whole()
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
		var same, gone, come strings.Builder
		for ; i < len(list) && list[i].Op == Equal; i++ {
			same.WriteString(list[i].Text)
		}
		if same.Len() > 0 {
			out = append(out, Piece{Equal, same.String()})
		}
		for i < len(list) {
			end := i
			for end < len(list) && list[end].Op == Equal && strings.TrimSpace(list[end].Text) == "" {
				end++
			}
			if end == len(list) || list[end].Op == Equal || gone.Len()+come.Len() == 0 && end > i {
				break
			}
			for ; i <= end; i++ {
				if list[i].Op != Inserted {
					gone.WriteString(list[i].Text)
				}
				if list[i].Op != Deleted {
					come.WriteString(list[i].Text)
				}
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
