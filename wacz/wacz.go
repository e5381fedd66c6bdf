// Package wacz reads, checks and writes WACZ files: Web Archive Collection Zipped 1.1.1,
// with WACZ Signing and Verification 0.1.0 (wacz-auth) and CDXJ 0.1.0, all of
// specs.webrecorder.net. It is pure: no disk, net, clock or randomness.
//
// # Read
//
// [Open] reads datapackage.json, and says what is there and not declared, declared and not
// there, or there twice ([File.Problems]). [File.Check] holds one resource against the
// hash and the size that datapackage.json declares; hashes are sha256, sha512, sha1 or md5
// as "NAME:HEX" (md5 where there is no name, as Frictionless Data Package has it); a hash by
// which nobody can prove anything any more (md5, sha1) is said to be weak. [File.Pages]
// gives the pages of pages/*.jsonl without their text. [File.Signed] checks
// datapackage-digest.json and its signature:
//
//   - the digest is that of datapackage.json, and the signature is over the same;
//   - anonymous: ECDSA by publicKey (SubjectPublicKeyInfo, base64), SHA-256 over the text
//     of the hash ("sha256:…"), r and s raw (IEEE P1363) or as ASN.1. It says that
//     whoever holds the key made the file, and no more;
//   - by a domain: the same, by the first certificate of domainCert, which must be that of
//     the domain. Its chain is judged at the time of the time-stamp, else at the time
//     claimed, against [Trust.Roots]; without roots it is not judged, and that is said.
//     timeSignature (RFC 3161, over the text of the signature) is judged by [Trust.Stamp];
//     without one it is not judged. The time claimed must lie within ten minutes of it.
//
// # Written
//
// [Write] makes a WACZ file, and [WriteWARC] a plain .warc.gz; equal [Material] gives
// equal bytes. The zip holds, in this order, archive/data.warc.gz (stored),
// indexes/index.cdx.gz (stored; blocks of 300 lines, each a gzip member) and
// indexes/index.idx (ZipNum, "cdxj-gzip-1.0"), pages/pages.jsonl, datapackage.json and
// datapackage-digest.json. Records are WARC 1.1, one gzip member each, behind a warcinfo:
//
//	response    application/http; msgtype=response; WARC-Payload-Digest sha256
//	request     application/http; msgtype=request; WARC-Concurrent-To its response
//	revisit     profile identical-payload-digest (WARC 1.1); refers to the record it repeats
//	resource    urn:view:URL a screenshot, urn:pdf:URL a print, as browsertrix writes them
//	metadata    application/json or warc-fields
//
// A record's ID is a UUID version 8 (RFC 9562) of its own bytes, so equal records have
// equal IDs. An index line has the searchable URL (lower case, without "www.", query
// sorted, as wabac.js looks it up), the time to the millisecond, and url, digest, mime,
// filename, offset, length, status, recordDigest.
package wacz

import (
	"crypto/x509"
	"fmt"
	"time"
)

// The names within a WACZ file.
const (
	packageName = "datapackage.json"
	digestName  = "datapackage-digest.json"
	pagesName   = "pages/pages.jsonl"
	warcName    = "data.warc.gz"
	cdxName     = "index.cdx.gz"
	idxName     = "index.idx"

	version = "1.1.1"
)

// Page is one line of a list of pages.
type Page struct {
	URL   string
	Title string
	ID    string
	Time  string // as claimed, RFC 3339 ("ts")
	List  string // the file that it stands in, "pages/pages.jsonl"
}

// State is what became of one check.
type State string

// The states.
const (
	None      State = ""           // there is nothing to check
	Valid     State = "valid"      // it holds
	Wrong     State = "wrong"      // it does not hold
	NotJudged State = "not judged" // the means to judge it were not given, or it cannot be read
)

// Signed is what the signature of a WACZ file says and what it is worth.
type Signed struct {
	Digest    State // datapackage-digest.json fits datapackage.json; None: there is none
	Signature State // None: unsigned
	Why       string
	By        string // the domain; of an anonymous signature "key sha256:" and the hex of the key's SHA-256
	Anonymous bool
	Software  string // as claimed
	Created   string // as claimed

	Chain    State // of the domain's certificate; None: an anonymous signature
	ChainWhy string
	Root     string // who vouches at the end of a trusted chain

	Stamp     State // None: no time-stamp
	StampWhy  string
	StampedAt time.Time
	StampedBy string

	Problems []string // what else is odd
}

// Trust is what a signature is judged by. The zero value judges no chain and no time-stamp.
type Trust struct {
	Roots *x509.CertPool // of domains' certificates; nil: chains are not judged
	// Stamp judges a time-stamp (RFC 3161, DER of the response or of the token in it) over
	// data, by the certificates given with it and whatever roots the caller has; nil:
	// time-stamps are not judged. An error says why it is wrong.
	Stamp func(token, data []byte, certs []*x509.Certificate) (Stamp, error)
}

// Stamp is what a time-stamp that holds says.
type Stamp struct {
	At time.Time
	By string // who stamped
}

// Words says it for people, one sentence a line, the worst first.
func (s Signed) Words() []string {
	var w []string
	switch s.Digest {
	case Wrong:
		w = append(w, "datapackage.json is not the one that datapackage-digest.json is of: it was changed after it was made")
	case None:
		return append(w, "not signed, and no digest of datapackage.json")
	}
	switch s.Signature {
	case None:
		return append(w, "not signed")
	case Valid:
		who := "signed by " + s.By + ": the signature holds"
		if s.Anonymous {
			who += " (whose key it is, the file does not prove)"
		}
		w = append(w, who)
	default:
		w = append(w, fmt.Sprintf("signed, as it says, by %s: the signature is %s: %s", s.By, s.Signature, s.Why))
	}
	switch s.Chain {
	case Valid:
		w = append(w, "the certificate of "+s.By+" leads to "+s.Root)
	case Wrong:
		w = append(w, "the certificate is not trusted: "+s.ChainWhy)
	case NotJudged:
		w = append(w, "chain not judged: "+s.ChainWhy)
	}
	switch s.Stamp {
	case Valid:
		w = append(w, "time-stamped at "+s.StampedAt.UTC().Format(time.RFC3339)+" by "+s.StampedBy)
	case Wrong:
		w = append(w, "the time-stamp is wrong: "+s.StampWhy)
	case NotJudged:
		w = append(w, "time-stamp not judged: "+s.StampWhy)
	}
	return append(w, s.Problems...)
}

// Holds reports whether nothing that was checked is wrong. What is unsigned holds, too.
func (s Signed) Holds() bool {
	return s.Digest != Wrong && s.Signature != Wrong && s.Chain != Wrong && s.Stamp != Wrong
}

func clip(s string) string {
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}
