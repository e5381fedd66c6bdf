package unpacking

import (
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"time"

	"github.com/bodgit/sevenzip"

	"svidok/evidence"
)

// SevenZip opens a 7z file. Its members are cheap to read in order only.
func SevenZip(src io.ReaderAt, size int64, lim Limits) (*Archive, error) {
	lim = lim.withDefaults()
	a := &Archive{InOrder: true}
	err := guarded("a 7z file", func() error {
		if err := soundSeven(src, size, lim); err != nil {
			return err
		}
		z, err := sevenzip.NewReader(src, size)
		if err != nil {
			if e, ok := errors.AsType[*sevenzip.ReadError](err); ok && e.Encrypted {
				return locked("the 7z file, names and all, is")
			}
			return fmt.Errorf("a 7z file: %w: %w", evidence.ErrFormat, err)
		}
		// Before anything is unpacked: to come to a member of a solid file, all before it
		// are, whoever reads.
		var sum uint64
		for _, f := range z.File {
			if sum += min(f.UncompressedSize, 1<<62); sum > 1<<62 || sum > free && sum/uint64(lim.Ratio) > uint64(size) {
				return fmt.Errorf("a 7z file whose members are more than %d times as large as itself: not opened: %w", lim.Ratio, evidence.ErrLimit)
			}
		}
		for i, f := range z.File {
			if i >= lim.Count {
				a.Damage = fmt.Errorf("a 7z file of more than %d members: the rest is not taken: %w", lim.Count, evidence.ErrLimit)
				break
			}
			if f.FileInfo().IsDir() {
				continue
			}
			a.Members = append(a.Members, sevenMember(f, i+1))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.finish(lim)
	return a, nil
}

func locked(what string) error {
	return evidence.WithHint(fmt.Errorf("%s locked with a password: not opened: %w", what, evidence.ErrRefused),
		"unpack it with the password, and add what comes out")
}

func sevenMember(f *sevenzip.File, index int) Member {
	m := Member{Index: index, Name: f.Name, Size: int64(f.UncompressedSize)}
	if !f.Modified.IsZero() {
		m.Modified = f.Modified.UTC().Format(time.RFC3339)
	}
	if mode := f.FileInfo().Mode(); mode&fs.ModeType != 0 {
		m.Refused = fmt.Errorf("a link or a device: %w", ErrNoFile)
	}
	m.open = func() (rc io.ReadCloser, err error) {
		bad := guarded("a 7z file", func() error { rc, err = f.Open(); return nil })
		if bad != nil {
			return nil, bad
		}
		if err != nil {
			return nil, sevenError(err)
		}
		return &sevenReader{guardedReader{rc, "a 7z file"}, f.CRC32, crc32.NewIEEE()}, nil
	}
	return m
}

func sevenError(err error) error {
	if e, ok := errors.AsType[*sevenzip.ReadError](err); ok && e.Encrypted {
		return locked("it is")
	}
	if errors.Is(err, evidence.ErrFormat) {
		return err
	}
	return broken(err)
}

// sevenReader checks a member's checksum, where there is one.
type sevenReader struct {
	guardedReader
	want uint32
	sum  hash.Hash32
}

func (s *sevenReader) Read(p []byte) (int, error) {
	n, err := s.guardedReader.Read(p)
	s.sum.Write(p[:n])
	switch {
	case err == io.EOF && s.want != 0 && s.sum.Sum32() != s.want:
		return n, fmt.Errorf("its checksum is wrong: %w", evidence.ErrFormat)
	case err != nil && err != io.EOF:
		err = sevenError(err)
	}
	return n, err
}
