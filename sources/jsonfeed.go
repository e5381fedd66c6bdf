package sources

import (
	"bytes"
	"encoding/json"
	"fmt"

	"svidok/evidence"
)

// entry is an item of a JSON Feed. Members that may be of a wrong type are read apart.
type entry struct {
	ID          json.RawMessage `json:"id"`
	URL         string          `json:"url"`
	External    string          `json:"external_url"`
	Title       string          `json:"title"`
	HTML        string          `json:"content_html"`
	Text        string          `json:"content_text"`
	Summary     string          `json:"summary"`
	Image       string          `json:"image"`
	Published   string          `json:"date_published"`
	Modified    string          `json:"date_modified"`
	Language    string          `json:"language"`
	Attachments []struct {
		URL  string `json:"url"`
		Type string `json:"mime_type"`
	} `json:"attachments"`
}

// readJSON reads a JSON Feed (jsonfeed.org, versions 1 and 1.1).
func readJSON(raw []byte, address string) (Listing, error) {
	body := bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	var feed struct {
		Version  string            `json:"version"`
		Title    string            `json:"title"`
		Feed     string            `json:"feed_url"`
		Next     string            `json:"next_url"`
		Language string            `json:"language"`
		Items    []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(body, &feed); err != nil {
		return Listing{}, fmt.Errorf("read a JSON feed: %w: %w", evidence.ErrFormat, err)
	}
	if feed.Items == nil {
		return Listing{}, notListing("application/json", nil)
	}
	out := Listing{Kind: "json", Title: line(feed.Title), Self: address, Next: resolve(address, feed.Next)}
	if a := resolve(address, feed.Feed); a != "" {
		out.Self = a
	}
	at := len(raw) - len(body)
	for i, b := range feed.Items {
		var e entry
		err := json.Unmarshal(b, &e)
		if err != nil {
			out.problem(fmt.Sprintf("item %d: %v", i+1, err))
		}
		it := e.item(address)
		if it.Language == "" {
			it.Language = feed.Language
		}
		it.Raw = b
		if k := bytes.Index(raw[at:], b); k >= 0 { // objects stand in order
			it.Start, it.End = at+k, at+k+len(b)
			at = it.End
		}
		if it.ID == "" && it.Address == "" {
			if err != nil {
				continue // said already
			}
			out.problem(fmt.Sprintf("item %d has neither ID nor address", i+1))
			continue
		}
		out.take(it)
	}
	return out, nil
}

func (e entry) item(base string) Item {
	it := Item{Address: resolve(base, e.URL), Language: e.Language,
		Claims: evidence.Claims{Title: titled(e.Title), Published: day(e.Published), Edited: day(e.Modified)}}
	if it.Address == "" {
		it.Address = resolve(base, e.External)
	}
	switch id := bytes.TrimSpace(e.ID); {
	case len(id) == 0:
	case id[0] == '"':
		_ = json.Unmarshal(id, &it.ID) // it was read once
		it.ID = line(it.ID)
	case id[0] == '-' || id[0] >= '0' && id[0] <= '9':
		it.ID = string(id) // as it stands: large numbers are no floats
	}
	if a := resolve(base, e.Image); a != "" {
		it.Media = append(it.Media, Media{Kind: "photo", Address: a})
	}
	for _, f := range e.Attachments[:min(len(e.Attachments), maxMedia)] {
		if a := resolve(base, f.URL); a != "" {
			it.Media = append(it.Media, Media{Kind: kindOf(f.Type, a), Address: a})
		}
	}
	var texts []string
	for _, s := range []string{e.Summary, e.Text, plain(e.HTML)} {
		if s = plainText(s); s == "" {
			continue
		}
		texts = append(texts, s)
		if it.Summary == "" {
			it.Summary = clip(s, maxSummary)
		}
		it.Words = max(it.Words, words(s))
	}
	it.content = content(&it, texts)
	return it
}
