// Package unpacking opens archives and mail without writing a file: it lists what an
// archive holds and gives the bytes of each member, any number of times. It touches
// nothing but the reader that it is given; a member's name never becomes a path.
//
// # Opened
//
//   - zip (PKWARE APPNOTE 6.3.10, zip64, methods store, deflate, bzip2, zstd, xz);
//   - tar (POSIX ustar and pax, GNU, several one behind the other);
//   - 7z (also solid); gzip, bzip2, xz and zstd of one stream ([Inflate]);
//   - mbox ([Mailbox]; RFC 4155, mboxrd, mboxo, mboxcl and mboxcl2) and the attachments of
//     one message (RFC 5322, MIME: RFC 2045 to 2047, 2231; [Attachments]).
//
// # Said and not given
//
// A member whose bytes are not given has [Member.Refused], which wraps a sentinel of
// package evidence, or [ErrNoFile]:
//
//   - locked with a password (ErrRefused; the key is nobody's but its owner's);
//   - compressed in a way that is not known (ErrRefused);
//   - members of a zip that lie over one another in the file, as only a bomb's do
//     (ErrLimit: none of them is given);
//   - links, devices, pipes (ErrNoFile: they have no bytes), sparse files (ErrRefused).
//
// While the bytes are read: more than Limits.Ratio times what they were compressed to,
// beyond the first 8 MiB (ErrLimit); a wrong checksum, a wrong length, an end too early
// (ErrFormat, after the bytes that there are).
//
// # Said and given
//
// Problems of a member: a name that leads out of the archive (absolute, with a drive,
// with ".."), that has control characters or marks that turn the direction of writing,
// that is too long, or that another member has, too; a name in no UTF-8, guessed from
// code page 866 or 1251, KOI8-U or 437; a zip in whose middle the member is described
// otherwise than in its directory (name, method, sizes, checksum, password), a known way
// to show one thing to one program and another to the next: the directory is followed.
// Notes of an archive: bytes at its beginning, between members or behind its end that
// belong to no member; a zip that lost its directory, whose members are then found by
// what stands before each.
package unpacking

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"svidok/evidence"
)

// ErrNoFile: the member is a link, a device or the like, and has no bytes of its own.
var ErrNoFile = errors.New("no file")

// Limits bound what is opened. Zero values stand for the defaults.
type Limits struct {
	Count int   // members of one archive; default 1 million
	Name  int   // bytes of a name; default 1024
	Ratio int64 // see the package comment; default 300
}

// free is how many bytes may come out before the ratio counts.
const free = 8 << 20

func (l Limits) withDefaults() Limits {
	if l.Count <= 0 {
		l.Count = 1_000_000
	}
	if l.Name <= 0 {
		l.Name = 1024
	}
	if l.Ratio <= 0 {
		l.Ratio = 300
	}
	return l
}

// Archive is what an archive holds. It is good as long as the reader that it was opened on.
type Archive struct {
	Members []Member // files, and what is named but has no bytes; no folders
	Notes   []string // what is odd with the archive as a whole
	// Damage is why the members are not all there are, or nil.
	Damage error
	// InOrder: a member is cheap to read only behind the one before it.
	InOrder bool
}

// Member is one file of an archive.
type Member struct {
	Index    int    // from 1, folders counted
	Name     string // UTF-8, with slashes, harmless: see the package comment
	Stored   string // the bytes of the name as they stand, if they are others
	Modified string // RFC 3339; without a zone if the archive has none; "" if not said
	Size     int64  // bytes, as the archive says
	Problems []string
	Refused  error // why Open gives nothing

	open func() (io.ReadCloser, error)
}

// Open gives the bytes. An error of the reader comes after the bytes that there are.
func (m *Member) Open() (io.ReadCloser, error) {
	if m.Refused != nil {
		return nil, m.Refused
	}
	return m.open()
}

// Within names the member's place: `member 3`, and the name as stored if it is another.
func (m *Member) Within() string {
	if m.Stored == "" {
		return fmt.Sprintf("member %d", m.Index)
	}
	stored := m.Stored
	if len(stored) > maxStored {
		stored = stored[:maxStored]
	}
	return fmt.Sprintf("member %d, named %q", m.Index, stored)
}

// maxStored bounds how much of a name stands in Within.
const maxStored = 512

// problem adds one.
func (m *Member) problem(format string, args ...any) {
	m.Problems = append(m.Problems, fmt.Sprintf(format, args...))
}

// finish gives members their names, and says which name comes twice.
func (a *Archive) finish(lim Limits) {
	raw := make([]string, len(a.Members))
	for i := range a.Members {
		raw[i] = a.Members[i].Name
	}
	decode, from := guess(raw)
	seen := make(map[string]bool, len(a.Members))
	for i := range a.Members {
		m := &a.Members[i]
		m.name(decode, from, lim)
		if seen[m.Name] && !errors.Is(m.Refused, ErrNoFile) {
			m.problem("another member before it has the same name")
		}
		seen[m.Name] = true
	}
}

// bounded counts what comes out against what went in.
type bounded struct {
	io.ReadCloser
	in     func() int64
	ratio  int64
	source func() error // of the input itself, which is not for us to judge; may be nil
	out    int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.out += int64(n)
	if b.out > free && b.out/b.ratio > b.in() {
		return 0, fmt.Errorf("more than %d bytes for one that is stored: %w", b.ratio, evidence.ErrLimit)
	}
	if err != nil && b.source != nil && b.source() != nil {
		return n, b.source()
	}
	if err != nil && err != io.EOF && !errors.Is(err, evidence.ErrLimit) {
		err = broken(err)
	}
	return n, err
}

// broken puts our sentinel to an error of a decompressor.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it ends too early: %w", evidence.ErrFormat)
	}
	return fmt.Errorf("%s: %w: %w", strings.TrimPrefix(err.Error(), "zip: "), evidence.ErrFormat, err)
}

// guarded turns a panic of a library on hostile bytes into an error: what is one file's
// fault must not end a delivery.
func guarded(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: broken in a way that its reader does not know (%v): %w", what, r, evidence.ErrFormat)
		}
	}()
	return f()
}

// guardedReader does so for every read.
type guardedReader struct {
	io.ReadCloser
	what string
}

func (g *guardedReader) Read(p []byte) (n int, err error) {
	bad := guarded(g.what, func() error { n, err = g.ReadCloser.Read(p); return nil })
	if bad != nil {
		return 0, bad
	}
	return n, err
}

// Replace gives the member's bytes another place to be read from: bytes that were read
// before, and the error, if any, that came behind them.
func (m *Member) Replace(r *io.SectionReader, behind error) {
	m.open = func() (io.ReadCloser, error) {
		var all io.Reader = io.NewSectionReader(r, 0, r.Size())
		if behind != nil {
			all = io.MultiReader(all, &failing{behind})
		}
		return io.NopCloser(all), nil
	}
}
