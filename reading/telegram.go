package reading

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
)

// message is what is read of one message of a Telegram Desktop export.
type message struct {
	Text     json.RawMessage `json:"text"` // a string, or an array of strings and parts
	Caption  json.RawMessage `json:"caption"`
	Date     string          `json:"date"` // local time without a zone
	DateUnix json.RawMessage `json:"date_unixtime"`
	From     string          `json:"from"`
	Author   string          `json:"author"`
	Poll     *struct {
		Question json.RawMessage `json:"question"`
		Answers  []struct {
			Text json.RawMessage `json:"text"`
		} `json:"answers"`
	} `json:"poll"`
}

// readTelegram reads one message. Its date is date_unixtime, which is exact and in
// UTC; the local date beside it has no zone and only tells the day.
func readTelegram(raw []byte) (Result, error) {
	var m message
	if err := json.Unmarshal(raw, &m); err != nil {
		return Result{}, fmt.Errorf("read a Telegram message: %w: %w", evidence.ErrFormat, err)
	}
	r := Result{MediaType: MediaTelegram, Author: oneLine(m.Author)}
	blocks := []string{}
	add := func(what string, v json.RawMessage) {
		s, ok := joined(v)
		if !ok {
			r.Problems = append(r.Problems, what+" of the message is neither a string nor an array of parts")
		}
		if s != "" {
			blocks = append(blocks, s)
		}
	}
	add("text", m.Text)
	add("caption", m.Caption)
	if m.Poll != nil {
		add("poll question", m.Poll.Question)
		for _, a := range m.Poll.Answers {
			add("poll answer", a.Text)
		}
	}
	r.Text, _ = clean(strings.Join(blocks, "\n\n"))
	r.Published = unixDate(strings.Trim(string(m.DateUnix), `"`))
	if r.Published == (evidence.Date{}) {
		r.Published = parseDate(m.Date, "export")
	}
	return r, nil
}

// joined concatenates the parts of a text exactly as they stand.
func joined(v json.RawMessage) (string, bool) {
	if len(v) == 0 || string(v) == "null" {
		return "", true
	}
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s, true
	}
	var parts []json.RawMessage
	if json.Unmarshal(v, &parts) != nil {
		return part(v)
	}
	var b strings.Builder
	whole := true
	for _, p := range parts {
		t, ok := part(p)
		whole = whole && ok
		b.WriteString(t)
	}
	return b.String(), whole
}

// part is a string, or an object with its words in "text".
func part(v json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s, true
	}
	var o struct {
		Text *string `json:"text"`
	}
	if json.Unmarshal(v, &o) != nil || o.Text == nil {
		return "", false
	}
	return *o.Text, true
}

func unixDate(s string) evidence.Date {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return evidence.Date{}
	}
	t := time.Unix(n, 0).UTC()
	if t.Year() < firstYear || t.Year() > lastYear {
		return evidence.Date{}
	}
	at := t.Format(time.RFC3339)
	return evidence.Date{From: at, To: at, Precision: "second", Source: "export", Raw: s}
}
