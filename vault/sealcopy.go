package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"strings"

	"svidok/evidence"
)

const copyAtOnce = 4 << 20 // bytes

// derived reports whether a file is made from others, and so is not copied.
func derived(name string) bool {
	return asItIs(name) || strings.HasPrefix(name, folder) && strings.HasSuffix(name, suffixIndex)
}

// CopyCase copies a case into an empty folder: from open to sealed, from sealed to open, or
// from one to the other of a kind. Derived files stay behind (the catalog is rebuilt). Each
// file is read again and compared before the marker is written, which comes last: without
// it the copy is no case. On an error the copy is of no use, and from is as it was.
//
// A sealed case needs its seal first ([SetPassphrase] on the new folder): without one,
// ErrUsage. The caller has the turn of from, and done, if not nil, is told of each file.
//
// The old folder is not touched. To make a sealed copy of an open case is of use only if the
// open one is destroyed, and what was once written open to a flash disk may be found there
// after it was deleted and overwritten: only a disk that was always encrypted, or is
// destroyed, is sure.
func CopyCase(ctx context.Context, from, to Backend, done func(name string, size int64)) error {
	if err := empty(ctx, to); err != nil {
		return fmt.Errorf("copy the case: %w", err)
	}
	list, err := from.List(ctx, ".")
	if err != nil {
		return fmt.Errorf("copy the case: %w", err)
	}
	list = slices.DeleteFunc(list, func(f Info) bool { return derived(f.Name) })
	marker := slices.IndexFunc(list, func(f Info) bool { return f.Name == fileMarker })
	if marker < 0 {
		return fmt.Errorf("copy the case: no case is here: %w", evidence.ErrNotFound)
	}
	list = append(slices.Delete(slices.Clone(list), marker, marker+1), list[marker])
	for _, f := range list {
		if isSeal(f.Name) {
			return evidence.WithHint(fmt.Errorf("copy the case: it is sealed: %w", evidence.ErrUsage), "unlock it first")
		}
		size, err := copyFile(ctx, from, to, f.Name)
		if err != nil {
			return fmt.Errorf("copy the case: %w", err)
		}
		if done != nil {
			done(f.Name, size)
		}
	}
	return nil
}

// empty refuses a folder that holds anything but a lock and, if it is sealed, seals.
func empty(ctx context.Context, to Backend) error {
	list, err := to.List(ctx, ".")
	if err != nil {
		return err
	}
	s, sealing := to.(*sealed)
	for _, f := range list {
		if f.Name != lockName {
			return evidence.WithHint(fmt.Errorf("the folder is not empty: %s: %w", f.Name, evidence.ErrRefused), "name a folder that is empty or does not exist")
		}
	}
	if !sealing {
		return nil
	}
	ok, err := IsSealed(ctx, s.inner)
	if err == nil && !ok {
		err = fmt.Errorf("the folder has no seal yet: %w", evidence.ErrUsage)
	}
	return err
}

// copyFile copies one file, and reads both again.
func copyFile(ctx context.Context, from, to Backend, name string) (int64, error) {
	f, err := from.Open(ctx, name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	size := f.Size()
	if size <= copyAtOnce {
		p := make([]byte, size)
		if err := readAt(f, p, 0); err != nil {
			return 0, fmt.Errorf("read %s: %w", name, err)
		}
		if err := to.Replace(ctx, name, p); err != nil {
			return 0, err
		}
		return size, same(ctx, to, name, sha256.Sum256(p))
	}
	sum := sha256.New()
	err = pieces(ctx, f, name, 0, size, func(off int64, p []byte) error {
		sum.Write(p)
		return to.Append(ctx, name, off, p)
	})
	if err != nil {
		return 0, err
	}
	return size, same(ctx, to, name, evidence.Hash(sum.Sum(nil)))
}

// pieces gives the bytes of a file between from and to, some megabytes at a time.
func pieces(ctx context.Context, f io.ReaderAt, name string, from, to int64, do func(off int64, p []byte) error) error {
	buf := make([]byte, min(copyAtOnce, max(0, to-from)))
	for from < to {
		p := buf[:min(int64(len(buf)), to-from)]
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := readAt(f, p, from); err != nil {
			return fmt.Errorf("read %s: %w", name, damaged(err))
		}
		if err := do(from, p); err != nil {
			return err
		}
		from += int64(len(p))
	}
	return nil
}

// same reads a file again and compares.
func same(ctx context.Context, b Backend, name string, want evidence.Hash) error {
	f, err := b.Open(ctx, name)
	if err != nil {
		return err
	}
	got, err := sumOf(ctx, f, name, 0, f.Size(), nil)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s: what was written is not what is read: %w", name, evidence.ErrTampered)
	}
	return nil
}

// sumOf returns the SHA-256 of a range of a file. pace, if not nil, is called before each
// piece with its bytes.
func sumOf(ctx context.Context, f io.ReaderAt, name string, from, to int64, pace func(context.Context, int) error) (evidence.Hash, error) {
	var sum hash.Hash = sha256.New()
	err := pieces(ctx, f, name, from, to, func(_ int64, p []byte) error {
		sum.Write(p)
		if pace != nil {
			return pace(ctx, len(p))
		}
		return nil
	})
	return evidence.Hash(sum.Sum(nil)), err
}

// SealedFile is what can be said of one file of a sealed case without its keys.
type SealedFile struct {
	Name   string
	Size   int64 // on the disk
	Plain  int64 // of the file, if its frames say the truth
	Frames int
	Torn   int64 // bytes at the end that are no whole frame, as a crash leaves them
	// Problem is where the frames end to make sense; nil if they do. That there is none
	// proves nothing: whether a byte was altered, only the keys can tell.
	Problem error
}

// SealedCheck goes through the files of a sealed case without keys: whether the frames
// have whole headers, follow each other, and end with the file. inner is the folder as it
// is. Seals, lock and catalog are left out. An error ends it.
func SealedCheck(ctx context.Context, inner Backend) iter.Seq2[SealedFile, error] {
	return func(yield func(SealedFile, error) bool) {
		list, err := inner.List(ctx, ".")
		if err != nil {
			yield(SealedFile{}, fmt.Errorf("look through the sealed case: %w", err))
			return
		}
		for _, info := range list {
			if isSeal(info.Name) || asItIs(info.Name) {
				continue
			}
			s, err := checkSealed(ctx, inner, info.Name)
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

func checkSealed(ctx context.Context, inner Backend, name string) (s SealedFile, err error) {
	f, err := inner.Open(ctx, name)
	if err != nil {
		return s, err
	}
	defer f.Close()
	s = SealedFile{Name: name, Size: f.Size()}
	ahead := lookAhead{f: f}
	for at := int64(0); at < s.Size; {
		p, err := ahead.at(at, int(min(frameHead, s.Size-at)))
		if err != nil {
			return s, fmt.Errorf("read %s: %w", name, err)
		}
		next, ok := readHead(p, at)
		switch {
		case !ok && cut(p), ok && next.end() > s.Size, !ok && unwritten(p, at):
			s.Torn = s.Size - at
			return s, nil
		case !ok || next.off > s.Plain:
			s.Problem = fmt.Errorf("%s, sealed, at byte %d: no frame begins here: %w", name, at, evidence.ErrTampered)
			return s, nil
		}
		s.Frames, s.Plain, at = s.Frames+1, next.off+int64(next.n), next.end()
	}
	return s, nil
}
