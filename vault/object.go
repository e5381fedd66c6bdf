package vault

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"svidok/evidence"
	"svidok/warc"
)

const dateForm = "2006-01-02T15:04:05.000Z"

// fields returns the header of o's record: these fields, in this order, and no others.
func (o *Object) fields(h evidence.Hash, after string) warc.Fields {
	hex := h.String()
	uri, ok := warc.EscapeURI(o.URI)
	if !ok {
		uri = "urn:sha256:" + hex
	}
	f := append(make(warc.Fields, 0, 7),
		warc.Field{Name: "WARC-Type", Value: o.Type},
		warc.Field{Name: "WARC-Record-ID", Value: recordID(o.Type, hex)},
		warc.Field{Name: "WARC-Date", Value: o.At.UTC().Format(dateForm)},
		warc.Field{Name: "WARC-Target-URI", Value: uri},
		warc.Field{Name: "WARC-Block-Digest", Value: "sha256:" + hex})
	if after != "" {
		f = append(f, warc.Field{Name: fieldAfter, Value: after})
	}
	if o.MediaType != "" {
		f = append(f, warc.Field{Name: "Content-Type", Value: o.MediaType})
	}
	return f
}

// recordID makes a UUID of version 8 (RFC 9562 section 5.8) from the type and the name.
func recordID(kind, hex string) string {
	sum := sha256.Sum256([]byte(kind + " " + hex))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// bytes returns the object's bytes, read again and checked where it came with Open.
func (o *Object) bytes() ([]byte, error) {
	if o.Open == nil {
		return o.Data, nil
	}
	r, err := o.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := bytes.NewBuffer(make([]byte, 0, o.Size+bytes.MinRead))
	if _, err := b.ReadFrom(io.LimitReader(r, o.Size+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) != o.Size || evidence.Sum(b.Bytes()) != o.Hash {
		return nil, changed(o.Hash)
	}
	return b.Bytes(), nil
}

func changed(h evidence.Hash) error {
	return evidence.WithHint(fmt.Errorf("%s: the bytes changed while they were read: %w", h, evidence.ErrRefused), "copy the file to a place where nobody writes it, and add that")
}

// refusal tells a caller what warc's refusal of a record means here.
func refusal(err error) error {
	if errors.Is(err, warc.ErrFormat) {
		return fmt.Errorf("%w: %w", evidence.ErrRefused, err)
	}
	return err
}
