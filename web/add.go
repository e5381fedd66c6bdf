package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"svidok/archive"
	"svidok/evidence"
)

type addPage struct {
	shell
	Receipts []receiptView
	Limit    int64
}

// receiptView is what became of one thing that was handed over.
type receiptView struct {
	Name, Within string
	Part         evidence.Part
	Status       archive.Status
	SHA256       evidence.Hash
	Capture      evidence.Hash
	Position     int64
	Problems     []string
	Failure      string
	Report       int64 // 0: not to be shown yet, or no report
}

// maxReceipts bounds what a session remembers of one delivery.
const maxReceipts = 200

func (d *desk) addPage(v *visit) error {
	p := addPage{shell: v.shell("reports", v.l.t("add.title")), Limit: d.upload}
	d.sessions.leave(v.key, func(s *session) { p.Receipts, s.given = s.given, nil })
	for i := range p.Receipts {
		r := &p.Receipts[i]
		if r.Status == archive.StatusFailed || r.Part != evidence.PartReport {
			continue
		}
		id, err := d.catalog.ReportOf(v.ctx(), r.SHA256)
		if err != nil && !errors.Is(err, evidence.ErrNotFound) {
			return err
		}
		r.Report = id
	}
	return v.render(http.StatusOK, "add", &p)
}

// add streams what is uploaded into the archive, one file after the other.
func (d *desk) add(v *visit) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, d.upload)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return fmt.Errorf("add: not an upload: %w: %w", evidence.ErrUsage, err)
	}
	var given []receiptView
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = v.receive(part, &given)
		}
		if err != nil && !anyKept(given) {
			return err
		}
		if err != nil { // what has a receipt is kept; say what went wrong beside it
			given = append(given, receiptView{Name: v.l.t("add.rest"), Status: archive.StatusFailed, Failure: v.l.t("error." + faultOf(err).key)})
			break
		}
	}
	if len(given) == 0 {
		v.say(flash{Kind: "warning", Text: v.l.t("add.nothing")})
	}
	d.sessions.leave(v.key, func(s *session) { s.given = given })
	return v.back("/reports/add")
}

func anyKept(given []receiptView) bool {
	return slices.ContainsFunc(given, func(r receiptView) bool { return r.Status != archive.StatusFailed })
}

// receive hands one field of the upload over: a file, or words pasted into the page.
func (v *visit) receive(part *multipart.Part, given *[]receiptView) error {
	defer part.Close()
	var name string
	switch part.FormName() {
	case "file":
		name = path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	case "text":
		name = v.l.t("add.pasted")
	default:
		return nil
	}
	first := make([]byte, 1)
	switch _, err := io.ReadFull(part, first); {
	case err == io.EOF: // an empty field
		return nil
	case err != nil:
		return fmt.Errorf("add %s: %w", name, err)
	}
	all := &heard{Reader: io.MultiReader(strings.NewReader(string(first)), part)}
	delivery := archive.Delivery{Inputs: []string{"-"}, Stdin: all, Name: name, By: v.me.ID}
	err := v.archive.Receive(v.ctx(), delivery, func(r archive.Receipt) {
		if len(*given) < maxReceipts {
			*given = append(*given, v.receipt(r, name))
		}
	})
	switch {
	case all.err != nil: // the upload broke off: half a file is no file
		return fmt.Errorf("add %s: %w", name, all.err)
	case errors.Is(err, evidence.ErrPartial):
		return nil // the receipts say which
	}
	return err
}

// heard is a reader that remembers what broke it.
type heard struct {
	io.Reader
	err error
}

func (h *heard) Read(b []byte) (int, error) {
	n, err := h.Reader.Read(b)
	if err != nil && err != io.EOF {
		h.err = err
	}
	return n, err
}

func (v *visit) receipt(r archive.Receipt, uploaded string) receiptView {
	out := receiptView{Name: r.Name, Within: r.Within, Part: r.Part, Status: r.Status, SHA256: r.SHA256, Capture: r.Capture, Position: r.Position, Problems: r.Problems}
	if out.Name == "" || out.Name == "-" {
		out.Name = uploaded
	}
	if r.Err != nil {
		out.Failure = v.l.t("error." + faultOf(r.Err).key)
	}
	return out
}
