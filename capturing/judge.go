package capturing

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// judge is a page that is being judged.
type judge struct {
	Page
	visible  string // all words that a reader sees, folded
	title    string // folded
	heads    string // headings, folded
	markup   string // lower case, bounded: marks of makers
	letters  int    // of the visible words
	article  int    // letters of the main text
	password bool
	scripts  int
	roots    bool // an empty element that scripts fill
	refresh  bool
}

const maxMarkup = 1 << 20

func newJudge(p Page) *judge {
	j := &judge{Page: p, title: fold(p.Title)}
	j.markup = strings.ToLower(string(p.HTML[:min(len(p.HTML), maxMarkup)]))
	doc, err := html.Parse(bytes.NewReader(p.HTML[:min(len(p.HTML), 8<<20)]))
	if err == nil {
		var seen, heads strings.Builder
		j.walk(doc, &seen, &heads, false)
		j.visible, j.heads = fold(seen.String()), fold(heads.String())
	}
	j.letters, j.article = letters(j.visible), letters(p.Text)
	return j
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func (j *judge) walk(n *html.Node, seen, heads *strings.Builder, head bool) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "script":
			j.scripts++
			return
		case "style", "template", "svg", "head":
			if n.Data == "head" {
				j.head(n)
			}
			return
		case "noscript":
			if j.Scripts {
				return
			}
		case "h1", "h2":
			head = true
		case "input":
			j.password = j.password || value(n, "type") == "password"
		case "div", "main", "app-root":
			id := value(n, "id")
			if n.FirstChild == nil && (id == "root" || id == "app" || id == "__next" || id == "__nuxt" || n.Data == "app-root") {
				j.roots = true
			}
		}
		if hidden(n) {
			return
		}
	}
	if n.Type == html.TextNode {
		seen.WriteString(n.Data + " ")
		if head {
			heads.WriteString(n.Data + " ")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		j.walk(c, seen, heads, head)
	}
}

func (j *judge) head(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.ElementNode && c.Data == "title" && j.title == "" && c.FirstChild != nil:
			j.title = fold(c.FirstChild.Data)
		case c.Type == html.ElementNode && c.Data == "meta" && strings.EqualFold(value(c, "http-equiv"), "refresh"):
			j.refresh = true
		case c.Type == html.ElementNode && c.Data == "script":
			j.scripts++
		}
	}
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(value(n, "style")), " ", "")
	if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true" {
			return n.Data != "body" && n.Data != "html"
		}
	}
	return false
}

func value(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// bare: there is no article in it, so that its few words speak of the page itself.
func (j *judge) bare() bool { return j.article < longText }

// says reports which of the phrases the page says of itself: in its title or headings, or
// anywhere if it has few words.
func (j *judge) says(phrases []string) (string, bool) {
	for _, p := range phrases {
		if strings.Contains(j.title, p) || strings.Contains(j.heads, p) || j.letters < 2*longText && strings.Contains(j.visible, p) {
			return p, true
		}
	}
	return "", false
}

// marks reports which of the marks stands in the markup.
func (j *judge) marks(marks []string) (string, bool) {
	for _, m := range marks {
		if strings.Contains(j.markup, m) {
			return m, true
		}
	}
	return "", false
}

func status(j *judge) (Finding, bool) {
	switch {
	case j.Status == 404 || j.Status == 410:
		return Finding{Missing, true, fmt.Sprintf("status %d", j.Status)}, true
	case j.Status == 401 || j.Status == 407:
		return Finding{Login, true, fmt.Sprintf("status %d", j.Status)}, true
	case j.Status == 402:
		return Finding{Paywall, true, "status 402"}, true
	case j.Status == 451:
		return Finding{Blocked, true, "status 451"}, true
	case j.Status == 403 || j.Status == 429:
		if _, ok := botCheck(j); ok {
			return Finding{BotCheck, true, fmt.Sprintf("status %d", j.Status)}, true
		}
		return Finding{Blocked, true, fmt.Sprintf("status %d", j.Status)}, true
	case j.Status >= 400:
		return Finding{Error, true, fmt.Sprintf("status %d", j.Status)}, true
	}
	return Finding{}, false
}

func botCheck(j *judge) (Finding, bool) {
	mark, marked := j.marks(botMarks())
	said, says := j.says(botWords())
	if j.bare() && (marked && (says || j.letters < 400) || says && j.article < 300) {
		return Finding{BotCheck, marked && says, because(said, mark)}, true
	}
	return Finding{}, false
}

func because(words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, "«"+w+"»")
		}
	}
	return strings.Join(out, ", ")
}

func blocked(j *judge) (Finding, bool) {
	said, ok := j.says(blockWords())
	if !ok || !j.bare() {
		return Finding{}, false
	}
	return Finding{Blocked, j.letters < longText, because(said)}, true
}

func login(j *judge) (Finding, bool) {
	said, says := j.says(loginWords())
	at := strings.ToLower(j.Final)
	led := ""
	for _, part := range []string{"/login", "/signin", "/sign-in", "/auth", "/accounts/login", "/checkpoint", "login.php", "act=login"} {
		if at != "" && strings.Contains(at, part) && !strings.Contains(strings.ToLower(j.Asked), part) {
			led = part
		}
	}
	switch {
	case led != "" && j.bare():
		return Finding{Login, true, "led to " + led}, true
	case says && j.bare() && (j.password || j.article < 300):
		return Finding{Login, j.password && j.letters < longText, because(said)}, true
	}
	return Finding{}, false
}

// field: nothing but a way to sign in. A menu of a short page has such a field, too.
func field(j *judge) (Finding, bool) {
	if j.password && j.letters < 250 && j.article < 60 {
		return Finding{Login, false, "a field for a password, and little else"}, true
	}
	return Finding{}, false
}

func consent(j *judge) (Finding, bool) {
	at := strings.ToLower(j.Final)
	for _, part := range []string{"consent.", "/consent", "/gdpr", "cookiewall", "privacywall"} {
		if at != "" && strings.Contains(at, part) && !strings.Contains(strings.ToLower(j.Asked), part) {
			return Finding{Consent, true, "led to " + part}, true
		}
	}
	said, says := j.says(consentWords())
	if says && j.article < longText/2 && j.letters < 3*longText { // a banner over an article leaves the article
		return Finding{Consent, j.letters < longText && !j.expected(), because(said)}, true
	}
	return Finding{}, false
}

func paywall(j *judge) (Finding, bool) {
	said, ok := "", false
	for _, p := range payWords() {
		if strings.Contains(j.visible, p) {
			said, ok = p, true
			break
		}
	}
	if !ok || j.article >= longText {
		return Finding{}, false
	}
	return Finding{Paywall, false, because(said)}, true
}

func parked(j *judge) (Finding, bool) {
	said, ok := j.says(parkWords())
	if !ok || j.article >= longText {
		return Finding{}, false
	}
	return Finding{Parked, j.letters < 2*longText, because(said)}, true
}

func missing(j *judge) (Finding, bool) {
	said, ok := j.says(missingWords())
	if !ok || j.article >= longText/2 && !strings.Contains(j.title, said) {
		return Finding{}, false
	}
	if j.article >= longText { // an article with such a title
		return Finding{}, false
	}
	return Finding{Missing, strings.Contains(j.title, said) || strings.Contains(j.heads, said), because(said)}, true
}

func fault(j *judge) (Finding, bool) {
	said, ok := j.says(faultWords())
	if !ok || j.article >= longText/2 {
		return Finding{}, false
	}
	return Finding{Error, j.letters < longText/2, because(said)}, true
}

func shell(j *judge) (Finding, bool) {
	if j.letters > 250 || j.article > 150 || len(j.HTML) == 0 {
		return Finding{}, false
	}
	said, says := j.says(scriptWords())
	if j.roots || says || j.scripts >= 3 && j.letters < 80 || j.refresh && j.letters < 80 {
		return Finding{Shell, j.letters < 80 || says, because(said) + fmt.Sprintf("%d letters, %d scripts", j.letters, j.scripts)}, true
	}
	return Finding{}, false
}

// home: asked for something below the front page, and led to it.
func home(j *judge) (Finding, bool) {
	a, err1 := url.Parse(j.Asked)
	b, err2 := url.Parse(j.Final)
	if j.Final == "" || err1 != nil || err2 != nil {
		return Finding{}, false
	}
	front := func(u *url.URL) bool {
		p := strings.Trim(u.Path, "/")
		return p == "" || p == "index.html" || p == "index.php" || len(p) == 2
	}
	if !front(a) && front(b) && b.RawQuery == "" {
		return Finding{Home, true, "led to " + j.Final}, true
	}
	return Finding{}, false
}

// expected reports whether the promised words are in the page.
func (j *judge) expected() bool {
	got, of := j.promised()
	return of > 0 && got*2 > of
}

func (j *judge) promised() (got, of int) {
	all := fold(j.Text) + " " + j.visible + " " + j.title
	for w := range strings.FieldsFuncSeq(fold(j.Expect), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		if letters(w) < 4 {
			continue
		}
		of++
		r := []rune(w)
		if strings.Contains(all, string(r[:max(4, len(r)-2)])) { // endings change
			got++
		}
	}
	return got, of
}

func other(j *judge) (Finding, bool) {
	got, of := j.promised()
	if of < 3 || got*3 > of {
		return Finding{}, false
	}
	return Finding{Other, got == 0 && of >= 4, fmt.Sprintf("of %d promised words %d are in it", of, got)}, true
}

func tiny(j *judge) (Finding, bool) {
	if j.letters >= 60 || strings.TrimSpace(j.Text) != "" && j.letters >= 25 && len(j.markup) < 4096 {
		return Finding{}, false
	}
	return Finding{Tiny, j.letters < 10, fmt.Sprintf("%d letters", j.letters)}, true
}
