package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// families are the keys that the pages put together from a value.
func families() map[string][]string {
	strs := func(kinds ...evidence.Kind) (out []string) {
		for _, k := range kinds {
			out = append(out, string(k))
		}
		return out
	}
	standings := []string{"suggested", "coded", "rejected", "confirmed", "returned", "replaced", "withdrawn"}
	var faultKeys []string
	for _, f := range faults() {
		faultKeys = append(faultKeys, f.key)
	}
	faultKeys = append(faultKeys, "ours")
	acts := []string{"accept", "reject", "correct", "add", "confirm", "return"}
	return map[string][]string{
		"modality.": modalities(), "modality.means.": modalities(), "standing.": standings, "event-standing.": {"coded", "confirmed", "returned", "withdrawn"},
		"gate.":     {string(evidence.GateOpen), string(evidence.GateReview), string(evidence.GateBlocked)},
		"language.": {"uk", "ru", "en", "other", "und"}, "tongue.": languages(), "tongue.short.": languages(),
		"role.": {"coder", "reviewer", "admin"}, "act.": acts, "judged.": acts, "error.": faultKeys, "hint.": faultKeys, "reason.": readyReasons(), "precision.": precisions(),
		"sensitivity.": {"open", "restricted", "closed"}, "receipt.": {string(archive.Preserved), string(archive.Known), string(archive.StatusFailed)},
		"held.": {"yes", "no", "partly", "unknown"}, "place.": {"oblast", "raion", "hromada", "district"}, "operator.": {"at_least", "more_than", "about", "up_to"},
		"origin.":  {"witness", "residents", "relatives", "captives", "anonymous", "occupation", "activists", "official", "person", "social", "unnamed-channel", "unnamed-outlet", "document", "own"},
		"counted.": {"conscripted", "mobilised", "summonses", "planned", "quota", "detained", "killed", "wounded", "captured", "missing", "cases", "share", "contracts", "other"},
		"part.":    {"report", "container", "attachment"}, "door.": {"file", "stdin", "telegram", "warc", "web", "feed", "telegram-preview", "archive", "mail"}, "relation.": {"identical", "near", "contained", "contains"},
		"work.": {string(catalog.Waiting), string(catalog.Read), string(catalog.Coded), string(catalog.Failed)},
		"kind.": strs(evidence.KindCase, evidence.KindAccount, evidence.KindCodebook, evidence.KindCapture, evidence.KindText, evidence.KindCoding, evidence.KindCopy,
			evidence.KindDecision, evidence.KindEvent, evidence.KindRelease, evidence.KindExtent, evidence.KindSource, evidence.KindVisit, evidence.KindTaking, evidence.KindSearch, evidence.KindStamp,
			evidence.KindCosigned, evidence.KindCustody, evidence.KindSettings, evidence.KindForm),
		"source.": {"feed", "sitemap", "page", "list", "telegram", "folder"}, "take.": {"listing", "page", "seen"}, "grade.": {"A", "B", "C", "D", "E", "F"},
		"outcome.":  {"new", "same", "part", "failed", "refused", "closed"},
		"hollow.":   {"login", "consent", "paywall", "bot-check", "blocked", "missing", "error", "shell", "parked", "home", "other", "tiny"},
		"happened.": {"viewed", "copied", "checked", "healed", "exported", "transferred", "acknowledged", "accepted", "sealed", "disposed", "compared"},
		"count.":    {"captures", "texts", "findings", "checks", "failed", "first", "second", "damaged", "records", "statements", "extents", "bytes"}, "form-name.": {"plan", "risk", "landscape", "assessment", "verified"},
		"likeness.": {"same-bytes", "same-text", "differs", "contradicts", "unlike"},
	}
}

func allMessages(t *testing.T) map[string]*language {
	t.Helper()
	out := map[string]*language{}
	for _, code := range languages() {
		l, err := readLanguage(code)
		if err != nil {
			t.Fatal(err)
		}
		out[code] = l
	}
	return out
}

// Every key exists in all three languages, with the same arguments and every plural form.
func TestMessagesAreTheSameInAllLanguages(t *testing.T) {
	all := allMessages(t)
	hole := regexp.MustCompile(`\{[0-9n]\}`)
	holes := func(s string) []string {
		h := hole.FindAllString(s, -1)
		slices.Sort(h)
		return h
	}
	forms := map[string][]string{"uk": {"one", "few", "many"}, "ru": {"one", "few", "many"}, "en": {"one", "many"}}
	en := all["en"]
	for code, l := range all {
		if len(l.words) != len(en.words) || len(l.plurals) != len(en.plurals) {
			t.Errorf("%s has %d+%d messages, en has %d+%d", code, len(l.words), len(l.plurals), len(en.words), len(en.plurals))
		}
		for key, want := range en.words {
			if got := l.words[key]; got == "" {
				t.Errorf("%s lacks %q", code, key)
			} else if !slices.Equal(holes(got), holes(want)) {
				t.Errorf("%s %q takes other arguments: %q", code, key, got)
			}
		}
		for key := range en.plurals {
			for _, form := range forms[code] {
				if s := l.plurals[key][form]; !strings.Contains(s, "{n}") {
					t.Errorf("%s %q has no form %q with a number: %q", code, key, form, s)
				}
			}
			if len(l.plurals[key]) != len(forms[code]) {
				t.Errorf("%s %q has %d forms, want %d", code, key, len(l.plurals[key]), len(forms[code]))
			}
		}
	}
}

// No key is used that is not there, and none is there that is not used.
func TestMessagesAreUsed(t *testing.T) {
	en := allMessages(t)["en"]
	used := map[string]bool{}
	for prefix, values := range families() {
		for _, v := range values {
			used[prefix+v] = true
		}
	}
	inTemplate := regexp.MustCompile(`\b[tn] "([a-z0-9.-]+)"`)
	inGo := regexp.MustCompile(`"([a-z0-9.-]+)"`)
	called := regexp.MustCompile(`\.[tn]\("([a-z0-9.-]+)"[,)]`)
	for _, glob := range []string{"templates/*.html", "*.go"} {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", glob, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sure, maybe := inTemplate, inTemplate
			if strings.HasSuffix(f, ".go") {
				sure, maybe = called, inGo
			}
			for _, m := range sure.FindAllStringSubmatch(string(b), -1) {
				if !en.has(m[1]) && en.plurals[m[1]] == nil {
					t.Errorf("%s uses %q, which no language has", f, m[1])
				}
			}
			for _, m := range maybe.FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
			}
		}
	}
	for key := range en.words {
		if !used[key] {
			t.Errorf("%q is used nowhere", key)
		}
	}
	for key := range en.plurals {
		if !used[key] {
			t.Errorf("%q is used nowhere", key)
		}
	}
	for key := range used {
		for prefix, values := range families() {
			if rest, ok := strings.CutPrefix(key, prefix); ok && slices.Contains(values, rest) && !en.has(key) && en.plurals[key] == nil {
				t.Errorf("%q is made by a page, and no language has it", key)
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	all := allMessages(t)
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"uk", 0, "0 тверджень"}, {"uk", 1, "1 твердження"}, {"uk", 2, "2 твердження"}, {"uk", 4, "4 твердження"}, {"uk", 5, "5 тверджень"}, {"uk", 11, "11 тверджень"},
		{"uk", 12, "12 тверджень"}, {"uk", 14, "14 тверджень"}, {"uk", 21, "21 твердження"}, {"uk", 22, "22 твердження"}, {"uk", 25, "25 тверджень"}, {"uk", 111, "111 тверджень"}, {"uk", 112, "112 тверджень"},
		{"ru", 1, "1 утверждение"}, {"ru", 2, "2 утверждения"}, {"ru", 5, "5 утверждений"}, {"ru", 11, "11 утверждений"}, {"ru", 21, "21 утверждение"}, {"ru", 104, "104 утверждения"}, {"ru", 114, "114 утверждений"},
		{"en", 0, "0 statements"}, {"en", 1, "1 statement"}, {"en", 2, "2 statements"}, {"en", 21, "21 statements"},
	} {
		if got := all[c.lang].n("event.statements", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	all := allMessages(t)
	at := time.Date(2025, 10, 6, 6, 10, 0, 0, time.UTC)
	for _, c := range []struct{ lang, got, want string }{
		{"uk", all["uk"].number(1234567), "1\u202f234\u202f567"}, {"uk", all["uk"].number(1234), "1234"}, {"en", all["en"].number(1234), "1,234"}, {"ru", all["ru"].number(-12345), "−12\u202f345"},
		{"uk", all["uk"].percent(.9999), "99\u00a0%"}, {"en", all["en"].percent(1), "100%"}, {"uk", all["uk"].size(4213), "4,2\u00a0КБ"}, {"en", all["en"].size(999), "999\u00a0B"}, {"en", all["en"].size(2 << 30), "2.1\u00a0GB"},
		{"uk", all["uk"].figure(100000), "100\u202f000"}, {"ru", all["ru"].figure(7.5), "7,5"},
		{"uk", all["uk"].when(at), "6\u00a0жовтня 2025, 06:10\u00a0UTC"}, {"en", all["en"].when(at), "6\u00a0October 2025, 06:10\u00a0UTC"}, {"ru", all["ru"].when(time.Time{}), "дата неизвестна"},
		{"uk", all["uk"].span("2025-10-06T09:10:00+03:00", "", "minute"), "6\u00a0жовтня 2025, 09:10\u00a0+03:00"},
		{"uk", all["uk"].span("2025-10-01", "2025-10-31", "month"), "жовтень 2025"}, {"ru", all["ru"].span("2025-09-01", "2025-11-30", "season"), "1\u00a0сентября 2025 – 30\u00a0ноября 2025"},
		{"en", all["en"].span("2025-01-01", "2025-12-31", "year"), "2025"}, {"en", all["en"].span("2025-10-06", "2025-10-07", "day"), "6\u00a0October 2025 – 7\u00a0October 2025"},
		{"en", all["en"].span("", "", ""), "date unknown"}, {"uk", all["uk"].span("", "2025-10-07", "day"), "до 7\u00a0жовтня 2025"}, {"en", all["en"].span("sometime", "", ""), "sometime"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, c.got, c.want)
		}
	}
}

func TestLanguageOfTheVisitor(t *testing.T) {
	for _, c := range []struct{ cookie, header, want string }{
		{"", "", "en"}, {"", "uk-UA,uk;q=0.9,en;q=0.8", "uk"}, {"", "de,fr;q=0.9", "en"}, {"", "en;q=0.3, ru-RU;q=0.7", "ru"}, {"", "uk;q=0", "en"},
		{"", "uk;q=nan, ru;q=2", "en"}, {"ru", "uk", "ru"}, {"xx", "uk", "uk"}, {"", strings.Repeat("de,", 1000) + "uk", "en"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", c.header)
		if c.cookie != "" {
			r.Header.Set("Cookie", languageCookie+"="+c.cookie)
		}
		if got := chosenLanguage(r); got != c.want {
			t.Errorf("cookie %q, header %.40q: %q, want %q", c.cookie, c.header, got, c.want)
		}
	}
}
