//go:build browser

package web_test

import (
	"os"
	"testing"

	"svidok/archive"
	"svidok/evidence"
	"svidok/web"
)

// What happens to a report after it came: forms, a look at the original, a hand-over.
func TestBrowserCustody(t *testing.T) {
	b := newBrowser(t)
	for _, lang := range []string{"uk", "en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			a, _ := newCase(t)
			receive(t, a, "water.html", waterHTML)
			s := serve(t, web.Config{Archive: a})
			b.run(t, "custody.mjs", map[string]string{"base": s.URL, "lang": lang, "password": password})
		})
	}
	t.Run("axe", func(t *testing.T) {
		a, p := newCase(t)
		receive(t, a, "water.html", waterHTML)
		keep := a.Keeping()
		d, err := a.Catalog().Report(t.Context(), 1)
		if err == nil {
			err = keep.Set(t.Context(), p["ada"], evidence.Settings{Viewing: true}, nil)
		}
		if err == nil {
			err = keep.View(t.Context(), p["olena"], d.Capture, "Звірити одне слово (зразок).")
		}
		if err == nil {
			err = keep.FillIn(t.Context(), p["olena"], evidence.FormVerified, []evidence.Hash{d.Capture}, []evidence.Field{{Name: "source", Text: "Сусідка (зразок)."}})
		}
		if err == nil {
			_, err = keep.Transfer(t.Context(), p["taras"], archive.Handing{To: "Офіс прокурора (зразок)"})
		}
		if err == nil {
			err = keep.Dispose(t.Context(), p["ada"], "старий диск (зразок)", "Диск замінено.")
		}
		if err != nil {
			t.Fatal(err)
		}
		s := serve(t, web.Config{Archive: a})
		b.run(t, "axe.mjs", map[string]any{"base": s.URL, "password": password, "pictures": os.Getenv("SVIDOK_PICTURES"),
			"pages": []string{"/reports/1/original", "/reports/1/versions", "/reports/1/custody", "/custody", "/standards"}})
	})
}
