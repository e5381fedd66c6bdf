package dossier

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"svidok/evidence"
	"svidok/warc"
)

const (
	maxWhole = 256 << 20 // bytes of a text, record or codebook that is held in memory
	warcFull = 512 << 20 // a WARC file of this size is followed by the next
)

// item is one WARC record of a bundle.
type item struct {
	fields warc.Fields
	hash   evidence.Hash
	size   int64
	block  []byte // nil for a payload, which is streamed
}

// layout gives the WARC records of a bundle in their order: for every entry in the order of
// the ledger first the object that its record names (a payload, if originals go along; a
// text), once each, then the record.
func layout(c *contents) ([]item, error) {
	var items []item
	done := map[string]bool{}
	add := func(kind string, h evidence.Hash, block []byte, size int64, at time.Time, uri, mediaType string) {
		id := recordID(kind, h)
		if !done[id] {
			done[id] = true
			items = append(items, item{fields: warcFields(kind, id, h, at, uri, mediaType), hash: h, size: size, block: block})
		}
	}
	wanted := map[evidence.Hash]bool{} // captures whose payloads go along
	for _, l := range c.lines {
		if l.entry.Kind == evidence.KindText {
			t, err := evidence.Decode[evidence.Text](c.records[l.entry.Ref])
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", l.Index, err)
			}
			wanted[t.Capture] = true
		}
	}
	for _, l := range c.lines {
		record, ok := c.records[l.entry.Ref]
		if !ok {
			continue
		}
		switch l.entry.Kind {
		case evidence.KindCapture:
			v, err := evidence.Decode[evidence.Capture](record)
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", l.Index, err)
			}
			if _, ok := c.payloads[v.Payload]; ok && wanted[l.entry.Ref] {
				add(payloadType(v.MediaType), v.Payload, nil, v.Size, v.Received, v.Claims.Address, v.MediaType)
			}
		case evidence.KindText:
			v, err := evidence.Decode[evidence.Text](record)
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", l.Index, err)
			}
			add("conversion", v.Text, c.texts[v.Text], int64(v.Size), v.At, "", "text/plain; charset=utf-8")
		}
		add("metadata", l.entry.Ref, record, int64(len(record)), l.entry.When, "", "application/json")
	}
	return items, nil
}

func payloadType(mediaType string) string {
	if strings.HasPrefix(mediaType, "application/http") {
		return "response"
	}
	return "resource"
}

func warcFields(kind, id string, h evidence.Hash, at time.Time, uri, mediaType string) warc.Fields {
	target := "urn:sha256:" + h.String()
	if strings.HasPrefix(uri, "https:") || strings.HasPrefix(uri, "http:") {
		if u, ok := warc.EscapeURI(uri); ok {
			target = u
		}
	}
	f := warc.Fields{
		{Name: "WARC-Type", Value: kind},
		{Name: "WARC-Record-ID", Value: id},
		{Name: "WARC-Date", Value: at.UTC().Format("2006-01-02T15:04:05.000Z")},
		{Name: "WARC-Target-URI", Value: target},
		{Name: "WARC-Block-Digest", Value: "sha256:" + h.String()},
	}
	if t := plainType(mediaType); t != "" {
		f = append(f, warc.Field{Name: "Content-Type", Value: t})
	}
	return f
}

// plainType drops a media type that may not stand in a header.
func plainType(s string) string {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return ""
		}
	}
	return strings.TrimSpace(s)
}

// recordID is a UUID of version 8 (RFC 9562) from the type and the hash, so that equal
// objects have equal names.
func recordID(kind string, h evidence.Hash) string {
	sum := evidence.Sum([]byte(kind + " " + h.String()))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	x := hex.EncodeToString(sum[:16])
	return "<urn:uuid:" + x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:] + ">"
}

// isRecordID is recordID(kind, h) == id, for millions of records.
func isRecordID(id, kind []byte, h evidence.Hash) bool {
	const form = "<urn:uuid:00000000-0000-0000-0000-000000000000>"
	var b [80]byte
	if len(id) != len(form) || len(kind) > len("conversion") {
		return false
	}
	n := copy(b[:], kind)
	b[n] = ' '
	n += 1 + hex.Encode(b[n+1:], h[:])
	sum := evidence.Sum(b[:n])
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	x := b[:32]
	hex.Encode(x, sum[:16])
	for i := range form {
		want := form[i]
		if want == '0' {
			want, x = x[0], x[1:]
		}
		if id[i] != want {
			return false
		}
	}
	return true
}
