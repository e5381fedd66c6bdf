package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed messages/*.json
var messageFiles embed.FS

func languages() []string { return []string{"uk", "en", "ru"} }

// language is one language's words and ways of writing numbers and dates.
type language struct {
	code    string
	words   map[string]string
	plurals map[string]map[string]string // by category: one, few, many (en: one, many)
}

// readLanguage reads messages/CODE.json: an object whose values are either a message or,
// for what is counted, an object of messages by plural category.
func readLanguage(code string) (*language, error) {
	b, err := messageFiles.ReadFile("messages/" + code + ".json")
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("messages in %s: %w", code, err)
	}
	l := &language{code: code, words: map[string]string{}, plurals: map[string]map[string]string{}}
	for key, v := range raw {
		var s string
		if json.Unmarshal(v, &s) == nil {
			l.words[key] = s
			continue
		}
		var forms map[string]string
		if err := json.Unmarshal(v, &forms); err != nil {
			return nil, fmt.Errorf("messages in %s: %s: %w", code, key, err)
		}
		l.plurals[key] = forms
	}
	return l, nil
}

// has reports whether there is a message with this key.
func (l *language) has(key string) bool { return l.words[key] != "" }

// t returns a message; {0}, {1} … are replaced by args. A missing key shows itself: the
// tests see to it that there is none.
func (l *language) t(key string, args ...any) string {
	s, ok := l.words[key]
	if !ok {
		return key
	}
	return fill(s, l.show(args))
}

// n returns the message for n things: {n} is the number, {0} … are args.
func (l *language) n(key string, n int, args ...any) string {
	s, ok := l.plurals[key][plural(l.code, n)]
	if !ok {
		return key
	}
	return fill(strings.ReplaceAll(s, "{n}", l.number(n)), l.show(args))
}

func fill(s string, args []string) string {
	if len(args) == 0 {
		return s
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func (l *language) show(args []any) []string {
	out := make([]string, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case int:
			out[i] = l.number(v)
		case int64:
			out[i] = l.number(int(v))
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	return out
}

// plural returns the category of the Unicode CLDR (cardinal, integers): one, few, many.
func plural(code string, n int) string {
	if n < 0 {
		n = -n
	}
	if code == "en" {
		if n == 1 {
			return "one"
		}
		return "many"
	}
	ten, hundred := n%10, n%100
	switch {
	case ten == 1 && hundred != 11:
		return "one"
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return "few"
	}
	return "many"
}

const (
	narrowSpace = "\u202f" // between digits, unbreakable
	noBreak     = "\u00a0"
)

// number writes an integer with its thousands apart.
func (l *language) number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	apart := narrowSpace
	if l.code == "en" {
		apart = ","
	} else if len(digits) < 5 { // four digits stay together in Ukrainian and Russian
		return sign + digits
	}
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(apart)
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// decimal writes x with the given number of decimals.
func (l *language) decimal(x float64, decimals int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', decimals, 64), ".")
	n, err := strconv.Atoi(whole)
	if err != nil { // beyond an int
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	s := l.number(n)
	if x < 0 {
		s = "−" + s
	}
	if part == "" {
		return s
	}
	if l.code == "en" {
		return s + "." + part
	}
	return s + "," + part
}

// figure writes a number that a report claims, with no more decimals than it has.
func (l *language) figure(x float64) string {
	if x == math.Trunc(x) {
		return l.decimal(x, 0)
	}
	return l.decimal(x, 1)
}

// percent writes a share of 1, rounded down: only what is all of it is called 100 %.
func (l *language) percent(x float64) string {
	s := l.number(int(math.Floor(x*100 + 1e-9)))
	if l.code == "en" {
		return s + "%"
	}
	return s + noBreak + "%"
}

// size writes a number of bytes (decimal prefixes).
func (l *language) size(n int64) string {
	units := strings.Fields(l.t("units"))
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x, i = x/1000, i+1
	}
	decimals := 0
	if i > 0 && x < 100 {
		decimals = 1
	}
	return l.decimal(x, decimals) + noBreak + units[i]
}

// day writes a calendar day.
func (l *language) day(t time.Time) string {
	months := strings.Fields(l.t("months.of"))
	return strconv.Itoa(t.Day()) + noBreak + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// when writes an instant, in UTC and saying so: the house's clock knows no other zone.
func (l *language) when(t time.Time) string {
	if t.IsZero() {
		return l.t("date.unknown")
	}
	t = t.UTC()
	return l.day(t) + ", " + t.Format("15:04") + noBreak + "UTC"
}

// claimed writes one end of a claimed date as precisely as it is claimed.
func (l *language) claimed(s, precision string) string {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		if precision == "" || precision == "second" || precision == "minute" {
			zone := t.Format("-07:00")
			if _, offset := t.Zone(); offset == 0 {
				zone = "UTC"
			}
			return l.day(t) + ", " + t.Format("15:04") + noBreak + zone
		}
		s = t.Format(time.DateOnly)
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		switch precision {
		case "month":
			return l.month(t)
		case "year":
			return strconv.Itoa(t.Year())
		}
		return l.day(t)
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		return l.month(t)
	}
	return s
}

func (l *language) month(t time.Time) string {
	return strings.Fields(l.t("months"))[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// span writes a claimed interval: one date if both ends are the same.
func (l *language) span(from, to, precision string) string {
	a, b := l.claimed(from, precision), l.claimed(to, precision)
	switch {
	case from == "" && to == "":
		return l.t("date.unknown")
	case to == "" || a == b:
		return a
	case from == "":
		return l.t("date.until", b)
	}
	return a + " – " + b
}

// chosenLanguage is the visitor's choice, else the first that the browser asks for.
func chosenLanguage(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil {
		if known := match(c.Value); known != "" {
			return known
		}
	}
	best, weight := "en", 0.0
	for i, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		if i == 20 {
			break
		}
		tag, q := part, 1.0
		if t, after, ok := strings.Cut(part, ";"); ok {
			tag = t
			if v, ok := strings.CutPrefix(strings.TrimSpace(after), "q="); ok {
				f, err := strconv.ParseFloat(v, 64)
				if err != nil || !(f >= 0 && f <= 1) {
					continue
				}
				q = f
			}
		}
		if known := match(tag); known != "" && q > weight {
			best, weight = known, q
		}
	}
	return best
}

// match returns the language of a tag such as "uk-UA", or "".
func match(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	for _, l := range languages() {
		if primary == l {
			return l
		}
	}
	return ""
}
