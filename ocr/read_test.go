//go:build browser

package ocr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"svidok/browser"
	"svidok/evidence"
	"svidok/ocr"
)

func texts() map[string]string {
	return map[string]string{
		"uk": `Оголошення для мешканців селища Зразкове. Згідно з розпорядженням № 47 від 3 березня 2023 року чоловіки віком від 18 до 55 років зобов'язані з'явитися до військового комісаріату за адресою: вулиця Садова, 12, кабінет 6. При собі мати паспорт і медичну довідку. За словами мешканців, повістки отримали щонайменше 260 осіб, з них 38 студентів. Ґанок школи щодня охороняють озброєні люди; їх було восьмеро. Тих, хто не з'явився, обіцяють шукати вдома.`,
		"ru": `Объявление для жителей посёлка Образцовое. Согласно распоряжению № 47 от 3 марта 2023 года мужчины в возрасте от 18 до 55 лет обязаны явиться в военный комиссариат по адресу: улица Садовая, 12, кабинет 6. При себе иметь паспорт и медицинскую справку. По словам жителей, повестки получили не менее 260 человек, из них 38 студентов. Подъезд школы ежедневно охраняют вооружённые люди; их было восемь. Тех, кто не явился, обещают искать дома.`,
		"en": `Notice to the residents of Sample settlement. Under order No. 47 of 3 March 2023 men aged 18 to 55 are obliged to report to the military office at 12 Sadova Street, room 6. They must bring a passport and a medical certificate. Residents say that at least 260 people received summonses, among them 38 students. The entrance of the school is guarded every day by armed people; there were eight of them. Those who did not come will be searched for at home.`,
	}
}

// drawn is a page with a text, as a browser draws it.
func drawn(t *testing.T, text, style string) (image.Image, browser.Seen) {
	t.Helper()
	b, err := browser.Find(t.Context(), browser.Options{Now: time.Now, Width: 1240})
	if err != nil {
		t.Fatal(err)
	}
	html := fmt.Sprintf(`<!DOCTYPE html><meta charset="utf-8"><body style="background:white;margin:90px;line-height:1.4;%s"><p>%s</p>`, style, text)
	s, err := b.Show(t.Context(), "http://page.example/", func(a string) (browser.Answer, bool) {
		return browser.Answer{MediaType: "text/html; charset=utf-8", Body: []byte(html)}, a == "http://page.example/"
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(s.Screenshot))
	if err != nil {
		t.Fatal(err)
	}
	return img, s
}

// scanned is a picture as a poor scanner would have made it: askew, pale, noisy, compressed.
func scanned(img image.Image, degrees, noise float64) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := img.Bounds()
	out := image.NewGray(b)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	at := func(x, y int) float64 {
		if !image.Pt(x, y).In(b) {
			return 255
		}
		return float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			dx, dy := float64(x)-cx, float64(y)-cy
			fx, fy := cx+dx*cos+dy*sin, cy-dx*sin+dy*cos
			x0, y0 := int(math.Floor(fx)), int(math.Floor(fy))
			u, v := fx-float64(x0), fy-float64(y0)
			p := (at(x0, y0)*(1-u)+at(x0+1, y0)*u)*(1-v) + (at(x0, y0+1)*(1-u)+at(x0+1, y0+1)*u)*v
			p = 40 + p*0.75 + r.NormFloat64()*noise
			if r.Float64() < 0.002 {
				p = 255 * float64(r.IntN(2))
			}
			out.SetGray(x, y, color.Gray{Y: uint8(min(max(p, 0), 255))})
		}
	}
	var buf bytes.Buffer
	_ = jpeg.Encode(&buf, out, &jpeg.Options{Quality: 60}) // into memory
	return buf.Bytes()
}

func encoded(img image.Image) []byte {
	var buf bytes.Buffer
	_ = png.Encode(&buf, img) // into memory
	return buf.Bytes()
}

// errorRate is the edit distance of letters, by the letters that there are.
func errorRate(want, got string) float64 {
	a, b := []rune(plain(want)), []rune(plain(got))
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		last := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, last+cost)
		}
	}
	return float64(row[len(b)]) / float64(len(a))
}

func plain(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("’", "'", "ʼ", "'", "‘", "'").Replace(s)), " ")
}

func program(t *testing.T) ocr.Program {
	t.Helper()
	p, err := ocr.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(p.Languages, "+") != "ukr+rus+eng" || len(p.Lacks) > 0 {
		t.Fatalf("%+v", p)
	}
	return p
}

// Pages are read about as well as their quality allows; how well is measured, and printed.
func TestRead(t *testing.T) {
	p := program(t)
	t.Setenv("TMPDIR", t.TempDir())
	for name, text := range texts() {
		img, seen := drawn(t, text, "font:32px 'DejaVu Serif'")
		small, _ := drawn(t, text, "font:14px 'DejaVu Sans'")
		for _, c := range []struct {
			how  string
			raw  []byte
			most float64
		}{
			{"clean", encoded(img), 0.02}, {"scan, 1.5 degrees", scanned(img, 1.5, 12), 0.03}, {"poor scan, -2 degrees", scanned(img, -2, 20), 0.05},
			{"screen, 14 px", encoded(small), 0.05}, {"upside down", scanned(img, 180, 5), 0.05},
		} {
			kind := "image/png"
			if bytes.HasPrefix(c.raw, []byte("\xff\xd8")) {
				kind = "image/jpeg"
			}
			page, err := p.Picture(t.Context(), c.raw, kind)
			if err != nil {
				t.Fatal(err)
			}
			rate := errorRate(text, page.Text)
			t.Logf("%s, %s: %.1f of 100 letters wrong, confidence %.2f, %q", name, c.how, 100*rate, page.Confidence, page.Problems)
			if rate > c.most {
				t.Errorf("%s, %s: %.3f, at most %.3f:\n%s", name, c.how, rate, c.most, page.Text)
			}
		}
		pages, err := p.PDF(t.Context(), seen.Print, nil)
		if err != nil || len(pages) != 1 || pages[0].Number != 1 {
			t.Fatalf("%v, %d pages", err, len(pages))
		}
		rate := errorRate(text, pages[0].Text)
		t.Logf("%s, page of a PDF: %.1f of 100 letters wrong, confidence %.2f, %d by %d", name, 100*rate, pages[0].Confidence, pages[0].Width, pages[0].Height)
		if rate > 0.02 {
			t.Errorf("%s", pages[0].Text)
		}
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What cannot be read is not passed off as read.
func TestUnreadable(t *testing.T) {
	p := program(t)
	r := rand.New(rand.NewPCG(3, 4))
	noise, blank := image.NewGray(image.Rect(0, 0, 900, 700)), image.NewGray(image.Rect(0, 0, 900, 700))
	for i := range noise.Pix {
		noise.Pix[i], blank.Pix[i] = uint8(r.IntN(256)), 255
	}
	img, _ := drawn(t, texts()["uk"], "font:32px 'DejaVu Serif'")
	for name, raw := range map[string][]byte{"noise": encoded(noise), "blank": encoded(blank), "drowned": scanned(img, 7, 140), "a scan that a person can read, and the program cannot": scanned(img, -2, 35)} {
		page, err := p.Picture(t.Context(), raw, "")
		t.Logf("%s: %v, %d words, confidence %.2f, %q", name, err, len(page.Words), page.Confidence, page.Problems)
		if err == nil && !strings.Contains(strings.Join(page.Problems, " "), "no text") && !strings.Contains(strings.Join(page.Problems, " "), "hardly readable") {
			t.Errorf("%s: %q", name, page.Text)
		}
	}
}

func TestPagesOfAPDF(t *testing.T) {
	p := program(t)
	_, seen := drawn(t, `перша<p style="break-before:page">друга<p style="break-before:page">третя`, "font:40px 'DejaVu Serif'")
	pages, err := p.PDF(t.Context(), seen.Print, nil)
	if err != nil || len(pages) != 3 || !strings.Contains(pages[2].Text, "третя") {
		t.Fatalf("%v, %+v", err, pages)
	}
	pages, err = p.PDF(t.Context(), seen.Print, []int{2, 9})
	if !errors.Is(err, evidence.ErrPartial) || len(pages) != 1 || pages[0].Number != 2 || !strings.Contains(pages[0].Text, "друга") {
		t.Errorf("%v, %+v", err, pages)
	}
	for name, raw := range map[string][]byte{"torn": seen.Print[:len(seen.Print)/3], "header": []byte("%PDF-1.7\n")} {
		if pages, err := p.PDF(t.Context(), raw, nil); err == nil || len(pages) > 0 {
			t.Errorf("%s: %v, %d pages", name, err, len(pages))
		}
	}
	huge := bytes.ReplaceAll([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 SIZE SIZE]>>endobj\ntrailer<</Root 1 0 R>>\n"), []byte("SIZE"), []byte("9000000"))
	pages, err = p.PDF(t.Context(), huge, nil)
	t.Logf("a page of 3 km: %v, %+v", err, pages)
	if err == nil && pages[0].Width > 4000 {
		t.Errorf("%d pixels", pages[0].Width)
	}
}

// Bytes that were tampered with end the program that reads them, and nothing else.
func TestMangled(t *testing.T) {
	p := program(t)
	img, _ := drawn(t, "слово", "font:32px 'DejaVu Serif'")
	crop := image.NewGray(image.Rect(0, 0, 300, 200))
	for y := range 200 {
		for x := range 300 {
			crop.Set(x, y, img.At(x+60, y+60))
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for i := range 24 {
		raw := encoded(crop)
		if i%2 == 0 {
			raw = scanned(crop, 0, 3)
		}
		for range 1 + r.IntN(8) {
			raw[8+r.IntN(len(raw)-8)] ^= byte(1 + r.IntN(255))
		}
		if i%3 == 0 {
			raw = raw[:len(raw)-r.IntN(len(raw)/2)]
		}
		if _, err := p.Picture(ctx, raw, ""); err != nil && !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
			t.Errorf("%v", err)
		}
	}
}
