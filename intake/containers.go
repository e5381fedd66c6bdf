package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"svidok/evidence"
	"svidok/intake/unpacking"
)

// open takes apart the container that p stands at.
func (p *parts) open(r io.Reader) {
	switch kind := p.container.MediaType; kind {
	case TypeTelegramExport:
		p.telegram(&contextReader{p.ctx, r})
	case TypeWARC, TypeARC:
		p.warc(&contextReader{p.ctx, r}, warcFile{})
	case TypeMbox:
		p.mailbox(&contextReader{p.ctx, r})
	case TypeMessage:
		p.attachments(&contextReader{p.ctx, r})
	case TypeZip, TypeTar, Type7z, TypeWACZ:
		src, err := p.source(r)
		if err != nil {
			p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
			return
		}
		p.packed(kind, src)
	case TypeGzip, TypeBzip2, TypeXz, TypeZstd:
		p.compressed(&contextReader{p.ctx, r})
	case TypeRAR:
		p.fail("", evidence.WithHint(fmt.Errorf("%q is a RAR archive: kept, not opened: %w", p.container.Name, evidence.ErrRefused),
			"unpack it, pack what comes out as zip, and add that"))
	default:
		p.fail("", fmt.Errorf("take apart %q: %s is no container: %w", p.container.Name, kind, evidence.ErrUsage))
	}
}

// source is a container that can be read at any place.
type source struct {
	ctx  context.Context
	at   io.ReaderAt
	size int64
}

// ReadAt reads as io.ReaderAt, as long as the context lives.
func (s *source) ReadAt(b []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.at.ReadAt(b, off)
}

func (p *parts) source(r io.Reader) (*source, error) {
	switch at := r.(type) {
	case *os.File:
		if info, err := at.Stat(); err == nil && info.Mode().IsRegular() {
			return &source{p.ctx, at, info.Size()}, nil
		}
	case interface {
		io.ReaderAt
		Size() int64
	}:
		return &source{p.ctx, at, at.Size()}, nil
	}
	data, open, size, err := p.lim.spool(&contextReader{p.ctx, r}, p.container.Size, p.lim.File)
	if err != nil {
		return nil, err
	}
	return p.kept(data, open, size)
}

// kept makes a source of what was spooled.
func (p *parts) kept(data []byte, open func() (io.ReadCloser, error), size int64) (*source, error) {
	if open == nil {
		return &source{p.ctx, bytes.NewReader(data), size}, nil
	}
	r, err := open()
	if err != nil {
		return nil, err
	}
	at, ok := r.(io.ReaderAt)
	if !ok {
		return nil, errors.New("spooled, but not to be read at a place")
	}
	return &source{p.ctx, at, size}, nil
}

// nested opens a part that was just given.
func (p *parts) nested(it Item, beside *nearby) {
	if p.stop || !it.Opens {
		return
	}
	outer, parent, depth, near := p.container, p.parent, p.depth, p.beside
	defer func() { p.container, p.parent, p.depth, p.beside = outer, parent, depth, near }()
	p.container, p.parent, p.beside = it, p.n-1, beside
	if p.depth++; p.depth > p.lim.Nested {
		p.fail("", fmt.Errorf("%q lies in %d containers, one within the other: kept, not opened: %w", it.Name, p.depth, evidence.ErrLimit))
		return
	}
	r, err := it.Reader()
	if err != nil {
		p.fail("", fmt.Errorf("open %q: %w", it.Name, err))
		return
	}
	defer r.Close()
	p.open(r)
}

// inMemory is the reader of small bytes, which can be read at any place.
type inMemory struct{ *bytes.Reader }

func (*inMemory) Close() error { return nil }

// compressed opens one compressed stream: a tar file's members, or the one file within.
func (p *parts) compressed(r io.Reader) {
	kind := map[string]unpacking.Compression{TypeGzip: unpacking.Gzip, TypeBzip2: unpacking.Bzip2, TypeXz: unpacking.Xz, TypeZstd: unpacking.Zstd}[p.container.MediaType]
	head := make([]byte, 4<<10)
	n, _ := io.ReadFull(r, head) // what is missing, the inflater misses, too
	z, err := unpacking.Inflate(kind, io.MultiReader(bytes.NewReader(head[:n]), r), p.unpacking())
	if err != nil {
		p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
		return
	}
	defer z.Close()
	body := &lenient{r: z, left: &p.left}
	data, open, size, err := p.lim.spool(body, 0, p.lim.File)
	if err == nil {
		err = body.fatal(p.ctx)
	}
	if err == nil && size == 0 {
		err = body.err
		if err == nil {
			err = errEmpty()
		}
	}
	if err != nil {
		p.fail("", fmt.Errorf("what %q was compressed from: %w", p.container.Name, err))
		return
	}
	it := Item{Input: p.container.Input, Door: DoorArchive, Within: "the file within", Size: size, Data: data, Open: open, Parent: -1}
	it.Name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(baseOf(p.container.Name), ".gz"), ".bz2"), ".xz"), ".zst")
	if it.Name == "." || it.Name == ".." {
		it.Name = ""
	}
	if kind == unpacking.Gzip {
		name, modified := unpacking.GzipName(head[:n])
		if name != "" {
			it.Name = name
		}
		it.Claims.Modified = modified
	}
	begin, err := p.head(&it)
	if err != nil {
		p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
		return
	}
	p.inflated(it, begin, body.err)
}

// inflated gives what a stream was compressed from; bad is why it is not whole.
func (p *parts) inflated(it Item, begin []byte, bad error) {
	if bad != nil {
		it.Problems = append(it.Problems, "not whole: "+words(bad))
	}
	if unpacking.IsTar(begin) {
		if bad != nil && !p.fail("", fmt.Errorf("%q is not whole; what there is of it is taken: %w", p.container.Name, bad)) {
			return
		}
		src, err := p.kept(it.Data, it.Open, it.Size)
		if err != nil {
			p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
			return
		}
		p.packed(TypeTar, src)
		return
	}
	p.judgeMember(&it, begin, false)
	if p.give(it) {
		p.nested(it, nil)
	}
}

func (p *parts) unpacking() unpacking.Limits {
	return unpacking.Limits{Count: min(p.lim.Count, 1_000_000), Ratio: p.lim.Ratio}
}

// head returns the first bytes of an item.
func (p *parts) head(it *Item) ([]byte, error) {
	if it.Open == nil {
		return it.Data[:min(len(it.Data), sniffLen)], nil
	}
	return headOf(it.Open)
}

// lenient reads what there is: where the bytes are broken it ends, and keeps the error. It
// takes from the bytes that may still come out.
type lenient struct {
	r    io.Reader
	left *int64
	err  error
}

func (l *lenient) Read(b []byte) (int, error) {
	if l.err != nil {
		return 0, io.EOF
	}
	n, err := l.r.Read(b)
	if *l.left -= int64(n); *l.left < 0 {
		err, n = fmt.Errorf("more comes out of the container than may: %w", evidence.ErrLimit), 0
	}
	if err != nil && err != io.EOF {
		l.err = err
		return n, io.EOF
	}
	return n, err
}

// fatal: the error is not about broken bytes, of which one may keep what there is.
func (l *lenient) fatal(ctx context.Context) error {
	if l.err != nil && (ctx.Err() != nil || !errors.Is(l.err, evidence.ErrFormat) || errors.Is(l.err, evidence.ErrTampered)) {
		return l.err
	}
	return nil
}

// words gives an error without the sentinel behind it.
func words(err error) string {
	return strings.TrimSuffix(strings.SplitN(err.Error(), ": "+evidence.ErrFormat.Error(), 2)[0], ": "+evidence.ErrRefused.Error())
}

func baseOf(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}
