package documents

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"svidok/evidence"
)

const (
	maxMember  = 128 << 20
	maxMembers = 20_000
	maxUnzip   = 256 << 20
)

// archive is an office document: a zip of named parts.
type archive struct {
	parts map[string]*zip.File
	names []string // in the order of the directory
	left  int64    // bytes that may still be unpacked
}

func openZip(raw []byte) (*archive, []string, error) {
	if n := bytes.Count(raw, []byte("PK\x01\x02")); n > maxMembers {
		return nil, nil, fmt.Errorf("open an office document of %d parts, limit %d: %w", n, maxMembers, evidence.ErrLimit)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, fmt.Errorf("open an office document: it is no whole zip file: %w: %w", evidence.ErrFormat, err)
	}
	a := &archive{parts: map[string]*zip.File{}, left: maxUnzip}
	var problems []string
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/"))
		if _, twice := a.parts[name]; twice {
			problems = append(problems, fmt.Sprintf("it holds two parts of the name %.80q; the first was read", name))
			continue
		}
		a.parts[name] = f
		a.names = append(a.names, name)
	}
	return a, problems, nil
}

// has: there is such a part.
func (a *archive) has(name string) bool { return a.parts[strings.ToLower(name)] != nil }

// part unpacks one part. ErrNotFound if there is none.
func (a *archive) part(name string) ([]byte, error) {
	f := a.parts[strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))]
	if f == nil {
		return nil, fmt.Errorf("the part %.80q: %w", name, evidence.ErrNotFound)
	}
	if f.Flags&1 != 0 {
		return nil, locked("an office document")
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open the part %.80q: %w: %w", name, evidence.ErrFormat, err)
	}
	defer r.Close()
	room := min(a.left, maxMember)
	b, err := io.ReadAll(io.LimitReader(r, room+1))
	a.left -= int64(len(b))
	if int64(len(b)) > room {
		return nil, fmt.Errorf("unpack the part %.80q: more than %d MiB, or %d MiB for all parts: %w", name, maxMember>>20, maxUnzip>>20, evidence.ErrLimit)
	}
	if err != nil {
		return nil, fmt.Errorf("unpack the part %.80q: %w: %w", name, evidence.ErrFormat, err)
	}
	return b, nil
}
