package reading

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"svidok/evidence"
	"svidok/telegram"
)

// Media types of what the collector takes from listings: the bytes of one thing within it.
const (
	MediaPost  = "text/html; profile=telegram-preview" // one post of a channel's public preview
	MediaEntry = "application/vnd.svidok.feed-item"    // one item of RSS, entry of Atom or object of a JSON feed
)

// readPost reads one post of a public preview.
func readPost(raw []byte) (Result, error) {
	p, err := telegram.Read(raw)
	if err != nil {
		return Result{}, err
	}
	text, _ := clean(p.Text)
	return Result{Text: text, MediaType: "text/html", Published: parseDate(p.Published, "preview"), Problems: p.Problems}, nil
}

// readEntry reads one entry of a feed: of its texts the longest, whose markup is taken away.
func readEntry(raw []byte) (Result, error) {
	title, texts, published, err := entryOf(raw)
	if err != nil {
		return Result{}, err
	}
	best := ""
	for _, s := range texts {
		text := strings.TrimSpace(s)
		if strings.Contains(s, "<") || strings.Contains(s, "&") {
			text, _ = tokens(s)
		}
		if len(text) > len(best) {
			best = text
		}
	}
	text, _ := clean(best)
	return Result{Text: text, MediaType: MediaEntry, Title: oneLine(title), Published: parseDate(published, "feed")}, nil
}

func entryOf(raw []byte) (title string, texts []string, published string, err error) {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		var e struct {
			Title     string `json:"title"`
			HTML      string `json:"content_html"`
			Text      string `json:"content_text"`
			Summary   string `json:"summary"`
			Published string `json:"date_published"`
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			return "", nil, "", fmt.Errorf("read an entry of a feed: %w: %w", evidence.ErrFormat, err)
		}
		return e.Title, []string{e.HTML, strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(e.Text), e.Summary}, e.Published, nil
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var stack []string
	var now strings.Builder // of the member that is open
	for {
		t, err := d.RawToken()
		if err != nil {
			break // its end, or as far as it can be read
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) > 1 { // markup within a member
				now.WriteString("<" + t.Name.Local + ">")
			} else {
				now.Reset()
			}
			if stack = append(stack, strings.ToLower(t.Name.Local)); len(stack) > 100 {
				return "", nil, "", fmt.Errorf("read an entry of a feed: elements more than 100 deep: %w", evidence.ErrLimit)
			}
		case xml.CharData:
			if len(stack) > 2 {
				_ = xml.EscapeText(&now, t) // a Builder takes everything
			} else {
				now.Write(t)
			}
		case xml.EndElement:
			if len(stack) > 2 {
				now.WriteString("</" + t.Name.Local + ">")
			} else if len(stack) == 2 {
				switch strings.ToLower(t.Name.Local) {
				case "title":
					title, _ = tokens(now.String())
				case "encoded", "content", "description", "summary":
					texts = append(texts, now.String())
				case "pubdate", "published", "date", "issued":
					published = strings.TrimSpace(now.String())
				}
				now.Reset()
			}
			stack = stack[:max(0, len(stack)-1)]
		}
	}
	return title, texts, published, nil
}
