package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	recordPeek = 4 << 10 // enough to see whether a record begins
	separators = 64      // that many line ends after a record are taken for its separator

	sharesMember = "the record has no gzip member of its own"
)

// Reader reads the records of one file. It is not for concurrent use.
type Reader struct {
	s   stream
	lim Limits

	unchecked bool
	arc       bool  // the file began like an ARC file
	last      block // the block of the record given last; its rec is nil before the first
	lost      bool  // the place is no beginning of a record: look for one
	told      bool  // a failure of the input was named
	end       error // set once nothing comes any more
}

// NewReader returns a Reader of r, from where r stands. It does not read before Next is
// called.
func NewReader(r io.Reader, lim Limits) *Reader {
	rd := &Reader{lim: lim.withDefaults()}
	rd.s.tape.r = r
	return rd
}

// Reset makes the Reader read r, with the limits it has: its buffers serve again.
func (r *Reader) Reset(in io.Reader) {
	*r = Reader{s: r.s, lim: r.lim, unchecked: r.unchecked}
	r.s.tape.reset(in)
	if r.s.in != nil {
		r.s.reset(in)
	}
}

// CheckDigests says whether blocks are checked against the digests that they carry. They
// are, unless it is called with false: for a caller who knows the block's hash anyway.
func (r *Reader) CheckDigests(on bool) { r.unchecked = !on }

// Next returns the next record, io.EOF after the last, or *Damage; after a *Damage it may
// be called again.
func (r *Reader) Next() (*Record, error) {
	if r.s.in == nil {
		r.s.ratio = r.lim.Ratio
		r.s.reset(r.s.tape.r)
	}
	if r.last.rec != nil {
		if d := r.last.finish(); d != nil {
			return nil, d
		}
	}
	for r.end == nil {
		shared, err := r.advance()
		if err != nil {
			r.end = err
			break
		}
		if r.lost {
			r.lost = !r.resync() // still lost: what is wrong with this member was named
			if r.lost && !r.s.zipped {
				r.end = r.s.err
			}
			continue
		}
		if rec, err := r.begin(shared); rec != nil || err != nil {
			return rec, err
		}
	}
	if r.end == io.EOF || r.told {
		return nil, io.EOF
	}
	d := r.damaged(r.s.pos(), r.end)
	r.end = io.EOF
	return nil, d
}

// advance moves to the next byte of records, opening gzip members as needed. shared:
// it lies within a gzip member that other records share.
func (r *Reader) advance() (shared bool, err error) {
	for {
		if len(r.s.peek(1)) > 0 {
			return r.s.zipped && r.s.off > r.s.born, nil
		}
		if r.s.err != io.EOF { // a failure of the input, or of a member
			if !r.lost {
				return false, nil // begin names it
			}
			if !r.s.zipped || r.s.tape.err != nil && r.s.tape.err != io.EOF {
				return false, r.s.err
			}
			r.lost = false
			if err := r.s.reopen(); err != nil {
				return false, err
			}
			continue
		}
		if !r.s.zipped {
			return false, io.EOF
		}
		r.lost = false
		if _, err := r.s.in.Peek(1); err != nil {
			return false, err
		}
		if r.s.open() != nil {
			return false, nil // begin names it
		}
	}
}

// here is the offset that a record beginning at the current byte has.
func (r *Reader) here(shared bool) int64 {
	if r.s.zipped && !shared {
		return r.s.member
	}
	return r.s.off
}

// begin reads the header of a record; nothing at all where only line ends were left.
func (r *Reader) begin(shared bool) (*Record, error) {
	skipLineEnds(&r.s)
	rec := &Record{Offset: r.here(shared)}
	if shared {
		rec.problem(sharesMember)
	}
	p := r.s.peek(recordPeek)
	var err error
	switch {
	case len(p) == 0:
		if r.s.err == io.EOF {
			return nil, nil
		}
		return nil, r.damaged(rec.Offset, r.s.err)
	case bytes.HasPrefix(p, []byte("WARC/")):
		err = r.warcHeader(rec)
	case startsARC(p):
		err = r.arcHeader(rec)
	default:
		err = r.noRecord(p)
	}
	if err == nil && rec.Size > r.lim.Record {
		err = fmt.Errorf("a block of %d bytes: %w of %d", rec.Size, ErrLimit, r.lim.Record)
	}
	if err != nil {
		return nil, r.damaged(rec.Offset, err)
	}
	r.last.start(r, rec, !shared)
	return rec, nil
}

func (r *Reader) noRecord(p []byte) error {
	if r.s.err != nil && r.s.err != io.EOF && len(p) < recordPeek {
		return r.s.err
	}
	return fmt.Errorf("no record begins with %q: %w", p[:min(len(p), 16)], ErrFormat)
}

// damaged notes that the place is lost, and whether it is so because the input failed.
func (r *Reader) damaged(at int64, cause error) *Damage {
	r.lost = true
	r.last.rec = nil
	if failed := r.s.tape.err; failed != nil && failed != io.EOF && errors.Is(cause, failed) {
		r.told = true
	}
	return &Damage{Offset: at, Cause: cause}
}

// resync moves to the next line that begins a record, within the member or the file.
func (r *Reader) resync() bool {
	for {
		p := r.s.peek(bufMax / 2)
		if len(p) == 0 {
			return false
		}
		for i := 0; i < len(p); {
			j := bytes.IndexByte(p[i:], '\n')
			if j < 0 {
				break
			}
			i += j + 1
			if len(p)-i < recordPeek && r.s.err == nil {
				break // see more of it first
			}
			if q := p[i:min(len(p), i+recordPeek)]; startsWARC(q) || r.arc && startsARC(q) {
				r.s.discard(i)
				return true
			}
		}
		if r.s.err != nil {
			r.s.discard(len(p))
			return false
		}
		r.s.discard(max(1, len(p)-recordPeek))
	}
}

func startsRecord(p []byte) bool { return startsWARC(p) || startsARC(p) }

// startsWARC: "WARC/", a digit, ".", digits, a line end.
func startsWARC(p []byte) bool {
	if len(p) < 9 || string(p[:5]) != "WARC/" || p[5] < '0' || p[5] > '9' || p[6] != '.' {
		return false
	}
	i := 7
	for i < len(p) && i < 10 && p[i] >= '0' && p[i] <= '9' {
		i++
	}
	return i > 7 && i < len(p) && (p[i] == '\n' || p[i] == '\r')
}

func skipLineEnds(s *stream) (n int) {
	for n < separators {
		p := s.peek(1)
		if len(p) == 0 || p[0] != '\n' && p[0] != '\r' {
			break
		}
		s.discard(1)
		n++
	}
	return n
}

// header takes the bytes up to the empty line.
func (r *Reader) header() (string, error) {
	seen := 0 // no empty line ends before it
	for want := 1 << 10; ; want *= 2 {
		want = min(want, int(r.lim.Header))
		p := r.s.peek(want)
		for i := seen; ; {
			j := bytes.IndexByte(p[i:], '\n')
			if j < 0 {
				break
			}
			if j == 0 || j == 1 && p[i] == '\r' {
				h := string(p[:i])
				r.s.discard(i + j + 1)
				return h, nil
			}
			if i > 0 && startsWARC(p[i:i+j+1]) { // else a file of such lines would be searched over and over
				return "", fmt.Errorf("another record begins within the header: %w", ErrFormat)
			}
			i += j + 1
			seen = i
		}
		switch {
		case len(p) == int(r.lim.Header):
			return "", fmt.Errorf("a header of more than %d bytes: %w", r.lim.Header, ErrLimit)
		case len(p) < want && r.s.err == io.EOF:
			return "", fmt.Errorf("the header of a record has no end: %w", ErrTruncated)
		case len(p) < want:
			return "", r.s.err
		}
	}
}

func (r *Reader) warcHeader(rec *Record) error {
	h, err := r.header()
	if err != nil {
		return err
	}
	line, rest, _ := strings.Cut(h, "\n")
	rec.Version = strings.TrimRight(line, "\r \t")
	if v := rec.Version; v != "WARC/1.0" && v != "WARC/1.1" {
		rec.problem("version %q", clip(v))
	}
	rec.Fields = make(Fields, 0, 12)
	bare := false
	for rest != "" {
		line, rest, _ = strings.Cut(rest, "\n")
		trimmed, cr := strings.CutSuffix(line, "\r")
		bare = bare || !cr
		rec.addLine(trimmed)
	}
	if bare {
		rec.problem("header lines end in LF alone")
	}
	if rec.Size, err = contentLength(rec.Fields); err != nil {
		return err
	}
	rec.judgeFields()
	return nil
}

func (r *Record) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *Record) addLine(line string) {
	if line != "" && (line[0] == ' ' || line[0] == '\t') && len(r.Fields) > 0 {
		last := &r.Fields[len(r.Fields)-1]
		last.Value += " " + strings.Trim(line, " \t")
		return
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		r.problem("header line without a colon: %q", clip(line))
		return
	}
	r.Fields = append(r.Fields, Field{strings.TrimRight(name, " \t"), strings.Trim(value, " \t")})
}

func (r *Record) judgeFields() {
	for _, name := range []string{"WARC-Type", "WARC-Record-ID", "WARC-Date"} {
		if r.Fields.Get(name) == "" {
			r.problem("no %s", name)
		}
	}
	uri := r.Fields.Get("WARC-Target-URI")
	if inner := trimURI(uri); inner != uri {
		r.problem("WARC-Target-URI in angle brackets")
		uri = inner
	}
	if uri != "" && !isURI(uri) {
		r.problem("WARC-Target-URI is no URI: %q", clip(uri))
	}
}

func contentLength(f Fields) (int64, error) {
	size := int64(-1)
	for i := range f {
		if !strings.EqualFold(f[i].Name, "Content-Length") {
			continue
		}
		n, err := parseLength(f[i].Value)
		if err != nil {
			return 0, err
		}
		if size >= 0 && n != size {
			return 0, fmt.Errorf("two lengths, %d and %d: %w", size, n, ErrFormat)
		}
		size = n
	}
	if size < 0 {
		return 0, fmt.Errorf("a record without Content-Length: %w", ErrFormat)
	}
	return size, nil
}

func parseLength(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		if errors.Is(err, strconv.ErrRange) {
			return 0, fmt.Errorf("length %q: %w", clip(s), ErrLimit)
		}
		return 0, fmt.Errorf("length %q: %w", clip(s), ErrFormat)
	}
	return int64(n), nil
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
