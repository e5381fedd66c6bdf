package dossier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"

	"svidok/evidence"
)

// Verify checks a bundle (unpacked, or a *Container) or a case folder, and gives what it
// found, check by check. All is well if no check failed. It goes on after a failure as far
// as there is anything left to check, never writes, and holds a bounded part in memory.
func Verify(ctx context.Context, fsys fs.FS, opt Options) iter.Seq[Check] {
	return func(yield func(Check) bool) {
		r := &result{yield: yield, say: sayings(opt.Language)}
		switch {
		case isCase(fsys):
			verifyCase(ctx, fsys, opt, r)
		default:
			bag, err := bagRoot(fsys)
			if err != nil {
				r.fail("kind", err)
				return
			}
			if c, ok := fsys.(*Container); ok {
				r.ok("container", r.say.container, c.members, c.size)
			}
			verifyBundle(ctx, bag, opt, r)
		}
	}
}

// VerifyZip is Verify for a zipped bundle: first every byte of the container, then what is
// in it.
func VerifyZip(ctx context.Context, zip io.ReaderAt, size int64, opt Options) iter.Seq[Check] {
	c, err := OpenZip(zip, size)
	if err != nil {
		return func(yield func(Check) bool) {
			r := &result{yield: yield, say: sayings(opt.Language)}
			r.fail("container", err)
		}
	}
	return Verify(ctx, c, opt)
}

// result hands checks to the caller, until the caller has heard enough.
type result struct {
	yield   func(Check) bool
	say     saying
	failed  int
	stopped bool
}

func (r *result) emit(c Check) {
	if c.Status == Failed {
		r.failed++
	}
	c.Detail = evidence.Visible(c.Detail) // names in a forged bundle must not steer a terminal
	if !r.stopped {
		r.stopped = !r.yield(c)
	}
}

func (r *result) ok(name, format string, args ...any) {
	r.emit(Check{name, OK, fmt.Sprintf(format, args...)})
}

func (r *result) note(name, format string, args ...any) {
	r.emit(Check{name, Note, fmt.Sprintf(format, args...)})
}

// tell is ok, or note where what is told rests on keys or roots that nobody but the data
// itself named: anybody can make such.
func (r *result) tell(sure bool) func(name, format string, args ...any) {
	if sure {
		return r.ok
	}
	return r.note
}

// fail reports err, with its hint.
func (r *result) fail(name string, err error) {
	detail := err.Error()
	if hint := evidence.HintOf(err); hint != "" {
		detail += " (" + hint + ")"
	}
	r.emit(Check{name, Failed, detail})
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

func isCase(fsys fs.FS) bool {
	return exists(fsys, "svidok") || exists(fsys, "ledger") && exists(fsys, "vault")
}

// bagRoot finds the bag: here, or in the folder of its name that is here.
func bagRoot(fsys fs.FS) (fs.FS, error) {
	if exists(fsys, "bagit.txt") || exists(fsys, "manifest-sha256.txt") {
		return fsys, nil
	}
	if name := strings.TrimSuffix(base, "/"); exists(fsys, name) {
		return fs.Sub(fsys, name) // what lies beside it, such as the script of VERIFY.md, is no part of it
	}
	return nil, fmt.Errorf("neither a case nor a bundle: there is no file svidok and no bagit.txt: %w", evidence.ErrFormat)
}

// gone reports whether err only says that a file is not there.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, evidence.ErrNotFound)
}
