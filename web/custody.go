package web

import (
	"fmt"
	"net/http"
	"slices"
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
	Happened   []linkView // what happened to the case or parts of it, the latest first
	Handed     []linkView
	Viewing    bool // a reason is asked for before an original is shown
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
	if err := v.kept(&p); err != nil {
		return err
	}
	return v.render(http.StatusOK, "custody", &p)
}

const actsShown = 50

// kept fills in what happened to the case, and how originals are shown.
func (v *visit) kept(p *custodyPage) error {
	handed, err := v.catalog.Transfers(v.ctx())
	if err == nil {
		p.Handed, err = v.chain(handed)
	}
	if err != nil {
		return err
	}
	all, err := v.catalog.Chain(v.ctx(), actsShown)
	if err != nil {
		return err
	}
	slices.Reverse(all)
	if p.Happened, err = v.chain(all); err != nil {
		return err
	}
	if err := v.aboutReports(p.Happened); err != nil {
		return err
	}
	s, err := v.archive.Keeping().Settings(v.ctx())
	p.Viewing = s.Viewing
	return err
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
