package vault

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
)

// layout is what the frames of one sealed file say: a list in the order of the plain file
// and of the sealed file. A layout is never changed, only made longer beyond what others
// see of it.
type layout struct {
	frames []frame
	size   int64 // of the plain file
	end    int64 // in the sealed file: where the next frame goes; a torn end lies beyond
}

// add returns the layout with one more frame; only one may add to the same layout.
func (t layout) add(f frame) layout {
	if f.off < t.size {
		i := t.find(f.off)
		if i < len(t.frames) && t.frames[i].off < f.off {
			i++ // it is seen in part
		}
		t.frames = slices.Clip(t.frames[:i])
	}
	t.frames = append(t.frames, f)
	t.size, t.end = f.off+int64(f.n), f.end()
	return t
}

// find returns the last frame that begins at or before off.
func (t layout) find(off int64) int {
	i, ok := slices.BinarySearchFunc(t.frames, off, func(f frame, off int64) int { return cmp.Compare(f.off, off) })
	if ok {
		// A frame that only cuts has no bytes: the next one may begin where it does.
		for i+1 < len(t.frames) && t.frames[i+1].off == off {
			i++
		}
		return i
	}
	return max(0, i-1)
}

// until returns where the part of frame i that is seen ends in the plain file.
func (t layout) until(i int) int64 {
	if i+1 < len(t.frames) {
		return t.frames[i+1].off
	}
	return t.size
}

// place says where in the sealed file a frame for off goes: at its end, or where a frame
// began with which the plain file ended at off. Everything before that stays as it is.
func (t layout) place(off int64) int64 {
	if off == 0 {
		return 0
	}
	if off == t.size {
		return t.end
	}
	i := t.find(off)
	if i == 0 || t.frames[i].off != off {
		return t.end
	}
	before := t.frames[i-1]
	if before.bad || before.off+int64(before.n) != off || before.end() != t.frames[i].at {
		return t.end // to cut here would uncover what a later frame had cut
	}
	return t.frames[i].at
}

// upTo returns the layout of the first at bytes of the sealed file, at a place that place
// has given.
func (t layout) upTo(at int64) layout {
	if at >= t.end {
		return t
	}
	n := 0
	for n < len(t.frames) && t.frames[n].at < at {
		n++
	}
	if n == 0 {
		return layout{}
	}
	last := t.frames[n-1]
	return layout{frames: slices.Clip(t.frames[:n]), size: last.off + int64(last.n), end: at}
}

// still reports whether a file begins as t says: its last frame is where it was. Whoever
// cuts the file and writes on has other bytes there.
func (t layout) still(f File) (bool, error) {
	if f.Size() < t.end {
		return false, nil
	}
	if len(t.frames) == 0 {
		return true, nil
	}
	last := &t.frames[len(t.frames)-1]
	if last.bad {
		return false, nil
	}
	var p [frameHead]byte
	if err := readAt(f, p[:], last.at); err != nil {
		return false, err
	}
	return bytes.Equal(p[:frameTagged], last.data("")[:frameTagged]), nil
}

// read goes through the frames of a file beyond those that t has.
func (k *Keys) read(t layout, name string, f File) (layout, error) {
	t.frames = slices.Clip(t.frames)
	ahead := lookAhead{f: f}
	for t.end < f.Size() {
		at, rest := t.end, f.Size()-t.end
		p, err := ahead.at(at, int(min(frameHead, rest)))
		if err != nil {
			return t, err
		}
		next, ok := k.parseHead(p, name, at)
		switch {
		case !ok:
			if cut(p) {
				return t, nil
			}
			var torn bool
			if next, torn, err = k.infer(t, name, f, p); torn || err != nil {
				return t, err
			}
		case next.end() > f.Size(): // the file ends within the frame
			return t, nil
		case next.end() == f.Size():
			if torn, err := k.torn(name, f, next); torn || err != nil {
				return t, err
			}
		}
		end := next.end()
		if next.bad { // its bytes are as many as lie before the next frame
			end = at + rest
			if next.at != at {
				end = next.at
			}
			next.at = at
		}
		if next.off > t.size { // bytes of the plain file are missing
			t = t.add(frame{off: t.size, at: at, bad: true, n: uint32(min(next.off-t.size, 1<<32-1))})
		}
		t = t.add(next)
		t.end = end
	}
	return t, nil
}

// cut reports whether a header begins as one, and the file ends within it.
func cut(p []byte) bool {
	n := min(len(p), len(frameMagic))
	return len(p) < frameHead && string(p[:n]) == frameMagic[:n]
}

// infer says what lies where a header is not right: nothing that was acknowledged (torn),
// or a damaged frame, as long as the next one, or the end of the file, lets it be. The
// frame's at is where the next one begins, or as it was.
func (k *Keys) infer(t layout, name string, f File, head []byte) (lost frame, torn bool, err error) {
	next, err := k.search(name, f, t.end+8)
	if err != nil {
		return lost, false, err
	}
	lost = frame{off: t.size, at: t.end, bad: true}
	if next == nil {
		lost.n = uint32(min(max(1, plainLen(f.Size()-t.end)), 1<<32-1)) // at least one, so that it is seen
		return lost, unwritten(head, t.end), nil
	}
	lost.at = next.at
	lost.n = uint32(min(max(0, next.off-t.size), plainLen(next.at-t.end)))
	return lost, false, nil
}

// search looks for the next right header at or after a byte of a file.
func (k *Keys) search(name string, f File, from int64) (*frame, error) {
	const piece = 256 << 10
	p := make([]byte, piece+frameHead)
	for ; from < f.Size(); from += piece {
		n := min(int64(len(p)), f.Size()-from)
		if err := readAt(f, p[:n], from); err != nil {
			return nil, err
		}
		for i := 0; i < int(min(n, piece)); i++ {
			j := bytes.Index(p[i:n], []byte(frameMagic))
			if j < 0 {
				break
			}
			i += j
			if found, ok := k.parseHead(p[i:n], name, from+int64(i)); ok {
				return &found, nil
			}
		}
	}
	return nil, nil
}

// torn reports whether the last frame of a file was being written when the machine went
// down.
func (k *Keys) torn(name string, f File, last frame) (bool, error) {
	p := make([]byte, last.end()-last.at)
	if err := readAt(f, p, last.at); err != nil {
		return false, err
	}
	return k.checkFrame(name, last, p) != nil && unwritten(p, last.at), nil
}

// lookAhead reads some bytes ahead of what it is asked for.
type lookAhead struct {
	f    File
	buf  []byte
	from int64
}

func (w *lookAhead) at(off int64, n int) ([]byte, error) {
	if i := off - w.from; i >= 0 && i+int64(n) <= int64(len(w.buf)) {
		return w.buf[i : i+int64(n)], nil
	}
	if w.buf == nil {
		w.buf = make([]byte, 0, 8<<10)
	}
	w.buf, w.from = w.buf[:min(int64(cap(w.buf)), w.f.Size()-off)], off
	if err := readAt(w.f, w.buf, off); err != nil {
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			w.buf = w.buf[:0]
			return nil, err
		}
		w.buf = w.buf[:0]
		return nil, io.ErrUnexpectedEOF
	}
	return w.buf[:n], nil
}
