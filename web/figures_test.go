package web_test

import (
	"strings"
	"testing"

	"svidok/web"
)

// Synthetic reports: nothing in them happened.
const (
	wholeText = "У листопаді 2023 року в окупованій Горлівці окупанти примусово мобілізували 3000 чоловіків, з них 85 загинули, 40 забрали на заводі, повідомило ГУР. " +
		"За чутками, у Горлівці в листопаді 2023 року мобілізували від 200 до 300 студентів.\n"
	otherText = "The Ukrainian military intelligence directorate reported that occupation authorities in Horlivka forcibly mobilised 7000 men in November 2023.\n"
)

// A part and its whole in one text contradict nothing; rumours, ranges, bodies and reports
// without a title are named so that a reader knows what they are.
func TestFiguresSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "whole.txt", wholeText)
	s := serve(t, web.Config{Archive: a, Tool: "svidok/test"})
	olena := signedIn(t, s, "olena")
	page := olena.get("/figures").body
	for _, want := range []string{"200–300", "Main Directorate of Intelligence (HUR)", "only rumoured or possible", "У листопаді 2023 року в окупованій Горлівці окупанти примусово …"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, no := range []string{"untitled", `class="conflict"`} {
		if strings.Contains(page, no) {
			t.Errorf("the page says %q", no)
		}
	}
	if n := strings.Count(page, "only rumoured"); n != 1 {
		t.Errorf("%d numbers are marked as rumours, want the one", n)
	}
	receive(t, a, "other.txt", otherText)
	page = olena.get("/figures").body
	if n := strings.Count(page, `<tr class="conflict">`); n != 2 {
		t.Errorf("%d rows contradict each other, want 3000 and 7000 of one thing, and not the 40 among the 3000", n)
	}
	if list := olena.get("/reports").body; !strings.Contains(list, "<span>whole.txt</span>") || !strings.Contains(page, "whole.txt</span>") {
		t.Error("a report without an outlet does not say which file it came in")
	}
}
