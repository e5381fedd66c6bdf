package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"svidok/archive"
	"svidok/evidence"
	"svidok/intake"
	"svidok/web"
)

// What lies beside a page: the browser's own picture is shown, all else is a file.
func TestWhatLiesBeside(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	var shot bytes.Buffer
	if err := png.Encode(&shot, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	page := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<article><p>Синтетичний зразок: біля водовозки роздавали повістки.</p></article>"
	item := func(within, mediaType string, data []byte) intake.Item {
		return intake.Item{Door: "web", MediaType: mediaType, Part: evidence.PartAttachment, Within: within, Data: data, Size: int64(len(data)), Claims: evidence.Claims{Address: "https://news.example/17"}}
	}
	main := item("", intake.TypeHTTPResponse, []byte(page))
	main.Part, main.Parent = evidence.PartReport, -1
	hostile := item("image", "text/html", []byte("<script>alert(1)</script>"))
	false1 := item("screenshot", "text/html", []byte("<script>alert(2)</script>"))
	done, err := a.Note(t.Context(), archive.Noting{Items: []intake.Item{main, item("screenshot", "image/png", shot.Bytes()), item("print", "application/pdf", []byte("%PDF-1.7")), hostile, false1}})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, web.Config{Archive: a})
	coder := signedIn(t, s, "olena")
	at := func(i int) string { return fmt.Sprintf("/reports/1/beside/%d", done.Receipts[i].Position) }
	if r := coder.get("/reports/1/original"); !strings.Contains(r.body, `<img class="seen" src="`+at(1)+`"`) {
		t.Errorf("the picture is not on the page:\n%s", r.body)
	}
	if r := coder.get(at(1)); r.status != http.StatusOK || r.header.Get("Content-Type") != "image/png" || r.body != shot.String() {
		t.Errorf("%d %v", r.status, r.header)
	}
	for i, ending := range map[int]string{2: ".pdf", 3: ".bin", 4: ".bin"} {
		r := coder.get(at(i))
		if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment;") || !strings.HasSuffix(strings.Trim(r.header.Get("Content-Disposition"), `"`), ending) {
			t.Errorf("%d: %d %v", i, r.status, r.header)
		}
		if r := coder.get("/reports/1/custody"); !strings.Contains(r.body, at(i)) {
			t.Errorf("%d is not on the custody page", i)
		}
	}
	for _, path := range []string{"/reports/1/beside/0", "/reports/1/beside/x", "/reports/1/beside/999999", fmt.Sprintf("/reports/1/beside/%d", done.Receipts[0].Position)} {
		if r := coder.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if r := signedIn(t, s, "ada").post("/custody/viewing", url.Values{"viewing": {"1"}}); r.status != http.StatusSeeOther {
		t.Fatal(r.status)
	}
	if r := signedIn(t, s, "olena").get(at(1)); r.status != http.StatusForbidden {
		t.Errorf("around the question why: %d", r.status)
	}
}
