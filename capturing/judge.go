package capturing

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// judge is a page that is being judged.
type judge struct {
	Page
	*layout
	markup  string // lower case, bounded: marks of makers
	content int    // letters of what is told: sentences of blocks that are neither notices nor links
	told    string // their words, folded
	notices map[string]notice
}

// notice is what a page says of itself in the manner of one kind of wall.
type notice struct {
	said     string
	titled   bool    // it is the title or the main heading, or most of it
	coverage float64 // of the sentence, 0 to 1
}

const (
	maxMarkup = 1 << 20
	// enough is from how many letters of content on a page is no wall, whatever it says.
	enough = 600
	// own is what part of a sentence a turn of speech must be for the page to speak of
	// itself; less, and it tells of something.
	own = 0.42
)

// kinds are walls with their words, the ones that say most first.
func kinds() []struct {
	kind  string
	words *regexp.Regexp
} {
	return []struct {
		kind  string
		words *regexp.Regexp
	}{{BotCheck, botWords}, {Blocked, blockWords}, {Login, loginWords}, {Consent, consentWords}, {Paywall, payWords}, {Parked, parkWords}, {Missing, missingWords}, {Error, faultWords}, {Shell, scriptWords}}
}

func newJudge(p Page) *judge {
	j := &judge{Page: p, layout: lay(p.HTML, p.Scripts), notices: map[string]notice{}}
	j.markup = strings.ToLower(string(p.HTML[:min(len(p.HTML), maxMarkup)]))
	if j.layout.title == "" {
		j.layout.title = p.Title
	}
	if j.letters < 40 { // nothing else is shown
		j.blocks = append(j.blocks, j.noscript...)
	}
	for part := range strings.FieldsFuncSeq(j.layout.title, func(r rune) bool { return r == '|' || r == '–' || r == '—' || r == '·' }) {
		j.hear(part, true)
	}
	var told strings.Builder
	for i := range j.blocks {
		j.weigh(&j.blocks[i], &told)
	}
	j.told = fold(told.String())
	return j
}

// weigh hears what a block says, and counts what it tells.
func (j *judge) weigh(b *block, told *strings.Builder) {
	if j.content > 20*enough {
		return // an article: nothing else can change that
	}
	for _, s := range sentences(b.text) {
		said := j.hear(s, b.head == 1)
		if said || b.head > 0 || b.aside || b.linked*2 > b.letters {
			continue
		}
		j.content += letters(s)
		told.WriteString(s + " ")
	}
}

// hear notes what kind of notice a sentence is, if it is one: a turn of speech that is most
// of it, outside quotation marks.
func (j *judge) hear(sentence string, titled bool) (is bool) {
	bare := quoted.ReplaceAllString(sentence, " ")
	s := strings.Trim(fold(bare), " -:")
	all := letters(s)
	if all == 0 && titled {
		all = 1 // "404"
	}
	if all == 0 || all > 400 {
		return false
	}
	for _, k := range kinds() {
		m := k.words.FindAllString(s, 8)
		if m == nil {
			continue
		}
		coverage := min(1, float64(max(1, letters(strings.Join(m, ""))))/float64(all))
		if coverage < own {
			continue
		}
		is = true
		was, known := j.notices[k.kind]
		if !known || titled && !was.titled || titled == was.titled && coverage > was.coverage {
			j.notices[k.kind] = notice{clipped(m[0]), titled || was.titled, coverage}
		}
	}
	return is
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80])
	}
	return s
}

// wall judges a kind by what the page says of itself: as its title, in few other words, or
// in a sentence among hardly any. most is how many letters of content such a wall may have
// beside its sentence.
func (j *judge) wall(kind string, most int) (Finding, bool) {
	n, ok := j.notices[kind]
	if !ok || j.content >= enough || j.expected() && j.content >= 60 {
		return Finding{}, false
	}
	if n.titled {
		most = max(most, enough*3/4)
	}
	if j.content >= most {
		return Finding{}, false
	}
	return Finding{kind, n.titled && j.content < 150 || n.coverage > 0.6 && j.content < 40, "«" + n.said + "»"}, true
}

func status(j *judge) (Finding, bool) {
	because := fmt.Sprintf("status %d", j.Status)
	switch {
	case j.Status == 404 || j.Status == 410:
		return Finding{Missing, true, because}, true
	case j.Status == 401 || j.Status == 407:
		return Finding{Login, true, because}, true
	case j.Status == 402:
		return Finding{Paywall, true, because}, true
	case j.Status == 451:
		return Finding{Blocked, true, because}, true
	case j.Status == 403 || j.Status == 429 || j.Status == 503:
		if _, ok := botCheck(j); ok {
			return Finding{BotCheck, true, because}, true
		}
		if j.Status == 503 {
			return Finding{Error, true, because}, true
		}
		return Finding{Blocked, true, because}, true
	case j.Status >= 400:
		return Finding{Error, true, because}, true
	}
	return Finding{}, false
}

func botCheck(j *judge) (Finding, bool) {
	f, ok := j.wall(BotCheck, 120)
	strong := strongMarks.FindString(j.markup)
	switch {
	case ok:
		mark := strong
		if mark == "" {
			mark = weakMarks.FindString(j.markup)
		}
		if mark != "" {
			f.Because += ", «" + clipped(mark) + "»"
			f.Certain = f.Certain || j.content < 150
		}
		return f, true
	case strong != "" && j.content < 80:
		return Finding{BotCheck, j.content < 20, "«" + clipped(strong) + "»"}, true
	}
	return Finding{}, false
}

func blocked(j *judge) (Finding, bool) { return j.wall(Blocked, 90) }

// led is a part of the address that was led to, and that was not asked for.
func (j *judge) led(parts ...string) string {
	at, asked := strings.ToLower(j.Final), strings.ToLower(j.Asked)
	for _, p := range parts {
		if at != "" && strings.Contains(at, p) && !strings.Contains(asked, p) {
			return p
		}
	}
	return ""
}

func login(j *judge) (Finding, bool) {
	if led := j.led("/login", "/signin", "/sign-in", "/sign_in", "/auth", "/accounts/login", "/checkpoint", "login.php", "act=login", "/log-in", "/vhid", "/sso/"); led != "" && j.content < enough {
		return Finding{Login, true, "led to " + led}, true
	}
	most := 60
	if j.password {
		most = 90
	}
	if f, ok := j.wall(Login, most); ok {
		f.Certain = f.Certain || j.password && j.content < 60
		return f, true
	}
	return Finding{}, false
}

// field: nothing but a way to sign in. A menu of a short page has such a field, too.
func field(j *judge) (Finding, bool) {
	if j.password && j.letters < 250 && j.content < 25 {
		return Finding{Login, false, "a field for a password, and little else"}, true
	}
	return Finding{}, false
}

func consent(j *judge) (Finding, bool) {
	if led := j.led("consent.", "/consent", "/gdpr", "cookiewall", "privacywall", "/age-check", "/agegate"); led != "" {
		return Finding{Consent, true, "led to " + led}, true
	}
	if j.content >= 200 { // a window over an article leaves the article
		return Finding{}, false
	}
	return j.wall(Consent, 60)
}

// paywall: the beginning of an article, and a notice that the rest is sold.
func paywall(j *judge) (Finding, bool) {
	n, ok := j.notices[Paywall]
	if !ok || j.content >= enough {
		return Finding{}, false
	}
	return Finding{Paywall, false, "«" + n.said + "»"}, true
}

func parked(j *judge) (Finding, bool) { return j.wall(Parked, 90) }

func missing(j *judge) (Finding, bool) { return j.wall(Missing, 60) }

func fault(j *judge) (Finding, bool) { return j.wall(Error, 60) }

func shell(j *judge) (Finding, bool) {
	size := fmt.Sprintf("%d letters, %d scripts", j.letters, j.scripts)
	if strings.Contains(j.markup, "tgme_page") && !strings.Contains(j.markup, "tgme_widget_message_text") && !strings.Contains(j.markup, "tgme_channel_history") {
		return Finding{Shell, true, "a page of Telegram's that shows no post"}, true
	}
	if j.widget && j.letters < 100 {
		return Finding{Shell, true, "a script would fetch the post"}, true
	}
	if len(j.HTML) == 0 || j.letters > 250 || j.content > 60 {
		return Finding{}, false
	}
	n, says := j.notices[Shell]
	switch {
	case says:
		return Finding{Shell, j.content < 20, "«" + n.said + "», " + size}, true
	case j.mount, j.loading && j.scripts > 0, j.refresh && j.letters < 80, j.scripts >= 3 && j.letters < 80 && j.images == 0:
		return Finding{Shell, j.letters < 80, size}, true
	}
	return Finding{}, false
}

var languagePath = regexp.MustCompile(`^[a-z]{2}(?:[-_][a-z]{2})?$`)
var numberedQuery = regexp.MustCompile(`(?:^|&)[a-z_]{1,12}=[0-9]+`)

// home: asked for something below the front page, and led to it.
func home(j *judge) (Finding, bool) {
	a, err1 := url.Parse(j.Asked)
	b, err2 := url.Parse(j.Final)
	if j.Final == "" || err1 != nil || err2 != nil {
		return Finding{}, false
	}
	front := func(u *url.URL) bool {
		p := strings.ToLower(strings.Trim(u.Path, "/"))
		return (p == "" || p == "index.html" || p == "index.php" || p == "home" || languagePath.MatchString(p)) && (!numberedQuery.MatchString(u.RawQuery) || strings.Contains(u.RawQuery, "utm_"))
	}
	if !front(a) && front(b) {
		return Finding{Home, true, "led to " + j.Final}, true
	}
	return Finding{}, false
}

// expected reports whether the promised words are in what the page tells.
func (j *judge) expected() bool {
	got, of := promised(j.Expect, j.told)
	return of > 2 && got*2 > of
}

// promised counts the longer words of a promise, and those of them that a text has, but for
// their endings.
func promised(promise, in string) (got, of int) {
	for w := range strings.FieldsFuncSeq(fold(promise), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		if letters(w) < 4 {
			continue
		}
		of++
		r := []rune(w)
		if strings.Contains(in, string(r[:max(4, len(r)-3)])) {
			got++
		}
	}
	return got, of
}

func other(j *judge) (Finding, bool) {
	var all strings.Builder
	all.WriteString(j.layout.title + " " + j.Text + " ")
	for _, b := range j.blocks {
		all.WriteString(b.text + " ")
	}
	got, of := promised(j.Expect, fold(all.String()))
	if of < 3 || got*3 > of {
		return Finding{}, false
	}
	return Finding{Other, got == 0 && of >= 4, fmt.Sprintf("of %d promised words %d are in it", of, got)}, true
}

func tiny(j *judge) (Finding, bool) {
	if j.letters >= 60 || j.letters >= 25 && len(j.markup) < 4096 || j.images > 2 && j.letters > 0 {
		return Finding{}, false
	}
	return Finding{Tiny, j.letters < 10 && j.images == 0, fmt.Sprintf("%d letters", j.letters)}, true
}
