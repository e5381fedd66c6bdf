package browser

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"svidok/evidence"
)

// shoot takes picture, document and print of the page that is held.
func (v *visit) shoot(ctx context.Context) error {
	before, err := v.document(ctx)
	if err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	if err := v.picture(ctx); err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	if err := v.dom(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		v.watch.problem("the document could not be read: " + err.Error())
	}
	limited, cancel := context.WithTimeout(ctx, v.o.Timeout/4)
	defer cancel()
	if v.seen.Print, _, err = page.PrintToPDF().WithPrintBackground(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(limited); err != nil {
		v.seen.Print = nil
		v.watch.problem("no print could be made: " + clipped(err.Error(), maxLine))
	}
	if len(v.seen.Print) > maxTaken {
		v.seen.Print = nil
		v.watch.problem(fmt.Sprintf("no print is kept: it is over %d MiB", maxTaken>>20))
	}
	if after, err := v.document(ctx); err == nil && after != before {
		v.watch.problem("the page may have changed while it was taken: picture, document and print may differ")
	}
	return nil
}

// document names the document that is shown.
func (v *visit) document(ctx context.Context) (cdp.LoaderID, error) {
	tree, err := page.GetFrameTree().Do(ctx)
	if err != nil {
		return "", err
	}
	return tree.Frame.LoaderID, nil
}

// picture takes the whole page, in strips if it is long: Chromium draws no more than 16384
// pixels at once.
func (v *visit) picture(ctx context.Context) error {
	wide, high := v.seen.Width, v.seen.Height // of the page
	w, h := min(max(wide, 1), 2*v.o.Width), min(max(high, 1), v.o.MaxHeight)
	if v.seen.Cut = wide > w || high > h; v.seen.Cut {
		v.watch.problem(fmt.Sprintf("the page has %d by %d pixels: the picture shows the first %d by %d", wide, high, w, h))
	}
	v.seen.Width, v.seen.Height = w, h
	if h <= maxTile {
		var err error
		v.seen.Screenshot, err = strip(ctx, 0, w, h)
		return err
	}
	whole := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := 0; y < h; y += maxTile {
		part, err := strip(ctx, y, w, min(maxTile, h-y))
		if err != nil {
			return err
		}
		if c, err := png.DecodeConfig(bytes.NewReader(part)); err == nil && (c.Width > 2*w || c.Height > 2*maxTile) {
			return fmt.Errorf("the browser drew %d by %d pixels: %w", c.Width, c.Height, evidence.ErrLimit)
		}
		img, err := png.Decode(bytes.NewReader(part))
		if err != nil {
			return fmt.Errorf("read what the browser drew: %w", err)
		}
		draw.Draw(whole, img.Bounds().Add(image.Pt(0, y)), img, img.Bounds().Min, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, whole); err != nil {
		return err
	}
	v.seen.Screenshot = out.Bytes()
	return nil
}

func strip(ctx context.Context, y, w, h int) ([]byte, error) {
	clip := &page.Viewport{Y: float64(y), Width: float64(w), Height: float64(h), Scale: 1}
	out, err := page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).WithCaptureBeyondViewport(true).WithClip(clip).Do(ctx)
	if err == nil && len(out) > maxTaken {
		err = fmt.Errorf("over %d MiB: %w", maxTaken>>20, evidence.ErrLimit)
	}
	return out, err
}

// dom reads the document.
func (v *visit) dom(ctx context.Context) error {
	var got struct {
		HTML string
		Size int
	}
	if err := v.call(ctx, fmt.Sprintf(domScript, maxDOM), &got); err != nil {
		return err
	}
	if got.Size > maxDOM {
		v.watch.problem(fmt.Sprintf("the document has %d characters: the first %d are kept", got.Size, maxDOM))
	}
	v.seen.DOM = []byte(got.HTML)
	return nil
}
