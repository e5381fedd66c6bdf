package coding_test

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"svidok/coding"
	"svidok/evidence"
)

// anchored fails unless every statement opens at its exact words.
func anchored(t testing.TB, text string, res coding.Result) {
	t.Helper()
	known := map[string]bool{}
	for _, s := range res.Statements {
		switch {
		case s.Start < 0 || s.End > len(text) || s.Start >= s.End:
			t.Fatalf("%s: offsets %d:%d in %d bytes", s.Code, s.Start, s.End, len(text))
		case text[s.Start:s.End] != s.Quote:
			t.Fatalf("%s: quote %q is not text[%d:%d]", s.Code, s.Quote, s.Start, s.End)
		case utf8.ValidString(text) && (!utf8.RuneStart(text[s.Start]) || s.End < len(text) && !utf8.RuneStart(text[s.End])):
			t.Fatalf("%s: %d:%d cuts a character", s.Code, s.Start, s.End)
		case !s.Modality.Known() || s.Gate == evidence.GateBlocked || len(s.Because) < 2:
			t.Fatalf("%s: modality %q, gate %q, because %q", s.Code, s.Modality, s.Gate, s.Because)
		}
		key := evidence.StatementID(evidence.Sum(nil), s.Code, s.Start, s.End)
		if known[key] {
			t.Fatalf("%s at %d:%d stands twice", s.Code, s.Start, s.End)
		}
		known[key] = true
	}
	if res.Gate == evidence.GateBlocked && len(res.Statements) > 0 {
		t.Fatalf("blocked, and yet %d statements", len(res.Statements))
	}
}

func corpus(t testing.TB) []string {
	var texts []string
	for _, name := range []string{"sentences.tsv", "labelled.tsv", "heldout.tsv"} {
		for _, l := range readLabelled(t, name) {
			texts = append(texts, l.text)
		}
	}
	return texts
}

func TestQuotesAreExact(t *testing.T) {
	b := book(t)
	texts := corpus(t)
	for i := range texts {
		joined := strings.Join(texts[i:min(i+7, len(texts))], []string{" ", "\n", "\n\n", "; ", ", "}[i%5])
		anchored(t, joined, b.Code(coding.Input{Text: joined}))
	}
}

func TestCodeIsDeterministicAndConcurrent(t *testing.T) {
	b := book(t)
	text := strings.Join(corpus(t), "\n")
	want := b.Code(coding.Input{Text: text})
	if len(want.Statements) < 300 {
		t.Fatalf("only %d statements", len(want.Statements))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got := b.Code(coding.Input{Text: text})
			for _, c := range coding.Diff(want.Statements, got.Statements) {
				if c.Kind != coding.Kept {
					t.Errorf("%s: %+v", c.Kind, c)
				}
			}
		})
	}
	wg.Wait()
}

func TestOneStatementPerCodeAndSentence(t *testing.T) {
	text := "В оккупированном Донецке мужчин хватают на улицах, хватают на остановках и хватают на улицах снова."
	n := 0
	for _, s := range book(t).Code(coding.Input{Text: text}).Statements {
		if s.Code == "MTH.STREET_SEIZURE" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d statements of one code in one sentence", n)
	}
}

// The quote of a long sentence is the clause that bears the code, not all of it.
func TestQuoteOfALongSentence(t *testing.T) {
	filler := strings.Repeat("місцеві жителі розповідають про зруйновані будинки та перебої з електрикою, ", 9)
	text := "В окупованому Донецьку, " + filler + "чоловіків хапають просто на вулицях і везуть до військкомату, " + filler + "і так минає рік."
	res := book(t).Code(coding.Input{Text: text})
	anchored(t, text, res)
	if modalityOf(res, "MTH.STREET_SEIZURE") != evidence.Occurred {
		t.Fatalf("not found: %+v", res.Statements)
	}
	for _, s := range res.Statements {
		if s.Code == "MTH.STREET_SEIZURE" && (len(s.Quote) > 480 || !strings.Contains(s.Quote, "хапають просто на вулицях")) {
			t.Errorf("quote of %d bytes: %s", len(s.Quote), s.Quote)
		}
	}
}

func TestGates(t *testing.T) {
	b := ruled(t)
	for name, c := range map[string]struct {
		title, text string
		want        evidence.Gate
	}{
		"by place":             {"", "У Макіївці облава на чоловіків.", evidence.GateOpen},
		"by title":             {"Облави в окупованому Мелітополі", "Чоловіків забирають просто на вулиці.", evidence.GateOpen},
		"by first paragraph":   {"", "Новини з Бердянська.\n\nЧоловіків хапають на вулиці.", evidence.GateOpen},
		"by earlier paragraph": {"", "Доброго ранку.\n\nВісті з Алчевська.\n\nТам облава на чоловіків.", evidence.GateOpen},
		"own draft":            {"", "У Львові ТЦК вручав повістки на вулиці.", evidence.GateBlocked},
		"own draft and place":  {"", "Працівники ТЦК у Києві затримали чоловіка з Донецька на вулиці.", evidence.GateReview},
		"Russia":               {"", "В Новосибирске полиция провела облаву на мигрантов.", evidence.GateBlocked},
		"another occupation":   {"", "Israel drafted reservists for the occupied West Bank and seized men in the street.", evidence.GateBlocked},
		"another time":         {"", "В 1943 году в оккупированном Киеве нацисты хватали мужчин на улицах.", evidence.GateBlocked},
		"nowhere":              {"", "Чоловіків хапають на вулицях.", evidence.GateBlocked},
		"empty":                {"", "", evidence.GateBlocked},
	} {
		res := b.Code(coding.Input{Title: c.title, Text: c.text})
		anchored(t, c.text, res)
		if res.Gate != c.want {
			t.Errorf("%s: %s, want %s; %+v", name, res.Gate, c.want, res.Statements)
		}
		if c.want == evidence.GateOpen && len(res.Statements) == 0 {
			t.Errorf("%s: no statement", name)
		}
	}
}

// A sentence of another draft gives nothing even in a report that is otherwise open.
func TestBlockedSentenceGivesNothing(t *testing.T) {
	text := "В окупованому Токмаку облава на чоловіків.\n\nУ Львові ТЦК вручав повістки на вулиці."
	res := ruled(t).Code(coding.Input{Text: text})
	if res.Gate != evidence.GateReview {
		t.Errorf("gate %s, want review", res.Gate)
	}
	for _, s := range res.Statements {
		if strings.Contains(s.Quote, "Львов") {
			t.Errorf("%s of %q", s.Code, s.Quote)
		}
	}
}

// A robbery in an occupied town is told in the same words; a long text must say
// somewhere near that it is about conscription.
func TestLongTextNeedsTheSubject(t *testing.T) {
	b := ruled(t)
	robbery := "Новини Донецька.\n\nУ середу йшов дощ.\n\nЗранку ринок не працював.\n\nУдень полагодили дорогу.\n\nУвечері невідомі схопили чоловіка на вулиці.\n\nУ нього відібрали телефон."
	if res := b.Code(coding.Input{Text: robbery}); len(res.Statements) > 0 {
		t.Errorf("%+v", res.Statements)
	}
	drafted := strings.Replace(robbery, "полагодили дорогу", "військкомат роздавав повістки", 1)
	if res := b.Code(coding.Input{Text: drafted}); modalityOf(res, "MTH.STREET_SEIZURE") != evidence.Occurred {
		t.Errorf("%+v", res.Statements)
	}
}

func TestBecauseExplains(t *testing.T) {
	res := book(t).Code(coding.Input{Text: "Окупанти планують провести облаву в Мелітополі."})
	for _, s := range res.Statements {
		all := strings.Join(s.Because, "\n")
		for _, word := range []string{"облаву", "планують", "Мелітополі", "Окупанти"} {
			if !strings.Contains(all, word) {
				t.Errorf("%s: %q does not name %q", s.Code, all, word)
			}
		}
	}
	if len(res.Statements) == 0 {
		t.Error("no statement")
	}
}

// Who says so does not turn a plan, a denial or a rumour into an event.
func TestQuotedSpeechKeepsItsModality(t *testing.T) {
	b := ruled(t)
	for text, want := range map[string]evidence.Modality{
		"He said a round-up will take place in Donetsk.":                                   evidence.Planned,
		"The mayor of Melitopol said reports of round-ups were false.":                     evidence.Denied,
		"За словами мешканців, у Мелітополі планують провести облаву.":                     evidence.Planned,
		"Мэр Мелитополя заявил, что сообщения об облавах — ложь.":                          evidence.Denied,
		"According to residents, a round-up allegedly took place in Donetsk.":              evidence.Hedged,
		"Жителька Токмака розповіла, що якщо чоловіки не прийдуть, почнуться облави.":      evidence.Conditional,
		"Жителька Токмака розповіла, що вчора була облава.":                                evidence.Occurred,
		"Житель Токмака рассказал, что военком пригрозил облавами, если никто не придет.":  evidence.Threatened,
		"Мешканці Токмака повідомили, що минулого тижня облава була, а наступної не буде.": evidence.Occurred,
	} {
		if got := modalityOf(b.Code(coding.Input{Text: text}), "MTH.ROUNDUP"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What people did again and again under a condition has happened; what they would do has not.
func TestConditions(t *testing.T) {
	b := book(t)
	for text, want := range map[string]evidence.Modality{
		"In occupied Donetsk men were severely beaten if they refused the draft.":         evidence.Occurred,
		"In occupied Donetsk men would be severely beaten if they refused the draft.":     evidence.Conditional,
		"If men refuse the draft in occupied Donetsk, they are severely beaten.":          evidence.Conditional,
		"В Донецке мужчин жестоко избивали за отказ от контракта, если те молчали.":       evidence.Occurred,
		"В Донецке его жестоко избили бы за отказ от контракта, если бы не родственники.": evidence.Conditional,
	} {
		if got := modalityOf(b.Code(coding.Input{Text: text}), "COE.BEATING"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// The work grows with the text, not faster, whatever the text is.
func TestLinearOnHostileText(t *testing.T) {
	b := book(t)
	for name, piece := range map[string]string{
		"no full stop":    "в окупованому Донецьку чоловіків хапають на вулицях і вручають повістки без медогляду ",
		"one word":        "повістка ",
		"trigger flood":   "men street taken summons draft Donetsk mobilised #1 ",
		"mixed alphabets": "Dонецк окупoваний мoбілізація xапають ",
		"no space":        "мобілізація",
		"numbers":         "100 000 ",
		"commas":          "Донецк, облава, не, планують, ",
	} {
		took := func(n int) time.Duration {
			text := strings.Repeat(piece, n/len(piece))
			best := time.Hour
			for range 3 { // the machine may be busy with other things
				begin := time.Now()
				res := b.Code(coding.Input{Text: text})
				best = min(best, time.Since(begin))
				anchored(t, text, res)
			}
			return best
		}
		small, large := took(1<<17), took(1<<19)
		if large > 12*small+100*time.Millisecond {
			t.Errorf("%s: 128 KiB took %v, 512 KiB %v", name, small, large)
		}
	}
}

func FuzzCode(f *testing.F) {
	b := book(f)
	for i, text := range corpus(f) {
		if i%11 == 0 {
			f.Add("", text)
		}
	}
	f.Add("Донецьк", "\xff\xfe чоловіків\x00 хапають на вулицях\u0301; \n\n\r ТЦК — «облава»")
	f.Fuzz(func(t *testing.T, title, text string) {
		anchored(t, text, b.Code(coding.Input{Title: title, Text: text}))
	})
}

func post(i int, texts []string) string {
	var b strings.Builder
	for k := 0; len(strings.Fields(b.String())) < 70; k++ {
		b.WriteString(texts[(i*13+k*7)%len(texts)])
		b.WriteString(" ")
		b.WriteString("Про це повідомили місцеві жителі, які попросили не називати імен. ")
	}
	return b.String()
}

// BenchmarkCode codes synthetic posts of 70 to 90 words, every one of which speaks of
// occupied territory and of conscription.
func BenchmarkCode(b *testing.B) {
	cb := book(b)
	texts := corpus(b)
	posts := make([]string, 200)
	size := 0
	for i := range posts {
		posts[i] = post(i, texts)
		size += len(posts[i])
	}
	b.SetBytes(int64(size / len(posts)))
	b.ReportAllocs()
	n := 0
	for i := 0; b.Loop(); i++ {
		n += len(cb.Code(coding.Input{Text: posts[i%len(posts)]}).Statements)
	}
	b.ReportMetric(float64(n)/float64(b.N), "statements/op")
}

func BenchmarkCompile(b *testing.B) {
	src := coding.Builtin()
	for b.Loop() {
		if cb, problems := coding.Compile(src); cb == nil {
			b.Fatal(problems)
		}
	}
}
