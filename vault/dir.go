package vault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

const (
	temporary = ".tmp" // of a Replace that has not been renamed yet
	lockName  = "lock"
	lockWords = 400 // bytes of the holder's words that are kept and shown
)

// Dir is a [Backend] in a folder of the file system, named by its path. The folder and
// all below it are made when something is first written, for the user alone (0700,
// 0600). Nothing outside it is opened, also not through symbolic links.
type Dir string

var (
	_ Backend  = Dir("")
	_ Rewriter = Dir("")
)

// root opens the folder.
func (d Dir) root(create bool) (*os.Root, error) {
	r, err := os.OpenRoot(string(d))
	if create && errors.Is(err, fs.ErrNotExist) {
		if err := makeAbove(filepath.Clean(string(d))); err != nil {
			return nil, fmt.Errorf("make the case's folder: %w", outcome(err))
		}
		r, err = os.OpenRoot(string(d))
	}
	if err != nil {
		return nil, fmt.Errorf("open the case's folder: %w", outcome(err))
	}
	return r, nil
}

// makeAbove makes the folder dir and all above it; each new one is made durable in its
// parent, or a power cut could take the case with every receipt given for it.
func makeAbove(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeAbove(filepath.Dir(dir)); err == nil {
			err = os.Mkdir(dir, 0o700)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	parent, err := os.OpenRoot(filepath.Dir(dir))
	if errors.Is(err, fs.ErrPermission) {
		return nil // where one may enter and make, but not read: nothing more can be done
	}
	if err != nil {
		return err
	}
	return errors.Join(syncDir(parent, "."), parent.Close())
}

// Append implements [Backend].
func (d Dir) Append(ctx context.Context, name string, off int64, p []byte) (err error) {
	if err := errors.Join(ctx.Err(), CheckName(name)); err != nil {
		return err
	}
	defer func() { err = act("append to", name, err) }()
	r, err := d.root(true)
	if err != nil {
		return err
	}
	defer r.Close()
	f, created, err := openForAppend(r, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size < off {
		return fmt.Errorf("the file ends at %d, before %d: %w", size, off, evidence.ErrTampered)
	}
	if size > off {
		// Synced before anything is written: else a crash could show new bytes in the
		// middle of old ones.
		if err := errors.Join(f.Truncate(off), f.Sync()); err != nil {
			return err
		}
	}
	if len(p) > 0 {
		if _, err = f.WriteAt(p, off); err == nil {
			err = f.Sync()
		}
		if err != nil {
			// Gives the space back where it can; the next Append cuts anyway.
			return errors.Join(err, f.Truncate(off))
		}
	}
	if created || off == 0 { // at 0, too: whoever made the file may have died before this
		return syncDir(r, path.Dir(name))
	}
	return nil
}

func openForAppend(r *os.Root, name string) (f *os.File, created bool, err error) {
	f, err = r.OpenFile(name, os.O_RDWR, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, false, err
	}
	if err := makeDirs(r, path.Dir(name)); err != nil {
		return nil, false, err
	}
	f, err = r.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	return f, true, err
}

// Replace implements [Backend].
func (d Dir) Replace(ctx context.Context, name string, p []byte) error {
	return d.whole(ctx, "replace", name, func(w io.Writer) error {
		_, err := w.Write(p)
		return err
	})
}

// Rewrite implements [Rewriter].
func (d Dir) Rewrite(ctx context.Context, name string, write func(io.Writer) error) error {
	return d.whole(ctx, "rewrite", name, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	})
}

// whole makes what write writes the whole file: beside it, and then in its place.
func (d Dir) whole(ctx context.Context, what, name string, write func(io.Writer) error) (err error) {
	if err := errors.Join(ctx.Err(), CheckName(name)); err != nil {
		return err
	}
	defer func() { err = act(what, name, err) }()
	r, err := d.root(true)
	if err != nil {
		return err
	}
	defer r.Close()
	tmp := name + temporary
	const flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	f, err := r.OpenFile(tmp, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeDirs(r, path.Dir(name)); err == nil {
			f, err = r.OpenFile(tmp, flags, 0o600)
		}
	}
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = r.Rename(tmp, name)
	}
	if err != nil {
		return errors.Join(err, r.Remove(tmp))
	}
	return syncDir(r, path.Dir(name))
}

// makeDirs makes dir and all above it; each new one is made durable in its parent.
func makeDirs(r *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	err := r.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeDirs(r, path.Dir(dir)); err == nil {
			err = r.Mkdir(dir, 0o700)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// Synced also if it was there: whoever made it may not have come so far yet.
	return syncDir(r, path.Dir(dir))
}

type dirFile struct {
	*os.File
	size int64
}

func (f dirFile) Size() int64 { return f.size }

// Open implements [Backend].
func (d Dir) Open(ctx context.Context, name string) (_ File, err error) {
	if err := errors.Join(ctx.Err(), CheckName(name)); err != nil {
		return nil, err
	}
	defer func() { err = act("open", name, err) }()
	r, err := d.root(false)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("not a regular file: %w", evidence.ErrFormat)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return dirFile{f, st.Size()}, nil
}

// List implements [Backend].
func (d Dir) List(ctx context.Context, dir string) (out []Info, err error) {
	if !fs.ValidPath(dir) {
		return nil, CheckName(dir)
	}
	defer func() { err = act("list", dir, err) }()
	r, err := d.root(false)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = fs.WalkDir(r.FS(), dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no such folder, or gone since its parent was read
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(name, temporary) {
			return err
		}
		st, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			out = append(out, Info{Name: name, Size: st.Size()})
		}
		return err
	})
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

// Lock implements [Backend]. There are two gates: whoever wants the turn passes the
// first, waits within it for the second, and leaves the first when the second is taken.
// So a process that takes turn after turn queues up behind one that waits. The first
// gate's lock lies on the folder itself (on Windows on a second byte of the lock file),
// the second's on the file "lock", which holds the words of its holder.
func (d Dir) Lock(ctx context.Context, who string) (_ func() error, err error) {
	defer func() { err = act("lock", lockName, err) }()
	r, err := d.root(true)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := r.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	gate, err := openGate(r, f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err = d.wait(ctx, gate, f); err != nil {
		return nil, errors.Join(err, gate.Close(), f.Close())
	}
	if err = d.wait(ctx, f, f); err == nil {
		err = writeHolder(f, who)
	}
	// Closing frees the gate, and on failure the turn.
	if err = errors.Join(err, gate.Close()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		return act("unlock", lockName, errors.Join(f.Truncate(0), f.Close()))
	}, nil
}

// wait polls for the lock on f until ctx ends; then it says whose words stand in holder.
func (d Dir) wait(ctx context.Context, f, holder *os.File) error {
	pause := time.Millisecond
	for {
		ok, err := tryLock(f, f == holder)
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			who := readHolder(holder)
			return evidence.WithHint(fmt.Errorf("held by %s: %w: %w", who, evidence.ErrBusy, ctx.Err()),
				"wait until %s is done, or do it there", who)
		case <-time.After(pause):
			pause = min(2*pause, 20*time.Millisecond)
		}
	}
}

func writeHolder(f *os.File, who string) error {
	who = strings.Join(strings.Fields(who), " ")
	words := fmt.Appendf(nil, "pid %d: %s", os.Getpid(), who[:min(len(who), lockWords)])
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(append(words, '\n'), 0)
	if isFull(err) {
		return nil // they only name somebody: on a full disk the case is still opened, read and closed
	}
	return err
}

func readHolder(f *os.File) string {
	p := make([]byte, 2*lockWords)
	n, _ := f.ReadAt(p, 0) // it only names somebody; who cannot be read is "another process"
	if who := strings.TrimSpace(strings.ToValidUTF8(string(p[:n]), "?")); who != "" {
		return who
	}
	return "another process"
}

// act names what failed, and adds the sentinel that tells the caller what to do.
func act(what, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, name, outcome(err))
}

// outcome adds the sentinel that tells the caller what to do.
func outcome(err error) error {
	switch {
	case isFull(err):
		return evidence.WithHint(fmt.Errorf("%w: %w", evidence.ErrFull, err), "make room on the disk and repeat; nothing acknowledged was lost")
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, evidence.ErrNotFound):
		return fmt.Errorf("%w: %w", evidence.ErrNotFound, err)
	}
	return err
}

// openGate opens what the first gate's lock lies on.
func openGate(r *os.Root, lock *os.File) (*os.File, error) {
	if gateIsFolder {
		return r.Open(".")
	}
	return r.OpenFile(filepath.Base(lock.Name()), os.O_RDWR, 0)
}
