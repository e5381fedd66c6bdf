package web

import (
	"fmt"
	"net/http"
	"strings"

	"svidok/archive"
	"svidok/catalog"
)

type custodyPage struct {
	shell
	Custody    archive.Custody
	Totals     catalog.Totals
	Checkpoint string
	People     people
	Codebooks  []catalog.Codebook
	Behind     int64 // entries that the catalog has not read yet
	Stamps     []catalog.Stamp
	Cosigned   []catalog.Cosigned
	Happened   []catalog.Custody
}

func (d *desk) custody(v *visit) error {
	p := custodyPage{shell: v.shell("custody", v.l.t("custody.title"))}
	var err error
	if p.Custody, err = d.archive.Keeping().Custody(v.ctx()); err != nil {
		return err
	}
	p.Checkpoint = string(p.Custody.Checkpoint)
	p.Behind = max(0, p.Custody.Size-p.Custody.Followed)
	if p.Totals, err = d.catalog.Totals(v.ctx()); err != nil {
		return err
	}
	if p.Codebooks, err = d.catalog.Codebooks(v.ctx()); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	if p.Stamps, err = v.catalog.Stamps(v.ctx(), 20); err != nil {
		return err
	}
	if p.Cosigned, err = v.catalog.Cosignatures(v.ctx(), 20); err != nil {
		return err
	}
	if p.Happened, err = v.catalog.Custodies(v.ctx(), "", 50); err != nil {
		return err
	}
	return v.render(http.StatusOK, "custody", &p)
}

// checkpoint gives the signed note as a file: whoever keeps an old one can show that
// nothing before it was changed since.
func (d *desk) checkpoint(v *visit) error {
	c, err := d.archive.Keeping().Custody(v.ctx())
	if err != nil {
		return err
	}
	name := fmt.Sprintf("checkpoint-%d.txt", c.Size)
	return v.download(strings.NewReader(string(c.Checkpoint)), int64(len(c.Checkpoint)), name, "text/plain; charset=utf-8")
}

// Unstamped is the number of entries without an outside time-stamp.
func (p *custodyPage) Unstamped() int { return int(p.Custody.Unstamped) }
