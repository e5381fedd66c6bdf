// Package sample holds the built-in sample reports of the demonstration, with what a
// reader should find in them.
//
// Every text is synthetic: written for Svidok, copied from nowhere, about nothing that
// happened and nobody who lives. Outlets are marked "(зразок)", "(образец)" or "(sample)",
// channels "(синтетичний канал)" or "(синтетический канал)".
//
// # Source
//
// reports/LANGUAGE.txt holds reports, each beginning with a line "=== ID", then headers
// "name: value", a line "---" and the text, its paragraphs parted by an empty line:
//
//	kind         page (a news page as HTML), post (a message in a channel) or text
//	outlet       site or channel; empty for a text without one
//	date         RFC 3339
//	title        of a page or text
//	forwarded    a post forwarded from
//	gate         what the double gate should say of the text
//	codes        CODE MODALITY; …: statements that a person would find, not all of them
//	family       reports of one family are copies of one another
//	copy         RELATION ID: the near or contained copy of which report
//	translation  ID: a translation of which report
//	root         the origin that the text names; "own" for a first-hand account
//	trap         why nothing may be coded as occurred: own-state, russia, foreign,
//	             history, propaganda, noise
//	figure       OPERATOR NUMBER
//	note         for the maintainer
package sample

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

//go:embed reports/*.txt page.html
var source embed.FS

// Report is one sample and its gold labels.
type Report struct {
	ID, Language, Kind, Outlet, Title, Forwarded string
	Date                                         time.Time
	Paragraphs                                   []string
	Gold                                         Gold
}

// Gold is what a person finds in a report.
type Gold struct {
	Gate        string
	Codes       []Code
	Family      string // "" for a report without copies
	Relation    string // near or contained, to the report Of
	Of          string
	Translation string
	Root        string
	Trap        string
	Operator    string
	Figure      int
}

// Code is a statement that a report should yield.
type Code struct{ Code, Modality string }

// File is one file of the sample folder.
type File struct {
	Path string // slash-separated, relative
	Data []byte
}

// Reports returns all samples in the order of the sources.
func Reports() ([]Report, error) {
	var all []Report
	for _, lang := range []string{"uk", "ru", "en"} {
		b, err := source.ReadFile("reports/" + lang + ".txt")
		if err != nil {
			return nil, fmt.Errorf("sample reports: %w", err)
		}
		for _, block := range strings.Split("\n"+string(b), "\n=== ")[1:] {
			r, err := parse(block)
			if err != nil {
				return nil, fmt.Errorf("sample reports in %s: %w", lang, err)
			}
			r.Language = lang
			all = append(all, r)
		}
	}
	return all, nil
}

func parse(block string) (Report, error) {
	head, body, ok := strings.Cut(block, "\n---\n")
	id, fields, _ := strings.Cut(head, "\n")
	r := Report{ID: strings.TrimSpace(id)}
	if !ok {
		return r, fmt.Errorf("%s: no line of three dashes", r.ID)
	}
	for _, line := range strings.Split(fields, "\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return r, fmt.Errorf("%s: header %q", r.ID, line)
		}
		if err := r.set(name, strings.TrimSpace(value)); err != nil {
			return r, fmt.Errorf("%s: %s: %w", r.ID, name, err)
		}
	}
	for _, p := range strings.Split(strings.TrimSpace(body), "\n\n") {
		r.Paragraphs = append(r.Paragraphs, strings.TrimSpace(p))
	}
	return r, nil
}

func (r *Report) set(name, value string) error {
	var err error
	switch name {
	case "kind":
		r.Kind = value
	case "outlet":
		r.Outlet = value
	case "title":
		r.Title = value
	case "forwarded":
		r.Forwarded = value
	case "date":
		r.Date, err = time.Parse(time.RFC3339, value)
	case "note":
	default:
		err = r.Gold.set(name, value)
	}
	return err
}

func (g *Gold) set(name, value string) error {
	var err error
	switch name {
	case "gate":
		g.Gate = value
	case "codes":
		for _, c := range strings.Split(value, ";") {
			code, modality, _ := strings.Cut(strings.TrimSpace(c), " ")
			g.Codes = append(g.Codes, Code{code, modality})
		}
	case "family":
		g.Family = value
	case "copy":
		g.Relation, g.Of, _ = strings.Cut(value, " ")
	case "translation":
		g.Translation = value
	case "root":
		g.Root = value
	case "trap":
		g.Trap = value
	case "figure":
		var n string
		g.Operator, n, _ = strings.Cut(value, " ")
		g.Figure, err = strconv.Atoi(n)
	default:
		err = fmt.Errorf("no such header")
	}
	return err
}

// Files renders the samples as they would arrive: pages as HTML with menus, adverts and
// related links, channels as Telegram Desktop exports, texts as plain files. The same
// files on every call.
func Files() ([]File, error) {
	reports, err := Reports()
	if err != nil {
		return nil, err
	}
	page, err := template.ParseFS(source, "page.html")
	if err != nil {
		return nil, fmt.Errorf("sample page: %w", err)
	}
	var files []File
	channels := map[string][]Report{}
	for _, r := range reports {
		switch r.Kind {
		case "page":
			var b bytes.Buffer
			if err := page.Execute(&b, newPage(r, reports)); err != nil {
				return nil, fmt.Errorf("sample page %s: %w", r.ID, err)
			}
			files = append(files, File{path.Join("pages", r.ID+".html"), b.Bytes()})
		case "text":
			text := notice(r.Language) + "\n\n" + r.Title + "\n\n" + strings.Join(r.Paragraphs, "\n\n") + "\n"
			files = append(files, File{path.Join("letters", r.ID+".txt"), []byte(text)})
		case "post":
			channels[r.Outlet] = append(channels[r.Outlet], r)
		default:
			return nil, fmt.Errorf("sample %s: kind %q", r.ID, r.Kind)
		}
	}
	exports, err := exports(channels)
	return append(files, exports...), err
}

// notice heads the plain texts, which have no outlet to carry the mark.
func notice(lang string) string {
	switch lang {
	case "uk":
		return "[Синтетичний зразок: вигаданий текст для випробування програми]"
	case "ru":
		return "[Синтетический образец: вымышленный текст для проверки программы]"
	}
	return "[Synthetic sample: an invented text for trying the program]"
}

// exports writes each channel as Telegram Desktop does: local time without a zone beside
// seconds since 1970; text as a string, or as parts where something is formatted.
func exports(channels map[string][]Report) ([]File, error) {
	names := make([]string, 0, len(channels))
	for n := range channels {
		names = append(names, n)
	}
	sort.Strings(names)
	var files []File
	for i, name := range names {
		var messages []map[string]any
		for j, r := range channels[name] {
			messages = append(messages, message(j+1, r))
		}
		export := struct { // Telegram Desktop writes the name before the messages
			Name     string           `json:"name"`
			Type     string           `json:"type"`
			ID       int              `json:"id"`
			Messages []map[string]any `json:"messages"`
		}{name, "public_channel", 9000000001 + i, messages}
		b, err := json.MarshalIndent(export, "", " ")
		if err != nil {
			return nil, fmt.Errorf("sample channel %s: %w", name, err)
		}
		files = append(files, File{fmt.Sprintf("channels/%d/result.json", i+1), b})
	}
	return files, nil
}

func message(id int, r Report) map[string]any {
	text := strings.Join(r.Paragraphs, "\n\n")
	m := map[string]any{
		"id": id, "type": "message", "from": r.Outlet, "from_id": "channel9",
		"date": r.Date.Format("2006-01-02T15:04:05"), "date_unixtime": strconv.FormatInt(r.Date.Unix(), 10),
		"text": text,
	}
	if first, rest, ok := strings.Cut(text, ". "); ok && id%2 == 0 {
		m["text"] = []any{map[string]string{"type": "bold", "text": first + "."}, " " + rest}
	}
	if r.Forwarded != "" {
		m["forwarded_from"] = r.Forwarded
	}
	if id%5 == 0 {
		edited := r.Date.Add(20 * time.Minute)
		m["edited"], m["edited_unixtime"] = edited.Format("2006-01-02T15:04:05"), strconv.FormatInt(edited.Unix(), 10)
	}
	return m
}

// pageView is what page.html shows.
type pageView struct {
	Report
	Words   words
	Related []string
	Iso     string
	JSON    template.JS
}

func newPage(r Report, all []Report) pageView {
	v := pageView{Report: r, Words: wordsOf(r.Language), Iso: r.Date.Format(time.RFC3339)}
	for _, other := range all {
		if other.Language == r.Language && other.Kind == "page" && other.ID != r.ID && len(v.Related) < 4 {
			v.Related = append(v.Related, other.Title)
		}
	}
	// A map of strings always encodes.
	b, _ := json.Marshal(map[string]any{"@context": "https://schema.org", "@type": "NewsArticle", "headline": r.Title,
		"datePublished": v.Iso, "publisher": map[string]string{"@type": "Organization", "name": r.Outlet}})
	v.JSON = template.JS(b)
	return v
}

// words are the furniture of a page in one language.
type words struct{ Mark, Menu, Advert, Related, Cookies, Comments, Rights string }

func wordsOf(lang string) words {
	switch lang {
	case "uk":
		return words{"СИНТЕТИЧНИЙ ЗРАЗОК", "Новини|Війна|Суспільство|Економіка|Контакти", "Реклама: насіння та добрива з доставкою", "Читайте також",
			"Ми використовуємо файли cookie. Погоджуюся", "Коментарі вимкнено", "Усі права вигадані"}
	case "ru":
		return words{"СИНТЕТИЧЕСКИЙ ОБРАЗЕЦ", "Новости|Война|Общество|Экономика|Контакты", "Реклама: семена и удобрения с доставкой", "Читайте также",
			"Мы используем файлы cookie. Согласен", "Комментарии отключены", "Все права вымышлены"}
	}
	return words{"SYNTHETIC SAMPLE", "News|War|Society|Economy|Contact", "Advertisement: seeds and fertiliser, delivered", "Read also",
		"We use cookies. Accept", "Comments are closed", "All rights invented"}
}

// Items splits a menu.
func (w words) Items() []string { return strings.Split(w.Menu, "|") }
