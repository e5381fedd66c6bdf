package intake

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"svidok/evidence"
)

// errTooLarge is told from other failures, since who calls knows the thing's name.
var errTooLarge = fmt.Errorf("too large: %w", evidence.ErrLimit)

// spool reads r to its end: into memory up to a mebibyte, beyond that into a temporary
// file that is removed when nothing refers to it any more, and is encrypted where there
// is a key. What open gives is an io.ReaderAt, too.
func (l Limits) spool(r io.Reader, hint, max int64) (data []byte, open func() (io.ReadCloser, error), size int64, err error) {
	var b bytes.Buffer
	if hint > 0 && hint <= small {
		b.Grow(int(hint) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(r, min(small, max)+1))
	if err != nil {
		return nil, nil, n, err
	}
	if n > max {
		return nil, nil, n, errTooLarge
	}
	if n <= small {
		return b.Bytes(), nil, n, nil
	}
	f, err := os.CreateTemp("", "svidok-*")
	if err != nil {
		return nil, nil, n, fmt.Errorf("spool: %w", err)
	}
	s := &spooled{f: f}
	out := io.Writer(f)
	if len(l.SpoolKey) > 0 {
		if s.cipher, err = newSpoolCipher(l.SpoolKey, f.Name(), b.Bytes()); err != nil {
			return nil, nil, n, errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
		out = cipher.StreamWriter{S: s.cipher.at(0), W: f}
	}
	// Where an open file may be removed, it is at once: then no crash leaves it behind.
	gone := os.Remove(f.Name()) == nil
	runtime.AddCleanup(s, func(f *os.File) {
		_ = f.Close()
		if !gone {
			_ = os.Remove(f.Name())
		}
	}, f)
	size, err = io.Copy(out, io.MultiReader(&b, io.LimitReader(r, max-n+1)))
	if err == nil && size > max {
		err = errTooLarge
	}
	if err != nil {
		return nil, nil, size, err
	}
	s.size = size
	return nil, s.open, size, nil
}

type spooled struct {
	f      *os.File
	size   int64
	cipher *spoolCipher // nil: it lies there in the clear
}

func (s *spooled) open() (io.ReadCloser, error) {
	return &spooledReader{io.NewSectionReader(s, 0, s.size), s}, nil
}

// ReadAt reads as io.ReaderAt, decrypting.
func (s *spooled) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.f.ReadAt(p, off)
	if s.cipher != nil {
		s.cipher.at(off).XORKeyStream(p[:n], p[:n])
	}
	return n, err
}

// spoolCipher is AES-256 in counter mode (NIST SP 800-38A), so that any place can be read
// by itself. It keeps what was spooled from whoever finds the disk; it is no seal against
// change, since a file lives no longer than the process.
type spoolCipher struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
}

// newSpoolCipher makes the first counter from the key, the file's name, which is random,
// and its beginning: two files share one only if they share these, and then nothing is
// to be learned from it but that.
func newSpoolCipher(key []byte, name string, begin []byte) (*spoolCipher, error) {
	mac := hmac.New(sha256.New, key)
	for _, b := range [][]byte{[]byte(name), {0}, begin} {
		mac.Write(b)
	}
	sum := mac.Sum(nil)
	mac.Reset()
	mac.Write([]byte("spool"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	c := &spoolCipher{block: block}
	copy(c.iv[:], sum)
	return c, nil
}

// at gives the stream from byte off on.
func (c *spoolCipher) at(off int64) cipher.Stream {
	iv := c.iv
	carry := uint64(off / aes.BlockSize)
	for i := len(iv) - 1; i >= 0 && carry > 0; i-- {
		carry += uint64(iv[i])
		iv[i] = byte(carry)
		carry >>= 8
	}
	s := cipher.NewCTR(c.block, iv[:])
	var skip [aes.BlockSize]byte
	s.XORKeyStream(skip[:off%aes.BlockSize], skip[:off%aes.BlockSize])
	return s
}

// spooledReader keeps the file alive while it is read.
type spooledReader struct {
	*io.SectionReader
	s *spooled
}

func (r *spooledReader) Close() error {
	if r.s == nil {
		return errors.New("closed twice")
	}
	r.s = nil
	return nil
}
