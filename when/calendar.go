package when

import "strconv"

// Day is a day of the Gregorian calendar, counted from 1970-01-01. It has no zone and
// no time of day.
type Day int32

// DayOf returns the day, and whether the calendar has it.
func DayOf(year, month, day int) (Day, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return civil(year, month, day), true
}

// ParseDay reads the day at the head of an ISO date or date-time.
func ParseDay(s string) (Day, bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' || len(s) > 10 && s[10]-'0' < 10 {
		return 0, false
	}
	return DayOf(digits(s[:4]), digits(s[5:7]), digits(s[8:10]))
}

// digits returns the value of decimal digits, or -1.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]-'0' >= 10 || n > 100_000 {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// civil counts the days of years that begin in March, so that a leap day comes last.
func civil(y, m, d int) Day {
	if m <= 2 {
		y, m = y-1, m+12
	}
	return Day(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468)
}

// Date returns year, month and day of the month.
func (d Day) Date() (year, month, day int) {
	n := int(d) + 719468
	era := n / 146097
	if n < 0 {
		era = (n - 146096) / 146097
	}
	n -= era * 146097
	y := (n - n/1460 + n/36524 - n/146096) / 365
	n -= 365*y + y/4 - y/100
	m := (5*n + 2) / 153
	day = n - (153*m+2)/5 + 1
	year, month = era*400+y, m+3
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// Weekday returns 1 for Monday to 7 for Sunday.
func (d Day) Weekday() int { return int((d%7+10)%7) + 1 }

// Week returns the Monday of the day's week.
func (d Day) Week() Day { return d - Day(d.Weekday()-1) }

// AddMonths returns the same day n months later, or the last of that month.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	m += n - 1
	y += floorDiv(m, 12)
	m -= floorDiv(m, 12) * 12
	return civil(y, m+1, min(day, daysIn(y, m+1)))
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// String returns the ISO form, 2022-02-24.
func (d Day) String() string {
	y, m, day := d.Date()
	b := make([]byte, 0, 10)
	for n := 1000; n > y && n > 1; n /= 10 {
		b = append(b, '0')
	}
	b = strconv.AppendInt(b, int64(y), 10)
	return string(append(b, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10)))
}
