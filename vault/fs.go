package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

// FS gives the files of a backend as an [io/fs.FS] to read, with the names and folders
// that it has now; files have the size that they have when they are opened, can be read
// from the middle, and bear no times. So who verifies a case in a folder verifies a sealed
// one, once it is unlocked.
func FS(ctx context.Context, b Backend) (fs.FS, error) {
	list, err := b.List(ctx, ".")
	if err != nil {
		return nil, fmt.Errorf("look through the case: %w", err)
	}
	c := caseFS{ctx: ctx, b: b, dirs: map[string][]fs.DirEntry{".": nil}}
	for _, f := range list {
		c.enter(f.Name, entry{name: path.Base(f.Name), size: f.Size})
	}
	return c, nil
}

// caseFS is a listing; the files themselves are in the backend.
type caseFS struct {
	ctx  context.Context // that of the one reader it was made for
	b    Backend
	dirs map[string][]fs.DirEntry
}

// enter adds a file to its folder, and the folder to those above it. Files come sorted by
// their whole names; what a folder holds is sorted when it is read.
func (c caseFS) enter(name string, e entry) {
	dir := path.Dir(name)
	_, known := c.dirs[dir]
	c.dirs[dir] = append(c.dirs[dir], fs.FileInfoToDirEntry(e))
	if !known {
		c.enter(dir, entry{name: path.Base(dir), dir: true})
	}
}

// Open implements [fs.FS].
func (c caseFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if list, ok := c.dirs[name]; ok {
		return &openDir{entry{name: path.Base(name), dir: true}, sorted(list)}, nil
	}
	f, err := c.b.Open(c.ctx, name)
	if errors.Is(err, evidence.ErrNotFound) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &openFile{io.NewSectionReader(f, 0, f.Size()), f, entry{name: path.Base(name), size: f.Size()}}, nil
}

func sorted(list []fs.DirEntry) []fs.DirEntry {
	return slices.SortedFunc(slices.Values(list), func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}

// entry describes a file or a folder.
type entry struct {
	name string
	size int64
	dir  bool
}

// Name implements [fs.FileInfo].
func (e entry) Name() string { return e.name }

// Size implements [fs.FileInfo].
func (e entry) Size() int64 { return e.size }

// Mode implements [fs.FileInfo].
func (e entry) Mode() fs.FileMode {
	if e.dir {
		return fs.ModeDir | 0o500
	}
	return 0o400
}

// ModTime implements [fs.FileInfo]: no backend knows it.
func (e entry) ModTime() time.Time { return time.Time{} }

// IsDir implements [fs.FileInfo].
func (e entry) IsDir() bool { return e.dir }

// Sys implements [fs.FileInfo].
func (e entry) Sys() any { return nil }

type openFile struct {
	*io.SectionReader
	f File
	e entry
}

// Stat implements [fs.File].
func (f *openFile) Stat() (fs.FileInfo, error) { return f.e, nil }

func (f *openFile) Close() error { return f.f.Close() }

type openDir struct {
	e    entry
	list []fs.DirEntry
}

// Stat implements [fs.File].
func (d *openDir) Stat() (fs.FileInfo, error) { return d.e, nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.e.name, Err: errors.New("is a folder")}
}

func (d *openDir) Close() error { return nil }

// ReadDir implements [fs.ReadDirFile].
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.list)
	} else if len(d.list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.list))
	out := d.list[:n:n]
	d.list = d.list[n:]
	return out, nil
}
