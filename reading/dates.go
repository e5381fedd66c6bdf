package reading

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/words"
)

// Years that a report may claim: the web's first, and the last of this century.
const (
	firstYear = 1993
	lastYear  = 2099
)

// parseDate reads what a page or an export claims as a date. Time is kept only where
// the zone is known, since a time without a zone may be off by a day; the claim as
// written stays in Raw. The zero Date if s is no date.
func parseDate(s, source string) evidence.Date {
	s = oneLine(s)
	if s == "" || len(s) > 120 {
		return evidence.Date{}
	}
	d, ok := machineDate(s)
	if !ok {
		d, ok = writtenDate(s)
	}
	if !ok {
		return evidence.Date{}
	}
	d.Source, d.Raw = source, s
	return d
}

// machineDate reads RFC 3339, the wider ISO 8601 that pages use, and RFC 5322.
func machineDate(s string) (evidence.Date, bool) {
	for _, f := range [...]struct{ layout, precision string }{
		{time.RFC3339Nano, "second"}, {"2006-01-02T15:04:05.999999999Z0700", "second"}, {"2006-01-02T15:04:05Z07", "second"},
		{"2006-01-02T15:04Z07:00", "minute"}, {"2006-01-02T15:04Z0700", "minute"},
		{"2006-01-02 15:04:05Z07:00", "second"}, {"2006-01-02 15:04:05 Z07:00", "second"}, {"2006-01-02 15:04:05 -0700", "second"}, {"2006-01-02 15:04 -0700", "minute"},
		{time.RFC1123Z, "second"}, {"Mon, 2 Jan 2006 15:04:05 -0700", "second"}, {"Mon, 2 Jan 2006 15:04:05 GMT", "second"},
		{"Mon, 2 Jan 2006 15:04:05 UTC", "second"}, {"2006-01-02 15:04:05 UTC", "second"}, {"20060102T150405Z", "second"},
		{"20060102T150405Z0700", "second"}, {"2006-01-02T15:04:05 Z07:00", "second"}, {"2006-01-02T15:04:05.999999999 Z0700", "second"},
	} {
		if t, err := time.Parse(f.layout, s); err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			from, to := t.Format(time.RFC3339), t.Format(time.RFC3339)
			if f.precision == "minute" {
				to = t.Add(59 * time.Second).Format(time.RFC3339)
			}
			return evidence.Date{From: from, To: to, Precision: f.precision}, true
		}
	}
	if len(s) >= 10 && s[4] == '-' || len(s) >= 10 && (s[4] == '/' || s[4] == '.') {
		return day(number(s[:4]), number(s[5:7]), number(s[8:10]))
	}
	if len(s) == 8 {
		return day(number(s[:4]), number(s[4:6]), number(s[6:8]))
	}
	return evidence.Date{}, false
}

// number returns the value of decimal digits, or -1.
func number(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]-'0' >= 10 || n > 1_000_000 {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// day makes the Date of one day that exists in the calendar.
func day(y, m, d int) (evidence.Date, bool) {
	if y < firstYear || y > lastYear || m < 1 || m > 12 || d < 1 {
		return evidence.Date{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return evidence.Date{}, false
	}
	s := t.Format(time.DateOnly)
	return evidence.Date{From: s, To: s, Precision: "day"}, true
}

// writtenDate finds a date as people write it: 13 травня 2024, 13 мая 2024 г., May 13,
// 2024, 13 May 2024, 13.05.2024, 13/05/2024.
func writtenDate(s string) (evidence.Date, bool) {
	fields := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && (r < '0' || r > '9') && r != '\'' })
	for i := range fields {
		if i+2 >= len(fields) {
			break
		}
		a, b, c := fields[i], fields[i+1], fields[i+2]
		if m := month(b); m > 0 {
			if d, ok := day(year(c), m, dayOf(a)); ok {
				return d, true
			}
		}
		if m := month(a); m > 0 {
			if d, ok := day(year(c), m, dayOf(b)); ok {
				return d, true
			}
		}
		if len(c) == 4 && len(a) <= 2 && len(b) <= 2 {
			if d, ok := day(number(c), number(b), number(a)); ok {
				return d, true
			}
		}
	}
	return evidence.Date{}, false
}

// dayOf reads 13, 13th, 1st, 1-го.
func dayOf(s string) int {
	n := 0
	for n < len(s) && s[n]-'0' < 10 {
		n++
	}
	if n == 0 || n > 2 {
		return -1
	}
	return number(s[:n])
}

func year(s string) int {
	if len(s) < 4 {
		return -1
	}
	return number(s[:4])
}

// month returns 1 to 12 for the name of a month in the three languages, 0 for others.
func month(s string) int {
	if len(s) < 3 || len(s) > 24 {
		return 0
	}
	w := string(words.Fold(nil, s))
	n := 6 // the first three letters tell, but for June and July, and листопад
	if w[0] < utf8.RuneSelf {
		n = 3
	}
	if len(w) < n {
		return 0
	}
	switch w[:n] {
	case "січ", "янв", "jan":
		return 1
	case "лют", "фев", "feb":
		return 2
	case "бер", "мар", "mar":
		return 3
	case "кві", "апр", "apr":
		return 4
	case "тра", "мая", "май", "may":
		return 5
	case "чер", "июн", "jun":
		return 6
	case "лип", "июл", "jul":
		return 7
	case "сер", "авг", "aug":
		return 8
	case "вер", "сен", "sep":
		return 9
	case "жов", "окт", "oct":
		return 10
	case "лис", "ноя", "nov":
		return 11
	case "гру", "дек", "dec":
		return 12
	}
	return 0
}

// dateInPath finds /2024/05/13/ and 2024-05-13 in an address.
func dateInPath(address string) evidence.Date {
	for i := 0; i+10 <= len(address); i++ {
		p := address[i : i+10]
		if (p[4] == '/' || p[4] == '-') && p[7] == p[4] && (i == 0 || address[i-1] == '/') {
			if d, ok := day(number(p[:4]), number(p[5:7]), number(p[8:])); ok {
				d.Source, d.Raw = "address", fmt.Sprintf("%.200s", address)
				return d
			}
		}
	}
	return evidence.Date{}
}
