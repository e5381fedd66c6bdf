package warc

import "io"

// Reader reads the records of one file.
type Reader struct {
	r   io.Reader
	lim Limits
}

// NewReader returns a Reader of r, from where r stands.
func NewReader(r io.Reader, lim Limits) *Reader { return &Reader{r: r, lim: lim.withDefaults()} }

// Next returns the next record, io.EOF after the last, or *Damage; after a *Damage it may
// be called again.
func (r *Reader) Next() (*Record, error) { return nil, io.EOF }

// CheckDigests says whether blocks are checked against the digests that they carry. They
// are, unless it is called with false: for a caller who knows the block's hash anyway.
func (r *Reader) CheckDigests(on bool) {}
