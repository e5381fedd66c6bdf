package archive

import (
	"context"
	"fmt"
	"sync"
	"time"

	"svidok/catalog"
	"svidok/coding"
	"svidok/evidence"
	"svidok/vault"
)

func bookAct(b *coding.Codebook, yaml []byte, who string, at time.Time) *act {
	return &act{kind: evidence.KindCodebook, who: who, at: at,
		record: evidence.CodebookUse{V: 1, Kind: evidence.KindCodebook, YAML: evidence.Sum(yaml), Name: b.Name(), Version: b.Version(), By: who, At: at},
		with:   []vault.Object{{Type: "resource", MediaType: mediaYAML, At: at, Data: yaml}}}
}

// Recode puts a codebook in force and codes every text anew. Decisions stay. changed is
// told each difference and may be nil. by is an admin's account, or "" at the case's key.
// A book with problems is refused whole. If it is cut short, Work goes on where it was.
func (a *Archive) Recode(ctx context.Context, by string, yaml []byte, changed func(Change)) (Recoded, error) {
	var out Recoded
	b, problems := coding.Compile(yaml)
	if len(problems) > 0 {
		p := problems[0]
		return out, fmt.Errorf("recode: line %d, column %d: %s (%d problems): %w", p.Line, p.Column, p.Message, len(problems), evidence.ErrUsage)
	}
	select {
	case a.working <- struct{}{}:
	case <-ctx.Done():
		return out, ctx.Err()
	}
	defer func() { <-a.working }()
	r := &request{prepare: func(ctx context.Context) ([]*act, error) {
		if by != "" {
			role, err := a.role(ctx, by)
			if err != nil {
				return nil, err
			}
			if role != evidence.RoleAdmin {
				return nil, fmt.Errorf("only an admin changes the codebook: %w", evidence.ErrRefused)
			}
		}
		list, err := a.cat.Codebooks(ctx)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && list[0].YAML == evidence.Sum(yaml) {
			return nil, fmt.Errorf("this codebook is in force already: %w", evidence.ErrRefused)
		}
		return []*act{bookAct(b, yaml, a.who(by), a.now())}, nil
	}}
	if err := a.commit(ctx, r); err != nil {
		return out, fmt.Errorf("recode: %w", err)
	}
	log := &changeLog{tell: changed, old: map[int64]before{}}
	if err := a.work(ctx, nil, log); err != nil {
		return out, fmt.Errorf("recode: %w", err)
	}
	out = log.sum
	out.Codebook, out.Name, out.Version = evidence.Sum(yaml), b.Name(), b.Version()
	return out, nil
}

// changeLog compares what a new codebook says with what the old one said. A nil changeLog
// does nothing.
type changeLog struct {
	tell func(Change)
	sum  Recoded

	mu  sync.Mutex
	old map[int64]before // by text: of the batches under way
}

type before struct {
	report    int64
	list      []evidence.Statement
	standings map[string]evidence.Standing
}

// before remembers what was suggested of texts that are about to be coded anew.
func (l *changeLog) before(ctx context.Context, cat *catalog.Catalog, list []made) error {
	if l == nil {
		return nil
	}
	for _, m := range list {
		old, standings, err := cat.Suggestions(ctx, m.text)
		if err != nil {
			return err
		}
		report, err := cat.ReportOf(ctx, m.capture)
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.old[m.text] = before{report, old, standings}
		l.mu.Unlock()
	}
	return nil
}

// add tells the differences of a text that was coded anew.
func (l *changeLog) add(m made) {
	if l == nil || m.text == 0 {
		return
	}
	c, ok := m.acts[0].record.(evidence.Coding)
	if !ok {
		return
	}
	l.mu.Lock()
	old := l.old[m.text]
	delete(l.old, m.text)
	l.mu.Unlock()
	l.sum.Texts++
	says := map[string]bool{}
	for _, s := range c.Statements {
		says[s.ID] = true
	}
	for id, standing := range old.standings {
		if standing != evidence.Suggested {
			l.sum.Judged++
			if !says[id] {
				l.sum.JudgedNoLonger++
			}
		}
	}
	for _, d := range coding.Diff(old.list, c.Statements) {
		l.difference(c.Text, old, d)
	}
}

func (l *changeLog) difference(text evidence.Hash, old before, d coding.Change) {
	id := d.New.ID
	switch d.Kind {
	case coding.Kept:
		l.sum.Kept++
		return
	case coding.Added:
		l.sum.Added++
	case coding.Removed:
		l.sum.Removed++
		id = d.Old.ID
	case coding.ModalityChanged:
		l.sum.Rephrased++
	}
	if l.tell != nil {
		l.tell(Change{Kind: string(d.Kind), Report: old.report, Text: text, Old: d.Old, New: d.New, Statement: id, Standing: old.standings[id]})
	}
}
