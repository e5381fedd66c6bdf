package wacz

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"svidok/evidence"
)

const (
	maxManifest = 64 << 20 // bytes of datapackage.json and of the digest
	maxLine     = 16 << 20 // bytes of one line of a list of pages; texts may stand in it
	maxPages    = 1_000_000
	maxMembers  = 1_000_000
	maxRatio    = 300 // as package warc, for members that are compressed
)

// File is an open WACZ file. It is good as long as the reader that it was opened on.
type File struct {
	Version, Title, Description string // claims of datapackage.json
	Software, Created, Modified string
	Resources                   []Resource
	Problems                    []string // what is wrong with the package

	manifest, digest []byte
	members          map[string]*zip.File
}

// Resource is one file of the package.
type Resource struct {
	Path  string
	Hash  string // as declared; "" if it is not declared
	Size  int64  // as declared; -1 if not
	Found bool   // it is in the file
}

type manifest struct {
	Profile     string `json:"profile"`
	Version     string `json:"wacz_version"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Software    string `json:"software"`
	Created     string `json:"created"`
	Modified    string `json:"modified"`
	Resources   []struct {
		Path  string `json:"path"`
		Hash  string `json:"hash"`
		Bytes *int64 `json:"bytes"`
		// As WACZ 1.0 had it.
		Hashing string `json:"hashing"`
		Stats   struct {
			Hash  string `json:"hash"`
			Bytes *int64 `json:"bytes"`
		} `json:"stats"`
	} `json:"resources"`
}

// Open reads what a WACZ file says it holds. ErrFormat: it is no WACZ file.
func Open(src io.ReaderAt, size int64) (*File, error) {
	z, err := zip.NewReader(src, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("a WACZ file: %w: %w", evidence.ErrFormat, err)
	}
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("a WACZ file of more than %d members: %w", maxMembers, evidence.ErrLimit)
	}
	f := &File{members: map[string]*zip.File{}}
	for _, m := range z.File {
		if strings.HasSuffix(m.Name, "/") {
			continue
		}
		if f.members[m.Name] != nil {
			f.problem("%q is in it twice: the first is read", clip(m.Name))
			continue
		}
		f.members[m.Name] = m
	}
	if f.manifest, err = f.small(packageName); err != nil {
		return nil, err
	}
	if f.members[digestName] != nil {
		if f.digest, err = f.small(digestName); err != nil {
			f.problem("%v", err)
		}
	}
	return f, f.parse()
}

func (f *File) problem(format string, args ...any) {
	f.Problems = append(f.Problems, fmt.Sprintf(format, args...))
}

func (f *File) small(name string) ([]byte, error) {
	r, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, evidence.ErrFormat, err)
	}
	if len(b) > maxManifest {
		return nil, fmt.Errorf("%s: more than %d bytes: %w", name, maxManifest, evidence.ErrLimit)
	}
	return b, nil
}

func (f *File) parse() error {
	var m manifest
	if err := json.Unmarshal(bytes.TrimPrefix(f.manifest, []byte("\xef\xbb\xbf")), &m); err != nil {
		return fmt.Errorf("%s: %w: %w", packageName, evidence.ErrFormat, err)
	}
	f.Version, f.Title, f.Description, f.Software, f.Created, f.Modified = m.Version, m.Title, m.Description, m.Software, m.Created, m.Modified
	if m.Profile != "data-package" {
		f.problem("datapackage.json has the profile %q, not \"data-package\"", clip(m.Profile))
	}
	if !strings.HasPrefix(m.Version, "1.") {
		f.problem("version %q of WACZ is not known: read as 1.1.1", clip(m.Version))
	}
	declared := map[string]bool{}
	for _, r := range m.Resources {
		if declared[r.Path] {
			f.problem("datapackage.json declares %q twice", clip(r.Path))
			continue
		}
		declared[r.Path] = true
		x := Resource{Path: r.Path, Hash: r.Hash, Size: -1, Found: f.members[r.Path] != nil}
		if x.Hash == "" && r.Stats.Hash != "" {
			x.Hash, r.Bytes = r.Hashing+":"+r.Stats.Hash, r.Stats.Bytes
		}
		if r.Bytes != nil {
			x.Size = *r.Bytes
		}
		if !x.Found {
			f.problem("%q is declared and missing", clip(r.Path))
		}
		f.Resources = append(f.Resources, x)
	}
	var extra []string
	for name := range f.members {
		if !declared[name] && name != packageName && name != digestName {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		f.problem("%q is in the file and not declared: nothing vouches for it", clip(name))
		f.Resources = append(f.Resources, Resource{Path: name, Size: -1, Found: true})
	}
	if len(f.WARCs()) == 0 {
		f.problem("there is no WARC file in archive/")
	}
	if f.members[pagesName] == nil {
		f.problem("there is no list of pages")
	}
	return nil
}

// Manifest returns the bytes of datapackage.json, and Digest those of
// datapackage-digest.json, nil if there is none.
func (f *File) Manifest() []byte { return f.manifest }

// Digest returns the bytes of datapackage-digest.json, nil if there is none.
func (f *File) Digest() []byte { return f.digest }

// WARCs lists the resources that are WARC files and in the file.
func (f *File) WARCs() []Resource {
	var list []Resource
	for _, r := range f.Resources {
		if r.Found && path.Dir(r.Path) == "archive" && (strings.HasSuffix(r.Path, ".warc") || strings.HasSuffix(r.Path, ".warc.gz")) {
			list = append(list, r)
		}
	}
	return list
}

// Open gives the bytes of one file of the package. They are checked against the zip's
// checksum, not against datapackage.json: see Check.
func (f *File) Open(name string) (io.ReadCloser, error) {
	m := f.members[name]
	switch {
	case m == nil:
		return nil, fmt.Errorf("%s: not in the WACZ file: %w", clip(name), evidence.ErrNotFound)
	case m.Flags&1 != 0:
		return nil, fmt.Errorf("%s: locked with a password: not opened: %w", clip(name), evidence.ErrRefused)
	case m.UncompressedSize64 > 8<<20 && m.UncompressedSize64/maxRatio > m.CompressedSize64:
		return nil, fmt.Errorf("%s: more than %d bytes for one that is stored: not opened: %w", clip(name), maxRatio, evidence.ErrLimit)
	}
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", clip(name), evidence.ErrFormat, err)
	}
	return r, nil
}

// Check holds a resource against what datapackage.json says of it. ErrTampered: they
// differ; ErrNotFound: it is not there, or nothing is said; weak: it holds, by a hash that
// proves nothing against somebody who means to deceive.
func (f *File) Check(r Resource) (weak bool, err error) {
	if r.Hash == "" {
		return false, fmt.Errorf("%s: no hash is declared for it: %w", clip(r.Path), evidence.ErrNotFound)
	}
	h, name, want, err := hasher(r.Hash)
	if err != nil {
		return false, fmt.Errorf("%s: %w", clip(r.Path), err)
	}
	in, err := f.Open(r.Path)
	if err != nil {
		return false, err
	}
	defer in.Close()
	n, err := io.Copy(h, in)
	switch {
	case err != nil:
		return false, fmt.Errorf("%s: it cannot be read whole, byte %d: %w: %w", clip(r.Path), n, evidence.ErrTampered, err)
	case r.Size >= 0 && n != r.Size:
		return false, fmt.Errorf("%s: it has %d bytes, declared are %d: %w", clip(r.Path), n, r.Size, evidence.ErrTampered)
	case !bytes.Equal(h.Sum(nil), want):
		return false, fmt.Errorf("%s: its %s is not the one declared: %w", clip(r.Path), name, evidence.ErrTampered)
	}
	return name == "md5" || name == "sha1", nil
}

// hasher reads "NAME:HEX"; without a name it is md5.
func hasher(s string) (h hash.Hash, name string, want []byte, err error) {
	name, digits, ok := strings.Cut(s, ":")
	if !ok {
		name, digits = "md5", s
	}
	name = strings.ReplaceAll(strings.ToLower(name), "-", "")
	switch name {
	case "sha256":
		h = sha256.New()
	case "sha512":
		h = sha512.New()
	case "sha1":
		h = sha1.New()
	case "md5":
		h = md5.New()
	default:
		return nil, name, nil, fmt.Errorf("hash %q is not known: %w", clip(name), evidence.ErrFormat)
	}
	if want, err = hex.DecodeString(digits); err != nil || len(want) != h.Size() {
		return nil, name, nil, fmt.Errorf("hash %q is none: %w", clip(s), evidence.ErrFormat)
	}
	return h, name, want, nil
}

// Pages gives the pages of every list, without their text. An error is about a line or a
// list; what is whole comes.
func (f *File) Pages() iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		n := 0
		for _, r := range f.Resources {
			if !r.Found || path.Dir(r.Path) != "pages" || !strings.HasSuffix(r.Path, ".jsonl") {
				continue
			}
			in, err := f.Open(r.Path)
			if err != nil {
				if !yield(Page{List: r.Path}, err) {
					return
				}
				continue
			}
			ok := pages(r.Path, in, &n, yield)
			_ = in.Close() // opened for reading
			if !ok {
				return
			}
		}
	}
}

func pages(list string, in io.Reader, n *int, yield func(Page, error) bool) bool {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 64<<10), maxLine)
	for line := 1; s.Scan(); line++ {
		var p struct {
			Format *string `json:"format"`
			URL    string  `json:"url"`
			Title  string  `json:"title"`
			ID     any     `json:"id"`
			TS     any     `json:"ts"`
		}
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		err := json.Unmarshal(s.Bytes(), &p)
		if err == nil && p.URL == "" && (p.Format != nil || line == 1) {
			continue // the head of the list
		}
		if err == nil && p.URL == "" {
			err = errors.New("a page without url")
		}
		page := Page{URL: p.URL, Title: p.Title, List: list}
		page.ID, _ = p.ID.(string)
		page.Time, _ = p.TS.(string)
		if err != nil {
			err = fmt.Errorf("%s, line %d: %w: %w", list, line, evidence.ErrFormat, err)
		} else if *n++; *n > maxPages {
			yield(Page{List: list}, fmt.Errorf("more than %d pages: the rest is not listed: %w", maxPages, evidence.ErrLimit))
			return false
		}
		if !yield(page, err) {
			return false
		}
	}
	if err := s.Err(); err != nil {
		return yield(Page{List: list}, fmt.Errorf("%s: %w: %w", list, evidence.ErrFormat, err))
	}
	return true
}
