package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/charmap"

	"svidok/catalog"
	"svidok/evidence"
)

// harmless fails if a page holds anything that could run, load, move or send.
func harmless(t *testing.T, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	styles := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "html", "head", "body", "meta", "title":
		case "style":
			if styles++; styles > 1 || !strings.Contains(frameHead, n.FirstChild.Data) {
				t.Fatalf("a foreign style in %q", page)
			}
			continue
		default:
			if !shownElement(n.DataAtom) {
				t.Fatalf("<%s> in %q", n.Data, page)
			}
		}
		for _, a := range n.Attr {
			switch {
			case n.Data == "meta" && a.Key == "charset":
			case a.Key == "src" && picture(a.Val):
			case strings.Contains("alt title colspan rowspan datetime lang dir start", a.Key):
			default:
				t.Fatalf("<%s %s=%q> in %q", n.Data, a.Key, a.Val, page)
			}
		}
	}
}

func TestSanitise(t *testing.T) {
	for in, want := range map[string]string{
		`<p onclick=x>Слова <b>тут</b></p>`:                                `<p>Слова <b>тут</b></p>`,
		`<a href="https://x.invalid/?a&b">куди</a>`:                        `<a title="https://x.invalid/?a&amp;b">куди</a>`,
		`<img src="http://x.invalid/p.png" alt="фото">`:                    `<img title="http://x.invalid/p.png" alt="фото">`,
		`<img src="data:image/png;base64,AA==" srcset="http://x 2x">`:      `<img src="data:image/png;base64,AA==">`,
		`<img src="data:image/svg+xml;base64,AA==">`:                       `<img title="data:image/svg+xml;base64,AA==">`,
		`<custom-tag style="x"><p>лишається</p></custom-tag>`:              `<p>лишається</p>`,
		`<script>alert(1)</script><style>*{}</style><p>a</p>`:              `<p>a</p>`,
		`<svg><script>x</script><text>b</text></svg><p>a</p>`:              `<p>a</p>`,
		`<noscript><img src=x></noscript><template><p>t</template>c`:       `c`,
		`<meta http-equiv=refresh content="0;url=http://x"><base href=/>d`: `d`,
		`<p title="ours">e</p>`:                                            `<p>e</p>`,
		`a &lt;script&gt; b`:                                               `a &lt;script&gt; b`,
	} {
		got, err := sanitise([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		harmless(t, got)
		body := strings.TrimSuffix(strings.TrimPrefix(string(got), frameHead), "</body></html>\n")
		if body != want {
			t.Errorf("%s:\n%s, want\n%s", in, body, want)
		}
	}
	deep, err := sanitise([]byte(strings.Repeat("<div>", 100_000) + "x"))
	if err != nil && !strings.Contains(err.Error(), evidence.ErrFormat.Error()) {
		t.Fatalf("a deep page: %d bytes, %v", len(deep), err)
	}
}

func FuzzSanitise(f *testing.F) {
	for _, s := range []string{"<p>a", `<svg><style><img src=x onerror=1>`, `<math><mi><p><script>`, `<select><a href=x>`, `<table><form><iframe srcdoc="<script>">`, "\xff<b\x00>", `<plaintext><script>`, `<xmp><script></xmp>`, `<noframes><img src=x></noframes>`, `<p><textarea></p><img src=x>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		out, err := sanitise(page)
		if err == nil {
			harmless(t, out)
		}
	})
}

func TestOriginalsAreDecoded(t *testing.T) {
	words := "Повістки у Макіївці"
	cp1251, err := charmap.Windows1251.NewEncoder().String(words)
	if err != nil {
		t.Fatal(err)
	}
	koi8, err := charmap.KOI8U.NewEncoder().String(words)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "<p>"+words)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	v := storyVisit(&desk{languages: allMessages(t)}, "uk", "")
	for _, c := range []struct{ name, mediaType, charset, raw string }{
		{"UTF-8", "text/html", "", "<p>" + words}, {"a meta tag", "text/html", "", `<meta charset="windows-1251"><p>` + cp1251}, {"a header", "text/html", "koi8-u", "<p>" + koi8},
		{"a type", "text/html; charset=koi8-u", "", "<p>" + koi8}, {"undeclared", "text/plain", "", cp1251}, {"text", "text/plain; charset=utf-8", "", words},
		{"an answer", "application/http; msgtype=response", "", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + zipped.String()},
		{"a message", "application/vnd.telegram.message+json", "", `{"text":"` + words + `"}`},
	} {
		rep := catalog.Detail{Report: catalog.Report{MediaType: c.mediaType}, Taken: []catalog.Capture{{Capture: evidence.Capture{Claims: evidence.Claims{Charset: c.charset}}}}}
		got, err := v.showOriginal([]byte(c.raw), rep)
		if err != nil || !strings.Contains(string(got), words) {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
		harmless(t, got)
	}
	rep := catalog.Detail{Report: catalog.Report{MediaType: "application/pdf"}}
	if got, err := v.showOriginal([]byte("%PDF-1.4 <script>"), rep); err != nil || strings.Contains(string(got), "PDF") {
		t.Errorf("a PDF is shown: %v\n%s", err, got)
	}
}
