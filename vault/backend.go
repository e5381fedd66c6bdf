package vault

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"svidok/evidence"
)

// Backend is where the bytes of a case lie. Names are slash paths from the case's root
// (see [io/fs.ValidPath]). Each act is durable when it returns nil; when it returns an
// error, and after a crash within it, the file may be as before or as after, and for
// Append hold anything from off on.
//
// Errors wrap evidence.ErrNotFound, ErrFull (nothing that was acknowledged is lost),
// ErrBusy, ErrUsage, or the system's.
type Backend interface {
	// Append makes p lie at off and the file end with it. What lies beyond off is cut
	// first, durably; a file that is shorter than off is ErrTampered. The file and its
	// folders are made if need be. Append with no bytes cuts.
	Append(ctx context.Context, name string, off int64, p []byte) error
	// Replace makes p the whole file, atomically: for files that fit in memory.
	Replace(ctx context.Context, name string, p []byte) error
	// Open opens a file for reading, at the size it has now.
	Open(ctx context.Context, name string) (File, error)
	// List returns the files below dir ("." for all), sorted by name; none if there is
	// no such folder.
	List(ctx context.Context, dir string) ([]Info, error)
	// Lock takes the one turn to write among all processes, and waits for it until ctx
	// ends: then ErrBusy says who has it, in the words that the holder gave as who. The
	// turn ends with unlock, or when the process dies. Whoever waits gets it before
	// whoever just had it.
	Lock(ctx context.Context, who string) (unlock func() error, err error)
}

// Rewriter is a [Backend] that can replace a file of any size: what a segment with a
// damaged middle needs, since Append only writes at the end.
type Rewriter interface {
	// Rewrite makes what write writes the whole file, atomically and durably, as Replace
	// does. If write fails, or the machine, the file is as it was. Whoever has the file
	// open goes on reading the old one.
	Rewrite(ctx context.Context, name string, write func(io.Writer) error) error
}

// File is an open file of a [Backend]. ReadAt may return io.EOF together with the last
// bytes.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Info is one file of a listing: its slash path from the case's root, and its bytes.
type Info struct {
	Name string
	Size int64
}

// CheckName refuses a name that is no plain slash path below the root, or that every
// backend keeps for itself.
func CheckName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\:") || strings.HasSuffix(name, temporary) {
		return fmt.Errorf("name %q: not the name of a file in a case: %w", name, evidence.ErrUsage)
	}
	return nil
}

// ReadFile reads a whole file of at most limit bytes, ErrLimit if it is larger.
func ReadFile(ctx context.Context, b Backend, name string, limit int64) ([]byte, error) {
	f, err := b.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() > limit {
		return nil, fmt.Errorf("read %s: %d bytes where at most %d belong: %w", name, f.Size(), limit, evidence.ErrLimit)
	}
	p := make([]byte, f.Size())
	if err := readAt(f, p, 0); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return p, nil
}

// readAt fills p from off; io.EOF with the last bytes is no error, without them it is
// io.ErrUnexpectedEOF.
func readAt(f io.ReaderAt, p []byte, off int64) error {
	if len(p) == 0 {
		return nil
	}
	n, err := f.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
