package main

import (
	"strings"
)

// pair is a name in Ukrainian and in Russian, both in small letters.
type pair struct{ uk, ru string }

// russian writes Ukrainian place names as Russian has them. It is learned from the names
// known in both: letter by letter, each in the widest surroundings that were seen.
type russian struct{ seen map[string]map[string]int }

const edge = '_'

// windows: letters before and after that are looked at, from the widest.
func windows() [][2]int {
	return [][2]int{{6, 6}, {5, 5}, {4, 5}, {5, 4}, {4, 4}, {3, 5}, {5, 3}, {3, 4}, {4, 3}, {2, 5}, {5, 2}, {3, 3}, {2, 4}, {4, 2}, {1, 5}, {2, 3}, {3, 2}, {1, 4}, {4, 1}, {2, 2}, {1, 3}, {3, 1}, {1, 2}, {2, 1}, {1, 1}, {0, 2}, {0, 1}, {1, 0}, {0, 0}}
}

func learn(pairs []pair) *russian {
	m := &russian{seen: map[string]map[string]int{}}
	for _, p := range pairs {
		uk := []rune(p.uk)
		for i, out := range align(uk, []rune(p.ru)) {
			for _, w := range windows() {
				k := around(uk, i, w)
				if m.seen[k] == nil {
					m.seen[k] = map[string]int{}
				}
				m.seen[k][out]++
			}
		}
	}
	return m
}

// around is the key of the letters about i: those before, the letter, those after.
func around(uk []rune, i int, w [2]int) string {
	var b strings.Builder
	for k := i - w[0]; k <= i+w[1]; k++ {
		switch {
		case k == i:
			b.WriteString("<" + string(uk[i]) + ">")
		case k < 0 || k >= len(uk) || k < i && (uk[k] == ' ' || uk[k] == '-'):
			b.WriteRune(edge)
		case uk[k] == '-':
			b.WriteRune(' ')
		default:
			b.WriteRune(uk[k])
		}
	}
	return b.String()
}

// write gives the Russian form of a name; capitals as in the Ukrainian one.
func (m *russian) write(name string) string {
	uk := []rune(lower(name))
	var b strings.Builder
	for i := range uk {
		b.WriteString(m.letter(uk, i))
	}
	return capitals(b.String(), name)
}

func (m *russian) letter(uk []rune, i int) string {
	if uk[i] == ' ' || uk[i] == '-' {
		return string(uk[i])
	}
	for _, w := range windows() {
		best, most := "", 0
		for out, n := range m.seen[around(uk, i, w)] {
			if n > most || n == most && out < best {
				best, most = out, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return plain(uk[i])
}

// adjective writes the adjective that an area bears; the Russian one keeps the gender. It
// is written as the neuter, of which many names are known.
func (m *russian) adjective(name string) string {
	if ru := fixedAdjective(name); ru != "" {
		return ru
	}
	for _, e := range [][4]string{{"ький", "ьке", "кое", "кий"}, {"ька", "ьке", "кое", "кая"}, {"ий", "е", "ое", "ый"}, {"а", "е", "ое", "ая"}} {
		if stem, ok := strings.CutSuffix(name, e[0]); ok {
			if s, ok := strings.CutSuffix(m.write(stem+e[1]), e[2]); ok {
				return s + e[3]
			}
		}
	}
	return m.write(name)
}

// fixedAdjective: those that are translated rather than written over, or that no rule gives.
func fixedAdjective(name string) string {
	switch name {
	case "Одеська":
		return "Одесская"
	case "Ворошиловський":
		return "Ворошиловский"
	case "Пролетарський":
		return "Пролетарский"
	case "Жовтневий":
		return "Октябрьский"
	case "Лівобережний":
		return "Левобережный"
	case "Центрально-Міський":
		return "Центрально-Городской"
	case "Залізничний":
		return "Железнодорожный"
	case "Червоногвардійський":
		return "Красногвардейский"
	case "Південний":
		return "Южный"
	case "Комунарський":
		return "Коммунарский"
	case "Новокодацький":
		return "Новокодацкий"
	case "Заводський":
		return "Заводской"
	case "Амур-Нижньодніпровський":
		return "Амур-Нижнеднепровский"
	case "Металургійний":
		return "Металлургический"
	case "Корабельний":
		return "Корабельный"
	}
	return ""
}

// align cuts ru into as many pieces as uk has letters, the cheapest way.
func align(uk, ru []rune) []string {
	const far = 1 << 20
	n, m := len(uk), len(ru)
	cost := make([][]int, n+1)
	back := make([][]int, n+1)
	for i := range cost {
		cost[i], back[i] = make([]int, m+1), make([]int, m+1)
		for j := range cost[i] {
			cost[i][j] = far
		}
	}
	cost[0][0] = 0
	for i := 0; i < n; i++ {
		for j := 0; j <= m; j++ {
			for k := 0; k <= 3 && j+k <= m && cost[i][j] < far; k++ {
				if c := cost[i][j] + unlike(uk[i], ru[j:j+k]); c < cost[i+1][j+k] {
					cost[i+1][j+k], back[i+1][j+k] = c, k
				}
			}
		}
	}
	if cost[n][m] >= far {
		return nil
	}
	out := make([]string, n)
	for i, j := n, m; i > 0; i-- {
		k := back[i][j]
		out[i-1] = string(ru[j-k : j])
		j -= k
	}
	return out
}

// unlike is the cost of writing one Ukrainian letter so.
func unlike(u rune, ru []rune) int {
	p := plain(u)
	switch {
	case u == ' ' || u == '-': // words end where words end
		if len(ru) == 1 && (ru[0] == ' ' || ru[0] == '-') {
			return 0
		}
		return 60
	case string(ru) == p:
		return 0
	case len(ru) == 0:
		return 3
	case len(ru) == 1 && vowel(u) && vowel(ru[0]):
		return 1
	case len(ru) == 1:
		return 4
	case p != "" && strings.ContainsRune(string(ru), []rune(p)[0]):
		return 3*len(ru) - 3
	case vowel(u) && strings.ContainsFunc(string(ru), vowel):
		return 3*len(ru) - 2
	}
	return 4 * len(ru)
}

func vowel(r rune) bool { return strings.ContainsRune("аеєиіїоуюяыэё", r) }

// plain is the letter with nothing around it.
func plain(r rune) string {
	switch r {
	case 'і', 'ї':
		return "и"
	case 'є':
		return "е"
	case 'ґ':
		return "г"
	case '’':
		return ""
	}
	return string(r)
}

func lower(s string) string {
	return strings.NewReplacer("'", "’", "`", "’", "ʼ", "’").Replace(strings.ToLower(s))
}

// capitals gives every word of s a capital where like has one in its place.
func capitals(s, like string) string {
	words := strings.FieldsFunc(like, func(r rune) bool { return r == ' ' || r == '-' })
	n, start := 0, true
	var b strings.Builder
	for _, r := range s {
		if start && r != ' ' && r != '-' {
			if n >= len(words) || strings.ToUpper(words[n][:2]) == words[n][:2] {
				r = []rune(strings.ToUpper(string(r)))[0]
			}
			n++
		}
		start = r == ' ' || r == '-'
		b.WriteRune(r)
	}
	return b.String()
}
