// Package ocr recognises text in scanned pages and pictures, through tesseract and (for
// pages of PDFs) pdftoppm of poppler-utils, where they are installed. Neither is ever
// required; where they are missing, readings say so.
//
// # What is recognised is no text of the source
//
// What comes out is a machine's guess at what a picture says. It is never as good as the
// picture, and confidence is what the program says of itself, not how often it is right.
// Letters that look alike are mistaken for one another, and for digits: З for 3, О for 0,
// б for 6. A number that was recognised is to be compared with the picture before anybody
// relies on it; Problems tells where that is most needed.
//
// Only text is looked for: nothing here finds or compares faces, and nothing may.
//
// # Untrusted pictures
//
// Pictures and PDFs are read by programs of others, in C++. Each run is a process of its own,
// with bounded time, memory, file size and output (where there is a POSIX shell), a private
// folder that is removed whatever happens, an environment without secrets, and no network
// needed. A malformed picture can end that process and no more. What is given to tesseract
// begins as a picture does, since it takes anything else for a list of other files to open.
package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

// Program is what of this machine recognises text.
type Program struct {
	Tesseract string   // path
	PDFToPPM  string   // path; "": pages of PDFs cannot be pictured
	Version   string   // "tesseract 5.3.0"
	Pictures  string   // "pdftoppm 22.12.0"
	Languages []string // models that are used, of ukr, rus, eng, in this order
	Lacks     []string // what is missing, in words: "the model ukr"

	turned bool          // the model that tells which way is up is there
	most   time.Duration // for one page
}

// Page is what was recognised in one picture.
type Page struct {
	Number     int     // of a PDF, from 1; else 0
	Text       string  // UTF-8; lines as they stand, an empty line between paragraphs
	Confidence float64 // 0 to 1: what the program says, mean over the letters; 0: there are none
	Language   string  // models: "ukr+rus+eng"
	Engine     string  // program and models: "tesseract 5.3.0 ukr+rus+eng"
	Width      int     // of the picture that was read, pixels
	Height     int
	Words      []Word
	Problems   []string
}

// Word is one word, and where it stands.
type Word struct {
	Text                     string
	From, To                 int // byte offsets in Page.Text
	Left, Top, Width, Height int // pixels, from the upper left corner
	Confidence               float64
}

const (
	maxInput   = 128 << 20 // bytes of a picture or PDF
	maxPixels  = 80_000_000
	maxOutput  = 32 << 20
	maxWords   = 50_000
	maxPages   = 300 // of one call
	longSide   = 3508
	perPage    = 3 * time.Minute
	readable   = 0.6 // below, a page is called hardly readable
	memoryKiB  = 3 << 20
	fileBlocks = 1 << 20 // of 512 bytes
)

func wanted() []string { return []string{"ukr", "rus", "eng"} }

// missing says what there is not, and how to get all of it.
func missing(what string) error {
	return evidence.WithHint(fmt.Errorf("find a program that recognises text: %s: %w", what, evidence.ErrNotFound),
		"install it, for instance with: apt install tesseract-ocr tesseract-ocr-ukr tesseract-ocr-rus poppler-utils")
}

// Find looks for the programs. ErrNotFound with a hint if there is no tesseract, or none of
// the models; what else is missing is named in Lacks.
func Find(ctx context.Context) (Program, error) {
	p := Program{most: perPage}
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return p, missing("there is no tesseract")
	}
	p.Tesseract = path
	said, err := ask(ctx, path, "--version")
	if err != nil {
		return p, fmt.Errorf("find a program that recognises text: %w", err)
	}
	p.Version = "tesseract " + version(said)
	langs, err := ask(ctx, path, "--list-langs")
	if err != nil {
		return p, fmt.Errorf("find a program that recognises text: %w", err)
	}
	installed := strings.Fields(langs)
	for _, l := range wanted() {
		if slices.Contains(installed, l) {
			p.Languages = append(p.Languages, l)
		} else {
			p.Lacks = append(p.Lacks, "the model "+l)
		}
	}
	if len(p.Languages) == 0 {
		return p, missing("tesseract has no model of ukr, rus or eng")
	}
	if p.turned = slices.Contains(installed, "osd"); !p.turned {
		p.Lacks = append(p.Lacks, "the model osd: pages that lie on their side are not turned")
	}
	if path, err := exec.LookPath("pdftoppm"); err != nil {
		p.Lacks = append(p.Lacks, "pdftoppm: pages of PDFs are not recognised")
	} else {
		p.PDFToPPM = path
		said, err := ask(ctx, path, "-v")
		if err != nil {
			return p, fmt.Errorf("find a program that pictures pages: %w", err)
		}
		p.Pictures = "pdftoppm " + version(said)
	}
	return p, nil
}

var number = regexp.MustCompile(`\d+(\.\d+)+`)

func version(said string) string {
	if v := number.FindString(said); v != "" {
		return v
	}
	return "of unknown version"
}

// ask asks a program about itself.
func ask(ctx context.Context, program, flag string) (string, error) {
	w, err := newWork()
	if err != nil {
		return "", err
	}
	defer w.remove()
	out, err := w.run(ctx, 20*time.Second, program, flag)
	return string(out.out) + string(out.err), err
}

// Picture recognises the text of a picture: PNG, JPEG, GIF, TIFF, BMP or WebP, of at most 80
// million pixels. The errors wrap ErrFormat (no such picture, or the program broke on it),
// ErrLimit (too large, too slow) or are those of ctx.
func (p Program) Picture(ctx context.Context, image []byte, mediaType string) (Page, error) {
	w, err := newWork()
	if err != nil {
		return Page{}, fmt.Errorf("recognise a picture: %w", err)
	}
	defer w.remove()
	page, err := p.picture(ctx, w, image, mediaType)
	if err != nil {
		return page, fmt.Errorf("recognise a picture: %w", err)
	}
	return page, nil
}

func (p Program) picture(ctx context.Context, w *work, image []byte, mediaType string) (Page, error) {
	if p.Tesseract == "" || len(p.Languages) == 0 {
		return Page{}, fmt.Errorf("no program was found: %w", evidence.ErrUsage)
	}
	kind, err := examine(image)
	if err != nil {
		return Page{}, err
	}
	if mediaType != "" && mediaType != kind && !strings.HasSuffix(mediaType, "/octet-stream") {
		kind += ", though said to be " + clipped(mediaType)
	} else {
		kind = ""
	}
	in, err := w.put("picture", image)
	if err != nil {
		return Page{}, err
	}
	page, err := p.recognise(ctx, w, in, "3") // the page as it lies
	if err != nil {
		return page, err
	}
	if page.Confidence < readable && p.turned { // it may lie on its side, or upside down
		turned, err := p.recognise(ctx, w, in, "1")
		if err == nil && turned.Confidence > page.Confidence {
			page = turned
			page.Problems = append(page.Problems, "which way is up was guessed")
		}
		if ctx.Err() != nil {
			return page, ctx.Err()
		}
	}
	if kind != "" {
		page.Problems = append(page.Problems, "it is "+kind)
	}
	page.judge()
	return page, nil
}

// recognise runs tesseract with a way of seeing the page (its --psm).
func (p Program) recognise(ctx context.Context, w *work, in, way string) (Page, error) {
	models := strings.Join(p.Languages, "+")
	out, err := w.run(ctx, p.most, p.Tesseract, in, "stdout", "-l", models, "--psm", way, "-c", "debug_file=/dev/null", "tsv")
	if err != nil {
		return Page{}, err
	}
	page, err := readTSV(out.out)
	page.Language, page.Engine = models, p.Version+" "+models
	return page, err
}

// PDF recognises the text of pages of a PDF, by their pictures, at about 300 dots to the inch
// of an A4 page. pages are numbered from 1; none: all, at most 300. With an error that
// wraps ErrPartial the pages that were recognised are given, and it tells what became of the rest.
func (p Program) PDF(ctx context.Context, pdf []byte, pages []int) ([]Page, error) {
	switch {
	case p.PDFToPPM == "":
		return nil, evidence.WithHint(fmt.Errorf("recognise a PDF: there is no pdftoppm: %w", evidence.ErrNotFound), "install it, for instance with: apt install poppler-utils")
	case len(pdf) > maxInput:
		return nil, fmt.Errorf("recognise a PDF of %d bytes, limit %d: %w", len(pdf), maxInput, evidence.ErrLimit)
	case !bytes.Contains(pdf[:min(len(pdf), 1024)], []byte("%PDF-")):
		return nil, fmt.Errorf("recognise a PDF: it is none: %w", evidence.ErrFormat)
	}
	w, err := newWork()
	if err != nil {
		return nil, fmt.Errorf("recognise a PDF: %w", err)
	}
	defer w.remove()
	in, err := w.put("document.pdf", pdf)
	if err != nil {
		return nil, fmt.Errorf("recognise a PDF: %w", err)
	}
	all := len(pages) == 0
	for n := 1; all && n <= maxPages+1; n++ {
		pages = append(pages, n)
	}
	var out []Page
	var failed []string
	for i, n := range pages {
		if i == maxPages {
			failed = append(failed, fmt.Sprintf("only %d pages are recognised at once", maxPages))
			break
		}
		page, err := p.page(ctx, w, in, n)
		switch {
		case ctx.Err() != nil:
			return out, fmt.Errorf("recognise a PDF: page %d: %w", n, ctx.Err())
		case all && i > 0 && errors.Is(err, errNoPage):
			return finished(out, failed)
		case err != nil && len(failed) < 20:
			failed = append(failed, fmt.Sprintf("page %d: %v", n, err))
		case err == nil:
			out = append(out, page)
		}
		if all && i == 0 && err != nil {
			break // what follows would fail alike
		}
	}
	return finished(out, failed)
}

// finished says what became of the pages of a PDF.
func finished(out []Page, failed []string) ([]Page, error) {
	if len(failed) == 0 {
		return out, nil
	}
	sentinel := evidence.ErrPartial
	if len(out) == 0 {
		sentinel = evidence.ErrFormat
	}
	return out, fmt.Errorf("recognise a PDF: %s: %w", strings.Join(failed, "; "), sentinel)
}
