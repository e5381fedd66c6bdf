package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"svidok/catalog"
	"svidok/dossier"
	"svidok/evidence"
)

// Release writes a dossier of confirmed events to w and notes that it left. What w got
// before an error is no dossier. Findings of closed codes leave only by an admin who asks
// for it.
func (a *Archive) Release(ctx context.Context, account string, r ReleaseRequest, w io.Writer) (Released, error) {
	out, err := a.release(ctx, account, r, w)
	if err != nil {
		return Released{}, fmt.Errorf("release: %w", err)
	}
	return out, nil
}

func (a *Archive) release(ctx context.Context, account string, r ReleaseRequest, w io.Writer) (Released, error) {
	if a.o.ReadOnly {
		return Released{}, fmt.Errorf("the case is open for reading only: %w", evidence.ErrRefused)
	}
	if !slices.Contains([]string{"uk", "en", "ru"}, r.Language) {
		return Released{}, fmt.Errorf("language %q: want uk, en or ru: %w", r.Language, evidence.ErrUsage)
	}
	if _, err := a.catchUp(ctx); err != nil {
		return Released{}, err
	}
	at := a.now()
	m, err := a.material(ctx, account, r, at)
	if err != nil {
		return Released{}, err
	}
	sum, err := dossier.Write(w, m)
	if err != nil {
		return Released{}, err
	}
	x := &act{kind: evidence.KindRelease, who: a.who(account), at: at, record: evidence.Release{V: 1, Kind: evidence.KindRelease, Dossier: sum.Manifest,
		Events: m.Events, Size: sum.Checkpoint, To: m.To, By: a.who(account), At: at}}
	err = a.commit(ctx, &request{prepare: func(ctx context.Context) ([]*act, error) {
		_, err := a.releasable(ctx, account, r) // a confirmation may have been lost meanwhile
		return []*act{x}, err
	}})
	if err != nil {
		return Released{}, err
	}
	return Released{Record: x.ref, Position: x.position, Manifest: sum.Manifest, Events: sum.Events, Findings: sum.Findings, Captures: sum.Captures,
		Independent: sum.Independent, Checkpoint: sum.Checkpoint, Bytes: sum.Bytes}, nil
}

// releasable returns the events that may leave, in the order asked for, else by date.
func (a *Archive) releasable(ctx context.Context, account string, r ReleaseRequest) ([]string, error) {
	// Whoever sits at the case's key holds all of it anyway; a release judges nothing.
	role := evidence.RoleReviewer
	if account != "" {
		var err error
		if role, err = a.role(ctx, account); err != nil {
			return nil, err
		}
	}
	if role == evidence.RoleCoder {
		return nil, fmt.Errorf("a coder cannot release; it takes a reviewer: %w", evidence.ErrRefused)
	}
	if r.Closed && role != evidence.RoleAdmin {
		return nil, fmt.Errorf("findings of closed codes leave only by an admin: %w", evidence.ErrRefused)
	}
	if len(r.Events) > 0 {
		for _, id := range r.Events {
			e, err := a.cat.Event(ctx, id)
			if err != nil {
				return nil, err
			}
			if !e.Finding() {
				return nil, fmt.Errorf("event %s is %s, and %d of its statements are not confirmed: %w", id, e.Standing, len(e.Weak), evidence.ErrRefused)
			}
		}
		return r.Events, nil
	}
	list, err := a.cat.Events(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	slices.SortStableFunc(list, byDate)
	for _, e := range list {
		if e.Finding() {
			out = append(out, e.ID)
		}
	}
	if len(out) == 0 {
		return nil, evidence.WithHint(fmt.Errorf("no event is confirmed: %w", evidence.ErrRefused), "gather confirmed statements into an event, and have a second person confirm it")
	}
	return out, nil
}

// material gathers what the events rest on, with proofs that lead to the present head.
func (a *Archive) material(ctx context.Context, account string, r ReleaseRequest, at time.Time) (dossier.Material, error) {
	events, err := a.releasable(ctx, account, r)
	if err != nil {
		return dossier.Material{}, err
	}
	t, err := a.cat.Trail(ctx, events)
	if err != nil {
		return dossier.Material{}, err
	}
	if len(t.Closed) > 0 && !r.Closed {
		return dossier.Material{}, evidence.WithHint(fmt.Errorf("events %v hold findings of closed codes: %w", t.Closed, evidence.ErrRefused),
			"leave them out, or let an admin release them as closed")
	}
	head, signed := a.ledger.Checkpoint()
	m := dossier.Material{Language: r.Language, Title: line(r.Title), To: line(r.To), Made: at, Tool: a.o.Tool, Key: a.public, Checkpoint: signed,
		Events: events, Families: t.Families, Originals: r.Originals, Closed: r.Closed}
	for _, p := range t.Positions {
		n, err := a.noted(ctx, p, head.Size)
		if err != nil {
			return m, fmt.Errorf("entry %d: %w", p, err)
		}
		m.Notes = append(m.Notes, n)
	}
	if m.Stamps, err = a.stampsFor(ctx, t.Positions[len(t.Positions)-1], head.Size); err != nil {
		return m, fmt.Errorf("time-stamps: %w", err)
	}
	if m.Witnessed, err = a.witnessesFor(ctx, t.Positions[len(t.Positions)-1], head.Size); err != nil {
		return m, fmt.Errorf("witnesses: %w", err)
	}
	if m.Crossed, err = a.crossedFor(ctx, m.Notes, head.Size); err != nil {
		return m, fmt.Errorf("captures of other observers: %w", err)
	}
	objects := t.Texts
	if r.Originals {
		objects = append(objects, t.Payloads...)
	}
	list, err := a.cat.Codebooks(ctx)
	if err != nil {
		return m, err
	}
	if len(list) > 0 {
		objects = append(objects, list[0].YAML)
	}
	if m.Codes, err = a.codes(ctx, list, r.Language); err != nil {
		return m, err
	}
	for _, h := range objects {
		o, err := a.leaving(ctx, h)
		if err != nil {
			return m, err
		}
		m.Objects = append(m.Objects, o)
	}
	return m, nil
}

// codes are those of the codebook in force, and of earlier ones what it no longer has: a
// finding stands by the code under which it was judged.
func (a *Archive) codes(ctx context.Context, books []catalog.Codebook, language string) ([]dossier.Code, error) {
	var out []dossier.Code
	seen := map[string]bool{}
	for _, use := range books {
		book, err := a.kept(ctx, use.YAML)
		if err != nil {
			return nil, err
		}
		for _, c := range book.Codes() {
			if !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, dossier.Code{Code: c.ID, Name: c.Name[language], Sensitivity: c.Sensitivity})
			}
		}
	}
	return out, nil
}

// noted is an entry with its proof and record.
func (a *Archive) noted(ctx context.Context, position, size int64) (dossier.Noted, error) {
	n := dossier.Noted{Index: position}
	list, err := a.load(ctx, position, position+1, nil)
	if err != nil {
		return n, err
	}
	if n.Record, err = a.vault.Get(ctx, list[0].Ref); err != nil {
		return n, err
	}
	for line, err := range a.ledger.Entries(ctx, position, position+1) {
		if err != nil {
			return n, err
		}
		n.Line = line.Bytes
	}
	n.Path, err = a.ledger.Prove(ctx, position, size)
	return n, err
}

func (a *Archive) leaving(ctx context.Context, h evidence.Hash) (dossier.Object, error) {
	r, n, err := a.vault.Reader(ctx, h)
	if err != nil {
		return dossier.Object{}, fmt.Errorf("object %s: %w", h, err)
	}
	return dossier.Object{Hash: h, Size: n, Open: func() (io.ReadCloser, error) {
		r, _, err := a.vault.Reader(ctx, h)
		return r, err
	}}, errors.Join(r.Close())
}
