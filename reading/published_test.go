package reading_test

import (
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/reading"
)

func TestPublishedDateOfTheText(t *testing.T) {
	body := "\n\nУ Мелітополі 3 травня 2023 року забрали двох чоловіків.\nЇхні родини мовчать.\n\nКажуть, що буде гірше."
	for text, want := range map[string]string{
		"5 травня 2023, 14:30" + body:                               "2023-05-05",
		"П’ятниця, 5 травня 2023 р., 14:30" + body:                  "2023-05-05",
		"Забрали двох\n05.05.2023 14:30" + body:                     "2023-05-05",
		body + "\n\nОпубліковано 6 травня 2023 року":                "2023-05-06",
		"Дата публікації: 2023-05-06" + body:                        "2023-05-06",
		"Опубликовано: 6 мая 2023 г. в 09:15" + body:                "2023-05-06",
		"Published: 12 May 2024\n\nMen were taken.":                 "2024-05-12",
		"Posted on May 12, 2024 at 5:30 pm\nMen were taken.":        "2024-05-12",
		"Men were taken.\n\nSunday, May 12th, 2024":                 "2024-05-12",
		"5 травня 2023\nОпубліковано: 7 травня 2023" + body:         "2023-05-07",
		"Забрали двох\n05.05.2023" + body + "\n06.05.2023":          "", // which of them?
		"Оновлено: 7 травня 2023" + body:                            "",
		"5 травня" + body:                                           "",
		"5 травня 2023 року забрали сусіда" + body:                  "",
		"5 травня 2023":                                             "",
		"31.02.2023" + body:                                         "",
		"Телефон 12 05 2024 00" + body:                              "",
		body:                                                        "",
		"Наказ від 5 травня 2023" + body:                            "",
		"5 травня 2023 " + strings.Repeat("14:30 ", 40) + "" + body: "",
	} {
		r, err := reading.Read([]byte(text), "text/plain", evidence.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Published.From != want || r.Published.To != want || want != "" && (r.Published.Source != "text" || r.Published.Precision != "day" || r.Published.Raw == "") {
			t.Errorf("%.60q: %+v, want %q", text, r.Published, want)
		}
	}
	r, _ := reading.Read([]byte("5 травня 2023"+body), "text/plain", evidence.Claims{Published: "2023-05-09T10:00:00Z"})
	if r.Published.Source == "text" {
		t.Errorf("what came with the bytes gives way to the text: %+v", r.Published)
	}
	page := "<html><body><article><p>Опубліковано: 6 травня 2023</p><p>" + strings.Repeat("У Мелітополі забрали двох чоловіків просто з ринку. ", 20) + "</p></article></body></html>"
	if r, _ = reading.Read([]byte(page), "text/html", evidence.Claims{}); r.Published.From != "2023-05-06" || r.Published.Source != "text" {
		t.Errorf("a page without a date in its markup: %+v", r.Published)
	}
}
