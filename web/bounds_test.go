package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"svidok/web"
)

// A stranger cannot fill memory or disk: a body of any type is bounded before it is parsed.
func TestStrangersPostLittle(t *testing.T) {
	a, _ := newCase(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	s := serve(t, web.Config{Archive: a})
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("f", "f")
	if err == nil {
		_, err = f.Write(bytes.Repeat([]byte("a"), 40<<20))
	}
	if err == nil {
		err = w.WriteField("language", "uk")
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/sign-in", "/language"} {
		taken := &counted{Reader: bytes.NewReader(b.Bytes())}
		r, err := http.NewRequest(http.MethodPost, s.URL+path, taken)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		if answer, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = answer.Body.Close()
		}
		if taken.n > 16<<20 {
			t.Errorf("%s took %d bytes", path, taken.n)
		}
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type counted struct {
	*bytes.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

// A page that nests beyond what can be parsed is still shown: as its source.
func TestADeepPageIsShown(t *testing.T) {
	a, _ := newCase(t)
	receive(t, a, "deep.html", strings.Repeat("<div>", 20_000)+"<p>Глибокі слова.</p><script>alert(1)</script>")
	v := signedIn(t, serve(t, web.Config{Archive: a}), "olena")
	got := v.get("/reports/1/frame")
	if got.status != http.StatusOK || !strings.Contains(got.body, "Глибокі слова") || strings.Contains(got.body, "<script") {
		t.Errorf("%d: %.200s", got.status, got.body)
	}
}
