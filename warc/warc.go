// Package warc writes WARC 1.1 records (ISO 28500:2017) strictly and reads WARC and
// ARC files tolerantly. It imports nothing of ours and touches nothing but the
// readers and writers that it is given.
//
// # Written
//
// [Encode] and [Write] make one gzip member (RFC 1952) per record: the line
// "WARC/1.1", the fields in the order given, Content-Length last, an empty line, the
// block, and two line ends; every line ends in CRLF. The gzip header carries no name
// and no time, so equal input gives equal bytes. A record without WARC-Type,
// WARC-Record-ID or WARC-Date, a field name that is no token (RFC 9110), a value with
// a control character or bytes that are not UTF-8, and a WARC-Target-URI that is no
// URI (RFC 3986; see [EscapeURI]) are refused.
//
// # Read
//
// [Reader] takes plain WARC files of any version, gzip with a member per record, gzip
// as a whole, and ARC files of version 1 and 2 in the same wrappings. It gives every
// record that is whole and names what is not as [*Damage], with the offset and the
// cause, and goes on where the next record begins:
//
//   - lines may end in LF alone, fields may be folded, target URIs may hold spaces or
//     stand in angle brackets: given, and named in [Record.Problems];
//   - a block and payload that do not match their digests (sha1, sha256, sha512, md5;
//     hex, base32, base64) are given, and named in [Record.Problems];
//   - in a file without a gzip member per record, a Content-Length that is too long is
//     cut where the next record begins, if the end it claims is no end of a record and
//     lies within 4 MiB; one that is too short leaves bytes that are named and skipped;
//   - a damaged gzip member is named, and reading goes on at the next member.
//
// Limits bound the header, the block and the expansion of gzip.
//
// ARC records appear with WARC field names (see arc.go), Version "ARC/1" or "ARC/2".
package warc

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The causes of damage. A [*Damage] wraps one of them.
var (
	// ErrFormat: the bytes are no record.
	ErrFormat = errors.New("malformed")
	// ErrTruncated: the file, or the gzip member, ends within a record.
	ErrTruncated = errors.New("truncated")
	// ErrGzip: the compressed bytes are corrupt.
	ErrGzip = errors.New("corrupt gzip")
	// ErrLimit: a header, a block or its expansion is over a limit.
	ErrLimit = errors.New("over a limit")
)

// Field is one line of a record's header.
type Field struct{ Name, Value string }

// Fields are a record's header, in the order of the file.
type Fields []Field

// Get returns the value of the first field of that name, compared without regard to
// case, or "".
func (f Fields) Get(name string) string {
	for i := range f {
		if len(f[i].Name) == len(name) && strings.EqualFold(f[i].Name, name) {
			return f[i].Value
		}
	}
	return ""
}

// Limits bound what a [Reader] takes. Zero values stand for the defaults.
type Limits struct {
	Header int64 // bytes of one record's header; default 1 MiB
	Record int64 // bytes of one record's block; default 16 GiB
	// Ratio bounds how many bytes one byte of gzip may become, counted over a member
	// and only beyond its first 8 MiB; default 300. (Deflate itself ends at 1032.)
	Ratio int64
}

func (l Limits) withDefaults() Limits {
	if l.Header <= 0 {
		l.Header = 1 << 20
	}
	if l.Record <= 0 {
		l.Record = 16 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 300
	}
	return l
}

// Record is one record of a file. Block is good until the next call of [Reader.Next];
// what is left unread of it is skipped.
type Record struct {
	// Offset is where the record begins: in the file, if the record has a gzip member
	// of its own or the file is not compressed; else in the inflated bytes.
	Offset int64
	// Length is how many bytes it takes there, separators included. It is set when Block
	// has been read to its end, or by the next call of Next; 0 before.
	Length  int64
	Version string // "WARC/1.1", "ARC/1"
	Fields  Fields // as they stand in the file
	Size    int64  // bytes of the block
	// Block reads the block. It fails with *Damage where the block is not whole.
	Block io.Reader
	// Problems are what is wrong with a record that is given nevertheless, in words.
	// Those about digests and length are added while Block is read to its end.
	Problems []string
}

// Type returns WARC-Type in lower case.
func (r *Record) Type() string { return strings.ToLower(r.Fields.Get("WARC-Type")) }

// TargetURI returns WARC-Target-URI without the angle brackets that WARC 1.0 asked for.
func (r *Record) TargetURI() string { return trimURI(r.Fields.Get("WARC-Target-URI")) }

func trimURI(s string) string {
	if len(s) >= 2 && s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}

// Damage names a place in a file where a record is not whole. Reading may go on after
// it.
type Damage struct {
	Offset int64 // as in Record.Offset
	Cause  error // wraps ErrFormat, ErrTruncated, ErrGzip, ErrLimit, or the error of the input
}

func (d *Damage) Error() string { return fmt.Sprintf("at byte %d: %v", d.Offset, d.Cause) }

// Unwrap returns the cause.
func (d *Damage) Unwrap() error { return d.Cause }
