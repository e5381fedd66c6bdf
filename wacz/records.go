package wacz

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
	"svidok/warc"
)

// The types of records.
const (
	Response = "response"
	Request  = "request"
	Revisit  = "revisit"
	Snapshot = "resource" // a file, not an HTTP message: a screenshot, a print
	Metadata = "metadata"
)

// maxHead bounds the head of an HTTP message.
const maxHead = 1 << 20

// Record is one record to be written.
type Record struct {
	Type        string // response, request, revisit, resource, metadata
	URI         string // what it is of; percent-encoded where need be
	At          time.Time
	ContentType string // "": that of an HTTP message, for the first three types
	Block       []byte
	// Open gives the block if it is large, and Size its bytes; it is read twice.
	Open func() (io.ReadCloser, error)
	Size int64
	// With is the number, from 1, of the record in Material.Records that this one goes
	// with: a request's response; of a revisit, the record whose payload it repeats. 0: none.
	With int
	// Repeats is what a revisit repeats, where that is not in the same file.
	Repeats *Reference
	More    warc.Fields // further fields: WARC-IP-Address and the like
}

// Reference is a record in another file.
type Reference struct {
	URI    string
	At     time.Time
	Digest string // of the payload, "sha256:" and hex
}

// made are the facts of a record, found by reading it once.
type made struct {
	id             string
	block, payload string
	size           int64
	status         int
	mediaType      string
}

func (r *Record) check(n int) error {
	if !slices.Contains([]string{Response, Request, Revisit, Snapshot, Metadata}, r.Type) {
		return fmt.Errorf("type %q: %w", clip(r.Type), evidence.ErrUsage)
	}
	if _, ok := warc.EscapeURI(r.URI); !ok {
		return fmt.Errorf("%q is no URI: %w", clip(r.URI), evidence.ErrUsage)
	}
	if r.At.IsZero() || r.At.Year() < 1990 || r.At.Year() > 9999 {
		return fmt.Errorf("%s has no time: %w", clip(r.URI), evidence.ErrUsage)
	}
	if r.With < 0 || r.With > n {
		return fmt.Errorf("%s goes with record %d, which is not there: %w", clip(r.URI), r.With, evidence.ErrUsage)
	}
	if r.Type == Revisit && r.With == 0 && r.Repeats == nil {
		return fmt.Errorf("%s is a revisit, and does not say of what: %w", clip(r.URI), evidence.ErrUsage)
	}
	if (r.Type == Snapshot || r.Type == Metadata) && r.ContentType == "" {
		return fmt.Errorf("%s has no content type: %w", clip(r.URI), evidence.ErrUsage)
	}
	for _, f := range r.More {
		if set(f.Name) {
			return fmt.Errorf("%s: the field %s is set by the type: %w", clip(r.URI), clip(f.Name), evidence.ErrUsage)
		}
	}
	return nil
}

// set: fields that are not the caller's.
func set(name string) bool {
	switch strings.ToLower(name) {
	case "warc-type", "warc-record-id", "warc-date", "warc-target-uri", "warc-block-digest", "warc-payload-digest", "warc-profile",
		"warc-refers-to", "warc-refers-to-target-uri", "warc-refers-to-date", "warc-concurrent-to", "content-type", "content-length":
		return true
	}
	return false
}

func (r *Record) open() (io.ReadCloser, int64, error) {
	if r.Open == nil {
		return io.NopCloser(bytes.NewReader(r.Block)), int64(len(r.Block)), nil
	}
	in, err := r.Open()
	return in, r.Size, err
}

func (r *Record) isHTTP() bool { return r.Type == Response || r.Type == Revisit }

// make reads the block once.
func (r *Record) make() (made, error) {
	var d made
	in, size, err := r.open()
	if err != nil {
		return d, fmt.Errorf("open the record of %s: %w", clip(r.URI), err)
	}
	defer in.Close()
	all := &summing{w: io.Discard, sum: sha256.New()}
	body := bufio.NewReaderSize(io.TeeReader(in, all), 64<<10)
	payload := sha256.New()
	chunkedBody := false
	if r.isHTTP() {
		if chunkedBody, err = d.head(body); err != nil {
			return d, fmt.Errorf("the record of %s: %w", clip(r.URI), err)
		}
	} else {
		d.mediaType, _, _ = strings.Cut(r.ContentType, ";")
	}
	if chunkedBody {
		err = dechunk(payload, body)
	}
	if err == nil && !chunkedBody {
		_, err = io.Copy(payload, body)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, body) // what stands behind the last chunk
	}
	if err != nil {
		return d, fmt.Errorf("read the record of %s: %w", clip(r.URI), err)
	}
	if d.size = all.n; d.size != size {
		return d, fmt.Errorf("the record of %s has %d bytes, not %d: %w", clip(r.URI), d.size, size, evidence.ErrUsage)
	}
	d.block = "sha256:" + hex.EncodeToString(all.sum.Sum(nil))
	d.payload = "sha256:" + hex.EncodeToString(payload.Sum(nil))
	d.id = recordID(r.Type, r.URI, warcDate(r.At), d.block)
	return d, nil
}

// head reads the head of a response (RFC 9112).
func (d *made) head(in *bufio.Reader) (chunked bool, err error) {
	n := 0
	for line := 0; ; line++ {
		text, err := in.ReadString('\n')
		if n += len(text); n > maxHead {
			return false, fmt.Errorf("an HTTP head of more than %d bytes: %w", maxHead, evidence.ErrLimit)
		}
		text = strings.TrimRight(text, "\r\n")
		if line == 0 {
			f := strings.Fields(text)
			if len(f) < 2 || !strings.HasPrefix(f[0], "HTTP/") {
				return false, fmt.Errorf("no HTTP response begins here: %w", evidence.ErrFormat)
			}
			if d.status, err = strconv.Atoi(f[1]); err != nil {
				return false, fmt.Errorf("status %q: %w", clip(f[1]), evidence.ErrFormat)
			}
			continue
		}
		if text == "" || err != nil {
			if err == io.EOF {
				err = nil
			}
			return chunked, err
		}
		name, value, _ := strings.Cut(text, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			d.mediaType, _, _ = strings.Cut(value, ";")
			d.mediaType = strings.ToLower(strings.TrimSpace(d.mediaType))
		case "transfer-encoding":
			chunked = strings.Contains(strings.ToLower(value), "chunked")
		}
	}
}

// dechunk undoes the chunked transfer coding (RFC 9112 section 7.1).
func dechunk(w io.Writer, in *bufio.Reader) error {
	for {
		line, err := in.ReadString('\n')
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, bad := strconv.ParseUint(strings.TrimSpace(size), 16, 62)
		if bad != nil {
			return fmt.Errorf("it is not chunked as its head says: %w", evidence.ErrFormat)
		}
		if n == 0 || err != nil {
			return nil
		}
		if _, err := io.CopyN(w, in, int64(n)); err != nil {
			return fmt.Errorf("its last chunk is cut short: %w", evidence.ErrFormat)
		}
		if _, err := in.ReadString('\n'); err != nil {
			return nil
		}
	}
}

// recordID is a UUID version 8 (RFC 9562 section 5.8) of what the record is.
func recordID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	u := sum[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// warcDate: to the millisecond, which WARC 1.1 may say.
func warcDate(t time.Time) string {
	if t = t.UTC().Truncate(time.Millisecond); t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// warc writes all records, and returns the lines of the index.
func (m *Material) warc(w io.Writer) ([]string, error) {
	facts := make([]made, len(m.Records))
	for i := range m.Records {
		var err error
		if facts[i], err = m.Records[i].make(); err != nil {
			return nil, err
		}
	}
	out := &summing{w: w, sum: sha256.New()}
	if err := m.warcinfo(out); err != nil {
		return nil, err
	}
	var lines []string
	for i := range m.Records {
		r, d := &m.Records[i], facts[i]
		from := out.n
		member := sha256.New()
		in, _, err := r.open()
		if err != nil {
			return nil, fmt.Errorf("open the record of %s: %w", clip(r.URI), err)
		}
		block := sha256.New()
		err = warc.Write(io.MultiWriter(out, member), m.fields(i, facts), io.TeeReader(in, block), d.size)
		if closing := in.Close(); err == nil {
			err = closing
		}
		if err == nil && "sha256:"+hex.EncodeToString(block.Sum(nil)) != d.block {
			err = evidence.ErrTampered // between the two readings
		}
		if err != nil {
			return nil, fmt.Errorf("write the record of %s: %w", clip(r.URI), err)
		}
		if line := r.line(d, facts, from, out.n-from, hex.EncodeToString(member.Sum(nil))); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func (m *Material) warcinfo(w io.Writer) error {
	text := "format: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
	for _, f := range [][2]string{{"software", m.Software}, {"isPartOf", m.Title}} {
		if v := strings.Join(strings.Fields(f[1]), " "); v != "" {
			text = f[0] + ": " + v + "\r\n" + text
		}
	}
	sum := sha256.Sum256([]byte(text))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	f := warc.Fields{{Name: "WARC-Type", Value: "warcinfo"}, {Name: "WARC-Record-ID", Value: recordID("warcinfo", stamp(m.Created), digest)},
		{Name: "WARC-Date", Value: stamp(m.Created)}, {Name: "WARC-Filename", Value: warcName}, {Name: "WARC-Block-Digest", Value: digest},
		{Name: "Content-Type", Value: "application/warc-fields"}}
	return warc.Write(w, f, strings.NewReader(text), int64(len(text)))
}

// fields are a record's, in the order in which they are written.
func (m *Material) fields(i int, facts []made) warc.Fields {
	r, d := &m.Records[i], facts[i]
	uri, _ := warc.EscapeURI(r.URI) // checked before
	f := warc.Fields{{Name: "WARC-Type", Value: r.Type}, {Name: "WARC-Record-ID", Value: d.id}, {Name: "WARC-Date", Value: warcDate(r.At)}, {Name: "WARC-Target-URI", Value: uri}}
	add := func(name, value string) {
		if value != "" {
			f = append(f, warc.Field{Name: name, Value: value})
		}
	}
	payload := d.payload
	switch {
	case r.Type == Revisit && r.With > 0:
		o, of := &m.Records[r.With-1], facts[r.With-1]
		to, _ := warc.EscapeURI(o.URI)
		add("WARC-Profile", sameDigest)
		add("WARC-Refers-To", of.id)
		add("WARC-Refers-To-Target-URI", to)
		add("WARC-Refers-To-Date", warcDate(o.At))
		payload = of.payload
	case r.Type == Revisit:
		to, ok := warc.EscapeURI(r.Repeats.URI)
		add("WARC-Profile", sameDigest)
		if ok {
			add("WARC-Refers-To-Target-URI", to)
		}
		if !r.Repeats.At.IsZero() {
			add("WARC-Refers-To-Date", warcDate(r.Repeats.At))
		}
		payload = r.Repeats.Digest
	case r.With > 0:
		add("WARC-Concurrent-To", facts[r.With-1].id)
	}
	add("WARC-Block-Digest", d.block)
	if r.isHTTP() {
		add("WARC-Payload-Digest", payload)
	}
	f = append(f, r.More...)
	contentType := r.ContentType
	if contentType == "" {
		contentType = "application/http; msgtype=response"
		if r.Type == Request {
			contentType = "application/http; msgtype=request"
		}
	}
	add("Content-Type", contentType)
	return f
}

// sameDigest is the profile of WARC 1.1, section 6.7.2.
const sameDigest = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

// line is the record's in the index; "" for what nobody looks up.
func (r *Record) line(d made, facts []made, at, length int64, digest string) string {
	web := strings.HasPrefix(r.URI, "http://") || strings.HasPrefix(r.URI, "https://")
	if r.Type == Request || r.Type == Metadata && web { // metadata of a page is not the page
		return ""
	}
	x := struct {
		URL      string `json:"url"`
		Digest   string `json:"digest"`
		MIME     string `json:"mime"`
		Filename string `json:"filename"`
		Offset   int64  `json:"offset"`
		Length   int64  `json:"length"`
		Record   string `json:"recordDigest"`
		Status   int    `json:"status"`
	}{r.URI, d.payload, d.mediaType, warcName, at, length, "sha256:" + digest, d.status}
	if !r.isHTTP() {
		x.Status = 200
	}
	if r.Type == Revisit {
		x.MIME = "warc/revisit"
		if x.Digest = facts[max(r.With-1, 0)].payload; r.With == 0 {
			x.Digest = r.Repeats.Digest
		}
	}
	x.URL, _ = warc.EscapeURI(r.URI)
	when := strings.NewReplacer("-", "", "T", "", ":", "", ".", "", "Z", "").Replace(warcDate(r.At))
	return searchable(x.URL) + " " + when + " " + string(encode(x, ""))
}

// searchable is the key of the index: CDXJ, "Searchable URL", with what its readers do
// besides: "www." goes, and the query's parts are sorted. Other URIs stand as they are.
func searchable(uri string) string {
	u, err := url.Parse(strings.ToLower(uri))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return uri
	}
	host := u.Hostname()
	if rest, ok := strings.CutPrefix(host, "www"); ok {
		if name, ok := strings.CutPrefix(strings.TrimLeft(rest, "0123456789"), "."); ok && strings.HasPrefix(uri, "http") {
			host = name
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	parts := strings.Split(host, ".")
	slices.Reverse(parts)
	s := strings.Join(parts, ",")
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		s += ":" + p
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	s += ")" + path
	if u.RawQuery != "" {
		args := strings.Split(u.RawQuery, "&")
		slices.Sort(args)
		s += "?" + strings.Join(args, "&")
	}
	return s
}

// summing counts and hashes what passes.
type summing struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (s *summing) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.sum.Write(p[:n])
	s.n += int64(n)
	return n, err
}
