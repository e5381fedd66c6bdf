package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"svidok/archive"
	"svidok/catalog"
	"svidok/cmd/svidok/sample"
	"svidok/evidence"
)

// demoPassword opens the demonstration's accounts. The case holds invented reports only
// and is served on this machine only.
const demoPassword = "svidok-demo-1"

func demoCommand() command {
	flags := func(f *flagSet) {
		f.String("dir", "", "")
		f.String("address", defaultAddress, "")
		f.Bool("no-serve", false, "")
		f.BoolP("quiet", "q", true, "") // receipts of seventy samples would hide the address
	}
	return command{name: "demo", flags: flags, least: 0, most: 0, run: func(ctx context.Context, c *call) error {
		dir, _ := c.flags.GetString("dir")
		if dir == "" {
			tmp, err := os.MkdirTemp("", "svidok-demo-*")
			if err != nil {
				return fmt.Errorf("make a folder for the demonstration: %w", err)
			}
			dir = tmp
		}
		return c.demo(ctx, dir)
	}}
}

func (c *call) demo(ctx context.Context, dir string) error {
	inputs, cleanup, err := writeSamples()
	if err != nil {
		return err
	}
	caseDir := filepath.Join(dir, "case")
	c.words("demo-making", caseDir)
	a, err := archive.Create(ctx, caseDir, c.options())
	if err != nil {
		cleanup()
		return err
	}
	people, err := c.buildDemo(ctx, a, inputs)
	cleanup() // the case holds the samples now
	if err == nil {
		err = c.showDemo(ctx, a, people)
	}
	return errors.Join(err, a.Close())
}

// buildDemo lets people in and takes the samples.
func (c *call) buildDemo(ctx context.Context, a *archive.Archive, inputs []string) (demoPeople, error) {
	people, err := enrolDemo(ctx, a)
	if err != nil {
		return people, err
	}
	if err := c.receive(ctx, a, inputs, nil); err != nil {
		return people, err
	}
	return people, c.work(ctx, a, nil, nil)
}

func (c *call) showDemo(ctx context.Context, a *archive.Archive, people demoPeople) error {
	if err := judgeDemo(ctx, a, people); err != nil {
		return err
	}
	c.words("demo-people", demoPassword)
	if skip, _ := c.flags.GetBool("no-serve"); skip {
		return nil
	}
	address, _ := c.flags.GetString("address")
	return c.serve(ctx, a, address, nil)
}

// writeSamples lays the sample reports into a folder, as if somebody had saved them.
func writeSamples() ([]string, func(), error) {
	files, err := sample.Files()
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "svidok-samples-*")
	if err != nil {
		return nil, nil, fmt.Errorf("write the samples: %w", err)
	}
	cleanup := func() { _ = os.RemoveAll(dir) } // a temporary folder left behind harms nobody
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = os.WriteFile(name, f.Data, 0o644)
		}
		if err != nil {
			cleanup()
			return nil, nil, fmt.Errorf("write the samples: %w", err)
		}
	}
	return []string{dir}, cleanup, nil
}

type demoPeople struct{ admin, coder, reviewer string }

func enrolDemo(ctx context.Context, a *archive.Archive) (demoPeople, error) {
	var p demoPeople
	var err error
	if p.admin, err = a.People().Enrol(ctx, "", archive.Enrolment{Name: "admin", Role: evidence.RoleAdmin, Password: demoPassword}); err != nil {
		return p, err
	}
	if p.coder, err = a.People().Enrol(ctx, p.admin, archive.Enrolment{Name: "coder", Role: evidence.RoleCoder, Password: demoPassword}); err != nil {
		return p, err
	}
	p.reviewer, err = a.People().Enrol(ctx, p.admin, archive.Enrolment{Name: "reviewer", Role: evidence.RoleReviewer, Password: demoPassword})
	return p, err
}

// demoEvents are the samples that the invented people have judged already, one in each
// stage, so that no page of the desk is empty.
func demoEvents() []demoEvent {
	return []demoEvent{{"uk-water", "Макіївка", eventConfirmed}, {"ru-beating", "Донецьк", eventGathered}, {"en-contract", "Melitopol", coded}}
}

// demoEvent is a sample and how far the invented people have come with it.
type demoEvent struct {
	id, place string
	stage     demoStage
}

type demoStage int

const (
	coded          demoStage = iota // statements wait for the reviewer
	eventGathered                   // confirmed, and the event waits
	eventConfirmed                  // may leave in a dossier
)

// judgeDemo lets the invented coder and reviewer judge a few statements, so that every
// page of the desk has something to show; the rest is left for the visitor.
func judgeDemo(ctx context.Context, a *archive.Archive, p demoPeople) error {
	samples, err := sample.Reports()
	if err != nil {
		return err
	}
	for _, e := range demoEvents() {
		for _, r := range samples {
			if r.ID != e.id {
				continue
			}
			if err := judgeSample(ctx, a, p, r, e); err != nil {
				return fmt.Errorf("judge the sample %s: %w", r.ID, err)
			}
		}
	}
	return nil
}

func judgeSample(ctx context.Context, a *archive.Archive, p demoPeople, r sample.Report, e demoEvent) error {
	page, err := a.Catalog().Reports(ctx, catalog.Filter{Outlet: r.Outlet, Language: r.Language, Limit: 500})
	if err != nil {
		return err
	}
	for _, found := range page.Reports {
		if found.Title != r.Title {
			continue
		}
		detail, err := a.Catalog().Report(ctx, found.ID)
		if err != nil {
			return err
		}
		var ids []string
		var accept, confirm []archive.Judgment
		for _, s := range detail.Statements {
			if s.Modality == evidence.Occurred && s.Sensitivity == evidence.SensitivityOpen {
				ids = append(ids, s.ID)
				accept = append(accept, archive.Judgment{Act: evidence.ActAccept, Statement: s.ID})
				confirm = append(confirm, archive.Judgment{Act: evidence.ActConfirm, Statement: s.ID})
			}
		}
		if len(ids) == 0 {
			return nil // nothing was suggested here: the visitor will see as much
		}
		if err := judgeAll(ctx, a, p.coder, accept); err != nil || e.stage == coded {
			return err
		}
		if err := judgeAll(ctx, a, p.reviewer, confirm); err != nil {
			return err
		}
		day := r.Date.UTC().Format("2006-01-02")
		o, err := a.Gather(ctx, p.coder, archive.Gathering{Title: r.Title, Place: e.place, Statements: ids, Basis: "Один синтетичний зразок розповідає про все це.",
			When: evidence.Interval{From: day, To: day, Precision: "day"}})
		if err == nil && e.stage == eventConfirmed {
			err = judgeAll(ctx, a, p.reviewer, []archive.Judgment{{Act: evidence.ActConfirm, Event: o.Event}})
		}
		return err
	}
	return fmt.Errorf("%s: %w", r.Title, evidence.ErrNotFound)
}

func judgeAll(ctx context.Context, a *archive.Archive, who string, js []archive.Judgment) error {
	outcomes, err := a.Judge(ctx, who, js)
	for _, o := range outcomes {
		err = errors.Join(err, o.Err)
	}
	return err
}
