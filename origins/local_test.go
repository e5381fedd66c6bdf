package origins_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"svidok/origins"
	"svidok/words"
)

// named returns the names of the roots of a text, and "(ID)" for each relay.
func named(text string) string {
	var c words.Cut
	c.Read(text)
	var out []string
	for _, m := range origins.Find(nil, &c, origins.Document{}) {
		if m.Role == origins.Relay {
			out = append(out, "("+m.ID+")")
		} else {
			out = append(out, m.Name)
		}
	}
	return strings.Join(out, "; ")
}

// A local body bears its own name, in the nominative, whatever its case in the text.
func TestLocalBodies(t *testing.T) {
	for text, want := range map[string]string{
		"За даними Токмацької міської ради, вивезли 40 чоловіків.":             "Токмацька міська рада",
		"У Токмацькій міській раді уточнили список.":                           "Токмацька міська рада",
		"Про це повідомив начальник Василівської РВА.":                         "Василівська районна військова адміністрація",
		"Як розповіли у Старобільському краєзнавчому музеї, забрали двох.":     "Старобільський краєзнавчий музей",
		"В Токмакской городской военной администрации сообщили о повестках.":   "Токмакская городская военная администрация",
		"В Ясиноватской центральной районной больнице рассказали о раненых.":   "Ясиноватская центральная районная больница",
		"Сообщил врио главы Алешковской администрации.":                        "Алешковская администрация",
		"The Tokmak City Council said 40 men were taken.":                      "Tokmak City Council",
		"According to the Oslo Border Institute, nine in ten hold the paper.":  "Oslo Border Institute",
		"Токмацька міська рада переїхала до Запоріжжя.":                        "",
		"The Tokmak City Council moved out in March.":                          "",
		"The prosecutor's office of Luhansk oblast said six men were charged.": "Luhansk Regional Prosecutor's Office",
	} {
		if got := named(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// An office that is only so called is the occupier's, whatever office it bears the name of.
func TestSoCalledOffices(t *testing.T) {
	for text, want := range map[string]string{
		"Так званий уповноважений з прав людини запевнив, що скарг немає.":          "occupation authorities",
		"Так называемый омбудсмен заявил, что жалоб нет.":                           "occupation authorities",
		"The self-proclaimed human rights commissioner said there were no appeals.": "occupation authorities",
		"Підконтрольна росіянам адміністрація заявила, що призову не буде.":         "occupation authorities",
		"Уповноважений з прав людини заявив, що скарги є.":                          "Verkhovna Rada Commissioner for Human Rights",
		"Уполномоченный Верховной Рады по правам человека сообщил о жалобах.":       "Verkhovna Rada Commissioner for Human Rights",
		"Ukraine's ombudsman said there were complaints.":                           "Verkhovna Rada Commissioner for Human Rights",
	} {
		if got := named(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Between the speaker and the verb may stand what they went through; who does not answer
// says nothing.
func TestSpeakersWithAClause(t *testing.T) {
	for text, want := range map[string]string{
		"A teacher who fled Nova Kakhovka told the BBC that pupils were registered.":   "private person; (bbc)",
		"Учительница, которая выехала из Токмака, рассказала «Медузе» об учете.":       "private person; (meduza)",
		"Кранівник, якого забрали в лютому, розповів Суспільному про вишкіл.":          "private person; (suspilne)",
		"Human rights groups say that 300 men were drafted.":                           "rights defenders or activists",
		"Комендатура на запит не відповіла.":                                           "",
		"Оккупационный комиссариат на запрос не ответил.":                              "",
		"A pensioner who keeps the register pointed out the doors to men with rifles.": "",
		"The mission pointed out that the men had been sent without training.":         "official or expert without a body",
		"Начальник міста закликав мешканців не публікувати світлин.":                   "",
	} {
		got := strings.Split(named(text), "; ")
		for _, w := range strings.Split(want, "; ") {
			if !strings.Contains("; "+strings.Join(got, "; ")+";", "; "+w+";") || len(got) != len(strings.Split(want, "; ")) {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
}

// What nobody says: people who are told, things that are promised, names, orders, fingers.
func TestNobodySays(t *testing.T) {
	for _, text := range []string{
		"Водієві мікроавтобуса сказали здати паспорт.",
		"Мешканцеві Приморська вже сказали: або піхота, або ґрати.",
		"Копає рови, каже, мозолі до крові.",
		"Связь в трех кварталах обещают вернуть к пятнице.",
		"Невзяття громадянства вважають підставою для висилки.",
		"Им дали автоматы, а каски обещали потом, иначе обещали сократить.",
		"A man called Student was put in the pit.",
		"The commander who wrote to his parents spelled the name wrong.",
		"Nobody called us for a month.",
		"Seven more interviews concern torture over alleged spying and are not counted.",
		"Those who ask too often are threatened by officers.",
		"The republic's head issued a deferral for students.",
	} {
		if got := named(text); got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
	for text, want := range map[string]string{
		"The head of the council issued a statement on the draft.":           "official or expert without a body",
		"The army ground command said most claims were propaganda.":          "official or expert without a body",
		"Командування корпусу запевнило, що збори тривають.":                 "official or expert without a body",
		"Военные уверяют, что на штурм никого не пошлют.":                    "official or expert without a body",
		"Окупанти заперечують облави. Центр спротиву повідомив про списки.":  "occupation authorities; National Resistance Center",
		"The so-called head of the district denied it. The mission said no.": "occupation authorities; official or expert without a body",
	} {
		if got := named(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// The name that pages show is that of the office or body, with its capital, and never the
// surname of who holds it or an abbreviation in small letters.
func TestCanonicalNames(t *testing.T) {
	for _, b := range origins.Register() {
		for _, language := range []string{"uk", "ru", "en"} {
			name := b.NameIn(language)
			first, _ := utf8.DecodeRuneInString(name)
			if b.Kind != "outlet" && !unicode.IsUpper(first) && !unicode.IsDigit(first) {
				t.Errorf("%s in %s: %q", b.ID, language, name)
			}
			if b.Kind == "office" && !strings.Contains(name, " ") && name != "Ombudsman" {
				t.Errorf("%s in %s: an office of one word: %q", b.ID, language, name)
			}
		}
	}
	var c words.Cut
	c.Read("Про це заявив ватажок ДНР. За даними Токмацької міської ради, вивезли 40 чоловіків.")
	for i, m := range origins.Find(nil, &c, origins.Document{}) {
		want := [...][3]string{{"Ватажок так званої ДНР", "Глава так называемой ДНР", "Head of the so-called DPR"}, {"Токмацька міська рада", "Токмацька міська рада", "Токмацька міська рада"}}[i]
		if got := [3]string{m.NameIn("uk"), m.NameIn("ru"), m.NameIn("en")}; got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
