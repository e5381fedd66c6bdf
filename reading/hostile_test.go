package reading

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
)

// Pages made to hurt are read in bounded work, and none of their words is lost.
func TestHostilePages(t *testing.T) {
	var fonts, attrs strings.Builder
	for i := range 400 {
		fmt.Fprintf(&fonts, "<font color=%d>", i)
	}
	for i := range 50_000 {
		fmt.Fprintf(&attrs, " a%d=1", i)
	}
	for name, page := range map[string]string{
		"deep":            strings.Repeat("<div>", 100_000) + "свідок" + strings.Repeat("</div>", 100_000),
		"deep, unclosed":  strings.Repeat("<div><p>", 20_000) + "свідок",
		"just too deep":   strings.Repeat("<div>", 600) + "свідок",
		"deep but read":   strings.Repeat("<div>", 480) + "свідок",
		"formatting bomb": fonts.String() + strings.Repeat("<p>", 200_000) + "свідок",
		"many paragraphs": strings.Repeat("<p>слово", 59_000) + "свідок",
		"many tags":       strings.Repeat("<p>слово", 300_000) + "свідок",
		"deep lists":      strings.Repeat("<ul><li>слово", 200) + strings.Repeat("<li><a href=x>слово</a>", 10_000) + "свідок",
		"wide tables":     "<table>" + strings.Repeat("<tr><td>слово<td>", 15_000) + "свідок</table>",
		"attributes":      "<div" + attrs.String() + ">свідок</div>",
		"entities":        strings.Repeat("&amp;lt;&#1089;&notanentity", 200_000) + " свідок",
		"comment":         "<p>свідок</p><!--" + strings.Repeat("-- ", 500_000),
		"no end":          "<p>свідок</p><script>" + strings.Repeat("x", 1_000_000),
		"open tag":        "<p>свідок</p>" + strings.Repeat("<", 1_000_000),
		"one long word":   "<p>свідок " + strings.Repeat("ж", 2_500_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r, err := Read([]byte("<html><body>"+page), "text/html", evidence.Claims{})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(r.Text, "свідок") {
				t.Errorf("the words are lost: %d bytes of text, problems %q", len(r.Text), r.Problems)
			}
			t.Logf("%v, problems %q", time.Since(start).Round(time.Millisecond), r.Problems)
		})
	}
}

// A body that grows without end is refused, not unpacked.
func TestBombInGzip(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	block := make([]byte, 1<<20)
	for range 80 {
		z.Write(block)
	}
	z.Close()
	_, err := Read(append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"), b.Bytes()...), MediaHTTP, evidence.Claims{})
	if !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("error %v, want over a limit", err)
	}
}
