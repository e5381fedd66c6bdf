package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"

	"svidok/evidence"
)

// The format of a sealed file, which docs/formats/sealed.md has for other readers. A
// sealed file is a sequence of frames; each holds a run of
// the plain file and says where it belongs. All numbers are big-endian.
//
//	0–7    "svidokS1"
//	8–15   OFF: where in the plain file the run begins
//	16–19  LEN: bytes of the run, at most 1 MiB; 0 for a frame that only cuts
//	20–39  nonce
//	40–55  tag of the header: XChaCha20-Poly1305 of nothing, counter 0
//	       for every 16 KiB of the run, and the rest: XChaCha20-Poly1305 of it, with its
//	       tag of 16 bytes behind it; counters from 1
//	       bytes 0xFF up to a multiple of 8
//
// The nonce of XChaCha20 is the frame's nonce and the counter in four bytes. The
// additional data of each is bytes 0–39 of the header, where in the sealed file the frame
// begins (8 bytes), and the file's name: a frame is worth nothing in another place or file.
//
// The frame's nonce is the first 20 bytes of HMAC-SHA256, under a key of its own, over
// place, OFF, LEN, length of the name, name, and the run: a synthetic nonce (Rogaway and
// Shrimpton 2006). No randomness is needed, and none can fail; that the same run was
// written to the same place twice is all that can be seen.
//
// The plain file is what the frames say in their order: OFF is at most where the file
// ends so far; if it is before, the file is cut there first. A frame is cut off the
// sealed file only where it was written as a whole, so no acknowledged byte is ever
// written anew.
//
// # A torn end
//
// As with the ledger's journal, what a crash leaves of the last frame counts as not
// written: the file ends within it; or one of its pieces, cut at file offsets that are
// multiples of 512, is all zero (with a header that is not right: a piece of the header).
// No whole frame has such a piece. All else that is not a whole frame is an alteration;
// it costs the bytes that it held, which are then refused, and no others.
const (
	frameMagic    = "svidokS1"
	frameHead     = 56
	frameTagged   = 40      // bytes of the header that are authenticated
	frameNonce    = 20      // bytes of a nonce before the counter
	frameRun      = 1 << 20 // plain bytes that a frame has at most
	frameChunk    = 16 << 10
	frameOverhead = chacha20poly1305.Overhead
	frameSector   = 512
)

// frame is one run of a plain file: where it lies, and in the sealed file.
type frame struct {
	off   int64 // in the plain file
	at    int64 // in the sealed file
	n     uint32
	bad   bool // its header cannot be read: where it lies is inferred
	nonce [frameNonce]byte
}

// sealedLen returns how long the frame of n plain bytes is.
func sealedLen(n int64) int64 {
	chunks := (n + frameChunk - 1) / frameChunk
	return (frameHead + n + chunks*frameOverhead + 7) &^ 7
}

// plainLen returns how many plain bytes a frame that is size long may hold, at most.
func plainLen(size int64) int64 {
	size -= frameHead
	if size <= 0 {
		return 0
	}
	const whole = frameChunk + frameOverhead
	return size/whole*frameChunk + max(0, size%whole-frameOverhead)
}

func (f *frame) end() int64 { return f.at + sealedLen(int64(f.n)) }

// head returns the part of the header that is authenticated, and what is beside it.
func (f *frame) data(name string) []byte {
	p := make([]byte, 0, frameTagged+8+len(name))
	p = append(p, frameMagic...)
	p = binary.BigEndian.AppendUint64(p, uint64(f.off))
	p = binary.BigEndian.AppendUint32(p, f.n)
	p = append(p, f.nonce[:]...)
	p = binary.BigEndian.AppendUint64(p, uint64(f.at))
	return append(p, name...)
}

func (f *frame) counter(i uint32) []byte {
	return binary.BigEndian.AppendUint32(append(make([]byte, 0, chacha20poly1305.NonceSizeX), f.nonce[:]...), i)
}

// setNonce makes the frame's nonce from all that it will protect.
func (f *frame) setNonce(k *Keys, name string, run []byte) {
	m := hmac.New(sha256.New, k.nonce)
	var p [24]byte
	binary.BigEndian.PutUint64(p[:], uint64(f.at))
	binary.BigEndian.PutUint64(p[8:], uint64(f.off))
	binary.BigEndian.PutUint32(p[16:], f.n)
	binary.BigEndian.PutUint32(p[20:], uint32(len(name)))
	m.Write(p[:])
	m.Write([]byte(name))
	m.Write(run)
	copy(f.nonce[:], m.Sum(nil))
}

// appendSealed appends the frame of a run that lies at off in the plain file and will lie at
// byte at of the sealed file.
func (k *Keys) appendSealed(dst []byte, name string, off, at int64, run []byte) ([]byte, frame) {
	f := frame{off: off, at: at, n: uint32(len(run))}
	f.setNonce(k, name, run)
	start := len(dst)
	dst = slices.Grow(dst, int(sealedLen(int64(len(run)))))
	data := f.data(name)
	dst = append(dst, data[:frameTagged]...)
	dst = k.frames.Seal(dst, f.counter(0), nil, data)
	for i := uint32(1); len(run) > 0; i++ {
		n := min(len(run), frameChunk)
		dst = k.frames.Seal(dst, f.counter(i), run[:n], data)
		run = run[n:]
	}
	for (len(dst)-start)%8 != 0 {
		dst = append(dst, 0xff)
	}
	return dst, f
}

// appendRuns appends p as many frames.
func (k *Keys) appendRuns(dst []byte, name string, p []byte) []byte {
	for off := int64(0); len(p) > 0; {
		n := min(len(p), frameRun)
		dst, _ = k.appendSealed(dst, name, off, int64(len(dst)), p[:n])
		off += int64(n)
		p = p[n:]
	}
	return dst
}

// readHead reads a header without a key: what it says, if that can be.
func readHead(p []byte, at int64) (f frame, ok bool) {
	if len(p) < frameHead || string(p[:8]) != frameMagic {
		return f, false
	}
	off := binary.BigEndian.Uint64(p[8:])
	f = frame{off: int64(off), at: at, n: binary.BigEndian.Uint32(p[16:]), nonce: [frameNonce]byte(p[20:frameTagged])}
	return f, off < 1<<62 && f.n <= frameRun
}

// parseHead reads a header and checks it.
func (k *Keys) parseHead(p []byte, name string, at int64) (f frame, ok bool) {
	if f, ok = readHead(p, at); !ok {
		return f, false
	}
	_, err := k.frames.Open(nil, f.counter(0), p[frameTagged:frameHead], f.data(name))
	return f, err == nil
}

// chunkAt says where chunk i of a frame lies in the sealed file, and how many plain bytes
// it has.
func (f *frame) chunkAt(i int64) (at int64, n int) {
	return f.at + frameHead + i*(frameChunk+frameOverhead), int(min(frameChunk, int64(f.n)-i*frameChunk))
}

// openChunk opens chunk i of a frame from its sealed bytes; dst as with [cipher.AEAD].
func (k *Keys) openChunk(dst []byte, name string, f *frame, i int64, sealed []byte) ([]byte, error) {
	p, err := k.frames.Open(dst, f.counter(uint32(i+1)), sealed, f.data(name))
	if err != nil {
		at, _ := f.chunkAt(i)
		return nil, fmt.Errorf("%s, sealed, at byte %d: %w", name, at, evidence.ErrTampered)
	}
	return p, nil
}

// checkFrame opens all of a frame whose header is right.
func (k *Keys) checkFrame(name string, f frame, p []byte) error {
	end := int64(frameHead)
	buf := make([]byte, 0, frameChunk)
	for i := int64(0); i*frameChunk < int64(f.n); i++ {
		at, n := f.chunkAt(i)
		end = at - f.at + int64(n) + frameOverhead
		if _, err := k.openChunk(buf, name, &f, i, p[at-f.at:end]); err != nil {
			return err
		}
	}
	for _, b := range p[end:] {
		if b != 0xff {
			return errPadding
		}
	}
	return nil
}

var errPadding = errors.New("the padding of a frame is not right")

// unwritten reports whether a piece of p, which lies at byte at of a file, was never
// written: cut at sectors, a piece of it is all zero.
func unwritten(p []byte, at int64) bool {
	for len(p) > 0 {
		n := min(int64(len(p)), frameSector-at%frameSector)
		if !slices.ContainsFunc(p[:n], func(b byte) bool { return b != 0 }) {
			return true
		}
		p, at = p[n:], at+n
	}
	return false
}
