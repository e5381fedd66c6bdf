package reading

import (
	"strings"
	"unicode"

	"svidok/evidence"
	"svidok/words"
)

// longestDateline is how long, in bytes, a line may be that tells when a text was published.
const longestDateline = 100

// publishedInText finds the day of publication that a text itself tells in a line of its own,
// and only where there is no doubt: among the first three or last two lines that are not
// blank, a line that says published and a day with its year; else a first or last line that is
// nothing but such a day (with a weekday and a time, perhaps). A line that says updated tells no
// day of publication. Two lines that disagree tell none.
func publishedInText(text string) evidence.Date {
	head, tail := edges(text)
	var found evidence.Date
	for _, want := range [...]bool{true, false} {
		for i, line := range append(head, tail...) {
			if !want && i != 0 && i != len(head)+len(tail)-1 && i != 1 {
				continue
			}
			d, labelled, ok := dateline(line)
			if !ok || labelled != want {
				continue
			}
			if found != (evidence.Date{}) && found.From != d.From {
				return evidence.Date{}
			}
			d.Source, d.Raw = "text", oneLine(line)
			if found == (evidence.Date{}) {
				found = d
			}
		}
		if found != (evidence.Date{}) {
			return found
		}
	}
	return found
}

// edges returns the first three and, of the others, the last two lines that are not blank. A
// text of one line has none: what it says is all that it says.
func edges(text string) (head, tail []string) {
	rest := text
	for len(head) < 3 && rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		if rest = after; strings.TrimSpace(line) != "" {
			head = append(head, line)
		}
	}
	for len(tail) < 2 && rest != "" {
		at := strings.LastIndexByte(strings.TrimRight(rest, "\n"), '\n') + 1
		if line := rest[at:]; strings.TrimSpace(line) != "" {
			tail = append([]string{strings.TrimRight(line, "\n")}, tail...)
		}
		rest = rest[:at]
	}
	if len(head)+len(tail) < 2 {
		return nil, nil
	}
	return head, tail
}

// dateline reads a line that is nothing but a day, what it belongs to, and perhaps the word
// published before it.
func dateline(line string) (d evidence.Date, labelled, ok bool) {
	if len(line) > longestDateline {
		return d, false, false
	}
	fields := strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && (r < '0' || r > '9') && r != '\'' && r != '’' })
	if len(fields) < 3 || len(fields) > 14 {
		return d, false, false
	}
	for i := 0; i < len(fields); i++ {
		if !ok && i+2 < len(fields) {
			if d, ok = dayOfFields(fields[i], fields[i+1], fields[i+2]); ok {
				i += 2
				continue
			}
		}
		w := string(words.Fold(nil, fields[i]))
		switch role := datelineWord(w); {
		case role == 0:
			return d, false, false
		case role == 2:
			labelled = true
		}
	}
	return d, labelled, ok
}

// dayOfFields reads 5 травня 2023, May 5 2023, 05.05.2023, 2023-05-05.
func dayOfFields(a, b, c string) (evidence.Date, bool) {
	if m := month(b); m > 0 {
		return day(year(c), m, dayOf(a))
	}
	if m := month(a); m > 0 {
		return day(year(c), m, dayOf(b))
	}
	if len(a) == 4 {
		return day(number(a), number(b), number(c))
	}
	if len(c) == 4 && len(a) <= 2 && len(b) <= 2 {
		return day(number(c), number(b), number(a))
	}
	return evidence.Date{}, false
}

// datelineWord tells what a word may be beside the day: 1 what belongs to it, 2 what says
// published; 0 for any other, which makes the line none.
func datelineWord(w string) int {
	switch w {
	case "опубліковано", "опубликовано", "опублікована", "опубликована", "опубліковане", "published", "posted", "publication", "публікації", "публикации", "опублікований", "опубликован":
		return 2
	case "р", "г", "року", "года", "год", "о", "об", "в", "у", "at", "on", "дата", "date", "of", "час", "время", "time", "am", "pm", "utc", "gmt", "eet", "eest", "cet", "msk", "мск",
		"понеділок", "вівторок", "середа", "четвер", "п'ятниця", "субота", "неділя",
		"понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return 1
	}
	if n := number(w); n >= 0 && n < 60 && len(w) <= 2 {
		return 1
	}
	return 0
}
