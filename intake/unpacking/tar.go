package unpacking

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"svidok/evidence"
)

const tarBlock = 512

// IsTar reports whether a file with this beginning is a tar file: a header whose
// checksum is right. 512 bytes are needed.
func IsTar(head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	sum := int64(0)
	for i, c := range head[:tarBlock] {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int64(c)
	}
	var want int64
	digits := 0
	for _, c := range strings.Trim(string(head[148:156]), " \x00") {
		if c < '0' || c > '7' {
			return false
		}
		want = want<<3 | int64(c-'0')
		digits++
	}
	return digits > 0 && want == sum && sum != 8*' '
}

// Tar opens a tar file.
func Tar(src io.ReaderAt, size int64, lim Limits) (*Archive, error) {
	lim = lim.withDefaults()
	a := &Archive{}
	t := &tarWalk{a: a, lim: lim, src: src, size: size}
	for at := int64(0); ; {
		end, err := t.one(at)
		if err != nil {
			if at == 0 && len(a.Members) == 0 {
				return nil, err
			}
			a.Damage = err
			break
		}
		next, ok := t.another(end)
		if !ok {
			if next < size {
				a.Notes = append(a.Notes, fmt.Sprintf("%d bytes behind its end, from byte %d, belong to no member", size-next, next))
			}
			break
		}
		a.Notes = append(a.Notes, fmt.Sprintf("behind its end, at byte %d, another tar file begins: read on", next))
		at = next
	}
	a.finish(lim)
	return a, nil
}

type tarWalk struct {
	a    *Archive
	lim  Limits
	src  io.ReaderAt
	size int64
	n    int
}

// one walks one tar file from byte at, and returns where it ends.
func (t *tarWalk) one(at int64) (end int64, err error) {
	r := io.NewSectionReader(t.src, at, t.size-at)
	rd := tar.NewReader(r)
	for {
		h, err := rd.Next()
		pos, _ := r.Seek(0, io.SeekCurrent) // a section of known length: cannot fail
		pos += at
		if err == io.EOF {
			return pos, nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return pos, fmt.Errorf("a tar file, broken before byte %d: %w: %w", pos, evidence.ErrFormat, err)
		}
		if t.n++; t.n > t.lim.Count {
			return pos, fmt.Errorf("a tar file of more than %d members: the rest is not taken: %w", t.lim.Count, evidence.ErrLimit)
		}
		t.member(h, pos)
	}
}

func (t *tarWalk) member(h *tar.Header, pos int64) {
	if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
		return
	}
	m := Member{Index: t.n, Name: h.Name, Size: h.Size}
	if !h.ModTime.IsZero() && h.ModTime.Unix() != 0 {
		m.Modified = h.ModTime.UTC().Format(time.RFC3339)
	}
	sparse := h.Typeflag == tar.TypeGNUSparse
	for key := range h.PAXRecords {
		sparse = sparse || strings.HasPrefix(key, "GNU.sparse.")
	}
	switch {
	case h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink:
		m.Refused = fmt.Errorf("a link to %q, whose bytes, if they are here, arrive by themselves: %w", clip(h.Linkname), ErrNoFile)
	case h.Typeflag == tar.TypeChar || h.Typeflag == tar.TypeBlock || h.Typeflag == tar.TypeFifo:
		m.Refused = fmt.Errorf("a device or a pipe: %w", ErrNoFile)
	case sparse:
		m.Refused = fmt.Errorf("a sparse file, of %d bytes as it says: not opened: %w", h.Size, evidence.ErrRefused)
	}
	n := max(0, min(h.Size, t.size-pos))
	short := n < h.Size
	src := t.src
	m.open = func() (io.ReadCloser, error) {
		r := io.Reader(io.NewSectionReader(src, pos, n))
		if short {
			r = io.MultiReader(r, &failing{fmt.Errorf("it ends too early: %w", evidence.ErrFormat)})
		}
		return io.NopCloser(r), nil
	}
	t.a.Members = append(t.a.Members, m)
}

// another says where behind end something stands that is not zero, and whether a tar
// file begins there.
func (t *tarWalk) another(end int64) (int64, bool) {
	buf := make([]byte, 64<<10)
	for at := end; at < t.size; {
		n, _ := t.src.ReadAt(buf[:min(int64(len(buf)), t.size-at)], at) // what cannot be read is no tar file
		if n == 0 {
			return at, false
		}
		for i := range n {
			if buf[i] == 0 {
				continue
			}
			var head [tarBlock]byte
			k, _ := t.src.ReadAt(head[:], at+int64(i))
			return at + int64(i), IsTar(head[:k])
		}
		at += int64(n)
	}
	return t.size, false
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
