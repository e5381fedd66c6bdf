package web

import (
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"svidok/catalog"
	"svidok/evidence"
)

// screenshot is what the collector calls the picture that its browser took of a page.
const screenshot = "screenshot"

// beside gives what lies beside a report: the browser's own picture of the page to look at,
// all else as a file and never as something to open here.
func (d *desk) beside(v *visit) error {
	rep, err := v.reportOf()
	if err != nil {
		return err
	}
	if may, err := v.viewable(rep.Report); err != nil || !may {
		return cmp.Or(err, v.notViewable(rep.Report))
	}
	position, err := strconv.ParseInt(v.r.PathValue("position"), 10, 64)
	i := slices.IndexFunc(rep.Beside, func(c catalog.Capture) bool { return c.Position == position })
	if err != nil || i < 0 {
		return fmt.Errorf("what lies beside report %d at entry %q: %w", rep.ID, v.r.PathValue("position"), evidence.ErrNotFound)
	}
	c := rep.Beside[i]
	r, size, err := v.archive.Object(v.ctx(), c.Payload)
	if err != nil {
		return err
	}
	defer r.Close()
	if isScreenshot(c) && size <= maxPicture {
		b, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("read the picture %s: %w", c.Payload, err)
		}
		return v.send(http.StatusOK, "image/png", b)
	}
	return v.download(r, size, c.Payload.String()+ending(c.MediaType), "application/octet-stream")
}

const maxPicture = 64 << 20

func isScreenshot(c catalog.Capture) bool {
	return c.Within == screenshot && c.MediaType == "image/png"
}

// ending is how the name of a file of some types ends; the foreign name is not used.
func ending(mediaType string) string {
	base, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return ".bin"
	}
	for _, t := range []struct{ base, ending string }{{"image/png", ".png"}, {"image/jpeg", ".jpg"}, {"application/pdf", ".pdf"}, {"text/plain", ".txt"}} {
		if strings.EqualFold(base, t.base) {
			return t.ending
		}
	}
	return ".bin"
}

// screenshotOf is the position of the browser's picture of a page; 0: there is none.
func screenshotOf(beside []catalog.Capture) int64 {
	if i := slices.IndexFunc(beside, isScreenshot); i >= 0 {
		return beside[i].Position
	}
	return 0
}
