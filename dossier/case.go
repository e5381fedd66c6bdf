package dossier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

// verifyCase checks a case folder (docs/formats/vault.md and ledger.md).
func verifyCase(ctx context.Context, fsys fs.FS, opt Options, r *result) {
	c := &caseCheck{ctx: ctx, fsys: fsys, opt: opt, r: r}
	c.step("marker", c.marker)
	c.step("files", c.files)
	if !c.step("key", c.readKey) || !c.step("ledger", c.ledger) {
		return
	}
	c.step("case", c.against)
	if !c.step("vault", c.vault) {
		return
	}
	c.step("batches", func() error { return c.log.checkRoots(c.vaulted.claims, false) })
	c.step("tail", c.tail)
	c.relate()
}

type caseCheck struct {
	ctx     context.Context
	fsys    fs.FS
	opt     Options
	r       *result
	keyText string
	key     note.Verifier
	log     *caseLog
	vaulted *caseVault
}

// step runs one check; what it joins of errors is told one by one.
func (c *caseCheck) step(name string, do func() error) bool {
	if c.r.stopped {
		return false
	}
	err := c.ctx.Err()
	if err == nil {
		err = do()
	}
	if err == nil {
		return true
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok && strings.Contains(err.Error(), "\n") {
		for _, e := range many.Unwrap() {
			c.r.fail(name, e)
		}
	} else {
		c.r.fail(name, err)
	}
	return false
}

func (c *caseCheck) marker() error {
	b, err := readSome(c.fsys, "svidok", maxTag)
	if err == nil && string(b) != "svidok case 1\n" {
		err = fmt.Errorf("%q is not a marker that this program knows: %w", clip(string(b)), evidence.ErrFormat)
	}
	if err != nil {
		return fmt.Errorf("svidok: %w", err)
	}
	c.r.ok("marker", "%s", c.r.say.marker)
	return nil
}

// files: nothing lies in the case but what belongs there.
func (c *caseCheck) files() error {
	var errs []error
	var derived, aside []string
	err := fs.WalkDir(c.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if !slices.Contains([]string{".", "ledger", "vault", "damaged"}, p) && !strings.HasPrefix(p, "damaged/") && p != "ledger/tile" && !strings.HasPrefix(p, "ledger/tile/") {
				errs = append(errs, fmt.Errorf("%s: a foreign folder: %w", p, evidence.ErrFormat))
				return fs.SkipDir
			}
			return nil
		}
		switch {
		case !d.Type().IsRegular():
			errs = append(errs, fmt.Errorf("%s: no regular file: %w", p, evidence.ErrFormat))
		case p == "lock" || strings.HasPrefix(p, "catalog.db") || strings.HasPrefix(p, "vault/") && strings.HasSuffix(p, ".idx") || strings.HasSuffix(p, ".tmp"):
			derived = append(derived, p)
		case strings.HasPrefix(p, "damaged/"):
			aside = append(aside, p)
		case p == "svidok" || p == "key" || p == "key.pub" || p == "ledger/checkpoint" || p == "ledger/journal" || strings.HasPrefix(p, "ledger/tile/"):
		case strings.HasPrefix(p, "vault/") && segmentName.MatchString(strings.TrimPrefix(p, "vault/")):
		default:
			errs = append(errs, fmt.Errorf("%s: a foreign file: %w", p, evidence.ErrFormat))
		}
		return nil
	})
	if err = errors.Join(append(errs, err)...); err == nil {
		c.r.ok("files", "%s", c.r.say.foreign)
	}
	if len(derived) > 0 {
		c.r.note("derived", c.r.say.derivedFile, few(derived))
	}
	if len(aside) > 0 {
		c.r.note("damaged", c.r.say.aside, few(aside))
	}
	return err
}

// few names some of many files.
func few(names []string) string {
	if len(names) > 4 {
		names = append(names[:3], "…")
	}
	return strings.Join(names, ", ")
}

func (c *caseCheck) readKey() error {
	b, err := readSome(c.fsys, "key.pub", maxTag)
	if err != nil {
		return fmt.Errorf("key.pub: %w", err)
	}
	var ok bool
	if c.keyText, ok = strings.CutSuffix(string(b), "\n"); !ok {
		return fmt.Errorf("key.pub: want one line: %w", evidence.ErrFormat)
	}
	if c.key, err = note.NewVerifier(c.keyText); err != nil {
		return fmt.Errorf("key.pub: %w: %w", evidence.ErrFormat, err)
	}
	if c.opt.Key == "" {
		c.r.note("key", c.r.say.keyInside, c.keyText)
	} else if strings.TrimSpace(c.opt.Key) != c.keyText {
		return fmt.Errorf("the case is signed with another key: %s: %w", c.keyText, evidence.ErrTampered)
	} else {
		c.r.ok("key", "%s", c.r.say.key)
	}
	return nil
}

func (c *caseCheck) ledger() (err error) {
	if c.log, err = readLog(c.fsys, c.key); err != nil {
		return err
	}
	c.r.ok("ledger", c.r.say.ledger, len(c.log.entries), c.log.files)
	if c.log.frames > 0 {
		c.r.ok("journal", c.r.say.journal, c.log.frames, c.log.head.Size)
	}
	if c.log.torn > 0 {
		c.r.note("journal", c.r.say.torn, c.log.torn)
	}
	return nil
}

// against compares with a checkpoint that was kept elsewhere.
func (c *caseCheck) against() error {
	if c.opt.Against == nil {
		return nil
	}
	old, err := proof.OpenCheckpoint(c.opt.Against, c.key)
	if err != nil {
		return fmt.Errorf("the checkpoint that was kept: %w", err)
	}
	if err := c.log.checkRoots([]rootClaim{{old.Size, old.Root, "the checkpoint that was kept"}}, false); err != nil {
		return err
	}
	c.r.ok("against", c.r.say.against, old.Size)
	return nil
}

func (c *caseCheck) vault() (err error) {
	if c.vaulted, err = readVault(c.ctx, c.fsys, c.log, c.opt); err != nil {
		return err
	}
	c.r.ok("vault", c.r.say.vault, len(c.vaulted.segments), len(c.vaulted.objects), c.vaulted.total)
	return nil
}

// tail looks at bytes that no extent covers: what one interrupted write leaves, or worse.
func (c *caseCheck) tail() error {
	list, err := fs.ReadDir(c.fsys, "vault")
	if err != nil && !gone(err) {
		return fmt.Errorf("vault: %w", err)
	}
	ends := c.log.extentsOf()
	next := len(c.vaulted.segments)
	begun := false // the interrupted batch's first bytes were seen
	for _, d := range list {
		if !segmentName.MatchString(d.Name()) {
			continue
		}
		end, known := ends[d.Name()]
		if !known {
			if next++; d.Name() != fmt.Sprintf("%06d.warc.gz", next) {
				return fmt.Errorf("vault/%s: a foreign segment: %w", d.Name(), evidence.ErrFormat)
			}
		}
		f, size, err := openAt(c.fsys, "vault/"+d.Name())
		if err != nil {
			return fmt.Errorf("vault/%s: %w", d.Name(), err)
		}
		if size > end.To {
			if known && d.Name() != c.vaulted.segments[len(c.vaulted.segments)-1] {
				err = fmt.Errorf("bytes after byte %d, and later segments are noted: %w", end.To, evidence.ErrTampered)
			} else {
				err = c.judgeTail(io.NewSectionReader(f, end.To, size-end.To), begun)
			}
			begun = true
			if err == nil {
				c.r.note("tail", c.r.say.tail, "vault/"+d.Name(), size-end.To)
			}
		} else if !known {
			c.r.note("tail", c.r.say.tailFile, "vault/"+d.Name())
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("vault/%s: %w", d.Name(), err)
		}
	}
	return nil
}

// judgeTail: a tail is the beginning of one batch. Its first record, where it is whole,
// names a ledger that this one extends; no later record names any; where reading ends,
// bytes are cut off or were never written.
func (c *caseCheck) judgeTail(r *io.SectionReader, goesOn bool) error {
	s := newSegment(0)
	s.reset(r, 0, nil)
	for first := true; ; first = false {
		at := s.at()
		rec, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return c.tornTail(r, at)
		}
		if !first || goesOn {
			if len(rec.after) > 0 {
				return fmt.Errorf("a second batch after an interrupted one, at byte %d: %w", at, evidence.ErrTampered)
			}
			continue
		}
		if len(rec.after) == 0 {
			return fmt.Errorf("bytes that no entry notes and that begin no batch: %w", evidence.ErrTampered)
		}
		claim, err := parseAfter(string(rec.after))
		if err != nil {
			return err
		}
		claim.who = "a batch after the last noted one"
		if err := c.log.checkRoots([]rootClaim{claim}, false); err != nil {
			return err
		}
	}
}

// tornTail: a record that is not whole begins as one, or with a sector that was never
// written.
func (c *caseCheck) tornTail(r *io.SectionReader, at int64) error {
	b := make([]byte, min(sector, r.Size()-at))
	if _, err := r.ReadAt(b, at); err != nil && err != io.EOF {
		return err
	}
	begins := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}
	n := min(len(begins), len(b))
	if string(b[:n]) == string(begins[:n]) || !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) {
		return nil
	}
	return fmt.Errorf("bytes that no entry notes and that no interrupted write leaves: %w", evidence.ErrTampered)
}

// relate compares entries, records and objects with each other.
func (c *caseCheck) relate() {
	if c.r.stopped {
		return
	}
	rel := newRelations(c.vaulted)
	rel.entries()
	rel.named()
	n := len(rel.errs)
	c.step("case", c.caseRecord)
	c.step("records", func() error { return errors.Join(rel.errs...) })
	if n == 0 {
		c.r.ok("records", c.r.say.kinds, len(c.log.entries)-len(c.log.extents))
	}
	rel.errs = nil
	rel.unseen()
	if c.step("anchors", func() error { return errors.Join(rel.errs...) }) {
		c.r.ok("anchors", c.r.say.anchors, c.vaulted.anchors+rel.resolved.Load())
	}
	rel.errs = nil
	judged := rel.judgments()
	if c.step("decisions", func() error { return errors.Join(rel.errs...) }) {
		c.r.ok("decisions", c.r.say.decisions, judged)
	}
	c.step("time-stamp", func() error { return c.stamps(rel) })
	c.step("witness", func() error { return c.cosignatures(rel) })
	c.step("hand-over", func() error { return c.handed(rel) })
	c.step("cross-capture", func() error { return c.crosses(rel) })
	if lost := rel.unreferenced(); len(lost) > 0 {
		names := []string{}
		for _, h := range lost[:min(3, len(lost))] {
			names = append(names, h.String())
		}
		c.r.note("unreferenced", c.r.say.unreferenced, len(lost), strings.Join(names, ", "))
	}
}

// caseRecord: the first entry binds the ledger to its key; no other is of its kind.
func (c *caseCheck) caseRecord() error {
	if len(c.log.entries) == 0 {
		return fmt.Errorf("the ledger is empty: there is no case record: %w", evidence.ErrNotFound)
	}
	found := 0
	for i, e := range c.log.entries {
		if (e.kind == evidence.KindCase) != (i == 0) {
			return fmt.Errorf("entry %d is of kind %s: %w", i, e.kind, evidence.ErrTampered)
		}
	}
	for _, d := range c.vaulted.decided {
		if v, ok := d.record.(evidence.Case); ok {
			found++
			if v.Key != c.keyText || v.Origin != c.log.head.Origin {
				return fmt.Errorf("the case record binds another key or origin: %w", evidence.ErrTampered)
			}
		}
	}
	if found != 1 {
		return fmt.Errorf("%d case records: %w", found, evidence.ErrTampered)
	}
	return nil
}
