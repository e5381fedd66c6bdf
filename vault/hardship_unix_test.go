//go:build unix

package vault

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sys/unix"
)

// TestNoGate: where a folder cannot be locked, there is no first gate, but never two turns.
func TestNoGate(t *testing.T) {
	f := os.NewFile(1<<20, "folder") // no such descriptor: flock(2) says EBADF, as it does of a folder over NFS
	if ok, err := tryLock(f, false); !ok || err != nil {
		t.Errorf("the gate: %v, %v", ok, err)
	}
	if ok, err := tryLock(f, true); ok || !errors.Is(err, unix.EBADF) {
		t.Errorf("the turn: %v, %v", ok, err)
	}
}

// TestMoreThanItsTrailerSays: the length in a gzip trailer is modulo 4 GiB, so a member
// that holds more than it says is to be streamed, and not called altered.
func TestMoreThanItsTrailerSays(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	p := b.Bytes()
	copy(p[len(p)-4:], []byte{100, 0, 0, 0})
	if _, err := inflate(new(gzip.Reader), p); !errors.Is(err, errLong) {
		t.Errorf("%v, want errLong", err)
	}
}
