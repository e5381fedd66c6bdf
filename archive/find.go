package archive

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/words"
)

const (
	maxTerms    = 32
	snippetWide = 240 // bytes, before it is brought to whole words
	snippetFrom = 1 << 20
)

// Find returns reports by words and filter, with snippets. Words are found in all their
// forms that fold to the same stem; "in quotes" they must stand together.
func (a *Archive) Find(ctx context.Context, s Search) (Found, error) {
	f := s.Filter
	f.Terms = terms(s.Query)
	if strings.TrimSpace(s.Query) != "" && len(f.Terms) == 0 {
		return Found{}, nil // nothing but marks: no text holds it
	}
	p, err := a.cat.Reports(ctx, f)
	if err != nil {
		return Found{}, fmt.Errorf("find: %w", err)
	}
	out := Found{Next: p.Next}
	keys := map[string]bool{}
	for _, t := range f.Terms {
		for k := range strings.FieldsSeq(t) {
			keys[k] = true
		}
	}
	for _, r := range p.Reports {
		h := Hit{Report: r}
		if len(keys) > 0 && !r.Text.IsZero() {
			b, err := a.get(ctx, r.Text)
			if err != nil {
				return Found{}, fmt.Errorf("find: %w", err)
			}
			h.Snippet = snippet(string(b[:min(len(b), snippetFrom)]), keys)
		}
		out.Hits = append(out.Hits, h)
	}
	return out, nil
}

// Terms are what a query asks for, in the form that Catalog.Count takes: one for each
// word, and one for each phrase in quotes.
func terms(query string) []string {
	var out []string
	for i, part := range strings.Split(strings.NewReplacer("«", `"`, "»", `"`, "“", `"`, "”", `"`, "„", `"`).Replace(query), `"`) {
		key := words.SearchKey(part)
		if i%2 == 1 {
			if key != "" {
				out = append(out, key)
			}
			continue
		}
		out = append(out, strings.Fields(key)...)
	}
	return out[:min(len(out), maxTerms)]
}

// snippet is the stretch of text that holds the most of the keys, with them marked.
func snippet(text string, keys map[string]bool) []Piece {
	type hit struct{ start, end int }
	var hits []hit
	for _, t := range words.Tokenize(nil, text) {
		if k := words.SearchKey(text[t.Start:t.End]); k != "" && keys[k] {
			hits = append(hits, hit{int(t.Start), int(t.End)})
		}
	}
	best, most := 0, 0
	for i := range hits {
		n := 0
		for j := i; j < len(hits) && hits[j].end-hits[i].start <= snippetWide; j++ {
			n++
		}
		if n > most {
			best, most = i, n
		}
	}
	from := 0
	if len(hits) > 0 {
		from = max(0, hits[best].start-snippetWide/3)
	}
	to := min(len(text), from+snippetWide)
	from, to = atSpace(text, from, -1), atSpace(text, to, 1)
	var out []Piece
	at := from
	for _, h := range hits {
		if h.start < at || h.end > to {
			continue
		}
		if h.start > at {
			out = append(out, Piece{Text: text[at:h.start]})
		}
		out = append(out, Piece{Text: text[h.start:h.end], Hit: true})
		at = h.end
	}
	if at < to {
		out = append(out, Piece{Text: text[at:to]})
	}
	return out
}

// atSpace moves i in steps to a space or the end of the text, at most 40 bytes far, and
// then to where a letter begins.
func atSpace(text string, i, step int) int {
	for n := 0; n < 40 && i > 0 && i < len(text) && text[i] != ' ' && text[i] != '\n'; n++ {
		i += step
	}
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}
