package collector

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"crypto/sha256"

	"svidok/archive"
	"svidok/evidence"
	"svidok/intake"
)

// folder takes what is new or changed in a folder that somebody fills. Its path is private:
// only this machine's case knows it.
func (v *visit) folder(ctx context.Context) error {
	path, err := v.path(ctx)
	if err != nil {
		return err
	}
	seen := 0
	for it, err := range intake.Arrivals(ctx, []string{path}, nil, intake.Limits{}) {
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: it.Name, Why: clipped(err.Error())})
			continue
		}
		seen++
		if err := v.file(ctx, path, it); err != nil {
			return err
		}
	}
	if seen == 0 && len(v.rec.Missed) > 0 {
		return fmt.Errorf("the folder cannot be read: %s: %w", v.rec.Missed[0].Why, evidence.ErrNotFound)
	}
	return nil
}

// path of the folder, from the source's private object.
func (v *visit) path(ctx context.Context) (string, error) {
	r, _, err := v.c.o.Archive.Object(ctx, v.source.Private)
	if err != nil {
		return "", ours{err}
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 1<<16))
	if err != nil {
		return "", ours{err}
	}
	var p evidence.Private
	if err := json.Unmarshal(b, &p); err != nil || p.Path == "" {
		return "", fmt.Errorf("the source names no folder: %w", evidence.ErrFormat)
	}
	return p.Path, nil
}

// file takes one file of the folder, unless it is known as it is.
func (v *visit) file(ctx context.Context, folder string, it intake.Item) error {
	content, err := sum(it)
	if err != nil {
		v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: it.Name, Why: clipped(err.Error())})
		return nil
	}
	k, known, err := v.c.o.Archive.Catalog().Item(ctx, v.source.ID, it.Name)
	if err != nil {
		return ours{err}
	}
	if known && k.Content == content {
		v.same = append(v.same, it.Name)
		return nil
	}
	t := evidence.Taking{Source: v.source.ID, Item: it.Name, Content: content, Address: it.Name, Started: v.c.instant()}
	if known {
		t.Before = k.Taking
	}
	var capture evidence.Hash
	var failed error
	err = v.c.o.Archive.Receive(ctx, archive.Delivery{Inputs: []string{filepath.Join(folder, filepath.FromSlash(it.Name))}, By: v.c.o.By}, func(r archive.Receipt) {
		switch {
		case r.Err != nil:
			failed = r.Err
			v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: it.Name, Why: clipped(r.Err.Error())})
		case r.Within == "" && capture.IsZero():
			capture = r.Capture
		}
		v.c.say(Status{Source: v.source.Source, Item: it.Name, Receipt: &r, Err: r.Err})
	})
	if capture.IsZero() {
		if err != nil && failed == nil {
			return ours{err}
		}
		return nil
	}
	t.Ended = v.c.instant()
	return v.noteTaking(ctx, t, capture)
}

// noteTaking notes how something was taken whose capture is noted already.
func (v *visit) noteTaking(ctx context.Context, t evidence.Taking, capture evidence.Hash) error {
	p := &parcel{}
	if err := p.taking(v.c, 0, t, ""); err != nil {
		return ours{err}
	}
	_, err := v.c.o.Archive.Note(ctx, archive.Noting{By: v.c.o.By, Objects: p.objects, Records: func(f archive.Facts) ([]any, error) {
		t := p.takings[0]
		t.Capture, t.At, t.By = capture, f.At, f.By
		return []any{t}, nil
	}})
	if err != nil {
		return ours{err}
	}
	v.rec.Taken++
	return nil
}

func sum(it intake.Item) (h evidence.Hash, err error) {
	r, err := it.Reader()
	if err != nil {
		return h, fmt.Errorf("open %q: %w", it.Name, err)
	}
	defer r.Close()
	s := sha256.New()
	if _, err := io.Copy(s, r); err != nil {
		return h, fmt.Errorf("read %q: %w", it.Name, err)
	}
	return evidence.Hash(s.Sum(nil)), nil
}
