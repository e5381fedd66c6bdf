package main

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
	"svidok/vault"
)

// caseFS shows a backend as a file system that is only read, so that the verifier can go
// through a sealed case.
type caseFS struct {
	ctx context.Context
	b   vault.Backend
}

// Open implements fs.FS.
func (c caseFS) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	var f vault.File
	err := fs.ErrNotExist
	if name != "." {
		f, err = c.b.Open(c.ctx, name)
	}
	if err != nil {
		if list, e := c.ReadDir(name); e == nil && (len(list) > 0 || name == ".") {
			return &caseFolder{name: path.Base(name), list: list}, nil
		}
		if errors.Is(err, evidence.ErrNotFound) {
			err = fs.ErrNotExist
		}
		return fail(err)
	}
	return &caseFile{File: f, name: path.Base(name), SectionReader: io.NewSectionReader(f, 0, f.Size())}, nil
}

// ReadDir implements fs.ReadDirFS.
func (c caseFS) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := c.b.List(c.ctx, name)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	var out []fs.DirEntry
	seen := map[string]bool{}
	for _, f := range list {
		rest := f.Name
		if name != "." {
			rest = strings.TrimPrefix(rest, name+"/")
		}
		first, _, deeper := strings.Cut(rest, "/")
		if first == "" || seen[first] {
			continue
		}
		seen[first] = true
		out = append(out, fs.FileInfoToDirEntry(caseInfo{first, f.Size, deeper}))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

type caseInfo struct {
	name string
	size int64
	dir  bool
}

func (i caseInfo) Name() string       { return i.name }
func (i caseInfo) Size() int64        { return i.size }
func (i caseInfo) ModTime() time.Time { return time.Time{} }
func (i caseInfo) IsDir() bool        { return i.dir }
func (i caseInfo) Sys() any           { return nil }
func (i caseInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o500
	}
	return 0o400
}

type caseFile struct {
	vault.File
	*io.SectionReader
	name string
}

// Stat implements fs.File.
func (f *caseFile) Stat() (fs.FileInfo, error) { return caseInfo{f.name, f.File.Size(), false}, nil }

// ReadAt is the file's own.
func (f *caseFile) ReadAt(p []byte, off int64) (int, error) { return f.File.ReadAt(p, off) }

// Size is the file's own.
func (f *caseFile) Size() int64 { return f.File.Size() }

type caseFolder struct {
	name string
	list []fs.DirEntry
}

func (f *caseFolder) Stat() (fs.FileInfo, error) { return caseInfo{f.name, 0, true}, nil }
func (f *caseFolder) Read([]byte) (int, error)   { return 0, fs.ErrInvalid }
func (f *caseFolder) Close() error               { return nil }

// ReadDir implements fs.ReadDirFile.
func (f *caseFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		out := f.list
		f.list = nil
		return out, nil
	}
	if len(f.list) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.list))
	out := f.list[:n]
	f.list = f.list[n:]
	return out, nil
}
