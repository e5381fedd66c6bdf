// Package timestamp asks for, reads and judges time-stamps of RFC 3161: an authority's
// signed word that it saw a hash at a time. It touches nothing: bytes, times and nonces come
// in, values go out. It is used where tokens are taken and where strangers verify them, and
// is meant to be read by them.
//
// # A token
//
// A token is a CMS SignedData (RFC 5652) over a TSTInfo. [Parse] takes DER only, one signer,
// and no byte behind it. [Token.Verify] judges, each by itself:
//
//	imprint     the token is over this SHA-256 (384, 512) of these bytes
//	signature   by the key of the signing certificate, over the signed attributes, whose
//	            message digest is that of the TSTInfo and whose content type is TSTInfo
//	bound       the signed attributes name this very certificate (ESSCertID or ESSCertIDv2,
//	            RFC 2634, 5035, 5816): no other certificate of the same key will do
//	purpose     its extended key usage is timeStamping, critical and nothing else
//	in-time     the certificate was good at the token's time
//	chain       it leads to a root: trusted, broken, or not judged where no roots are given
//	revocation  good, revoked or unknown at the token's time, by the lists and answers held
//	lasting     its certificates still run when it is judged, if that is asked
//	strong      no hash or key that was weak then (SHA-1, MD5, RSA below 2048 bits)
//	alone       no certificate of another end entity was put beside the signer's
//
// A verdict without roots says so; it never says that all is well.
//
// # Bundles and renewal
//
// A [Bundle] is what is kept: token, chain, revocation lists and answers, and, when its
// certificates or algorithms near their end, the tokens that renew it (in the way of RFC
// 4998, archive time-stamp chains): each over the SHA-256 of the bundle before it, so that a
// token outlives the keys that made it. docs/formats/timestamps.md has every byte.
package timestamp

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // imprints and digests
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"svidok/evidence"
)

// ErrDenied: the authority did not grant a time-stamp. Ask again later, or another one.
var ErrDenied = errors.New("time-stamp denied")

const maxToken = 1 << 20

// algorithm is an AlgorithmIdentifier (RFC 5280).
type algorithm struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

type imprint struct {
	Hash   algorithm
	Hashed []byte
}

type request struct {
	Version int
	Imprint imprint
	Nonce   *big.Int `asn1:"optional"`
	CertReq bool     `asn1:"optional"`
}

func oid(n ...int) asn1.ObjectIdentifier { return n }

// hashes that imprints and digests may use. SHA-1 is known so that it can be named.
func hashOf(id asn1.ObjectIdentifier) (crypto.Hash, string) {
	for _, h := range []struct {
		id   asn1.ObjectIdentifier
		hash crypto.Hash
		name string
	}{{oid(2, 16, 840, 1, 101, 3, 4, 2, 1), crypto.SHA256, "SHA-256"}, {oid(2, 16, 840, 1, 101, 3, 4, 2, 2), crypto.SHA384, "SHA-384"}, {oid(2, 16, 840, 1, 101, 3, 4, 2, 3), crypto.SHA512, "SHA-512"},
		{oid(1, 3, 14, 3, 2, 26), 0, "SHA-1"}, {oid(1, 2, 840, 113549, 2, 5), 0, "MD5"}} {
		if h.id.Equal(id) {
			return h.hash, h.name
		}
	}
	return 0, id.String()
}

// Request makes a TimeStampReq over a SHA-256, with the authority's certificate asked for.
// nonce is at least 64 random bits.
func Request(h evidence.Hash, nonce *big.Int) ([]byte, error) {
	b, err := asn1.Marshal(request{Version: 1, Imprint: imprint{algorithm{Algorithm: oid(2, 16, 840, 1, 101, 3, 4, 2, 1), Parameters: asn1.NullRawValue}, h[:]}, Nonce: nonce, CertReq: true})
	if err != nil {
		return nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	return b, nil
}

type response struct {
	Status status
	Token  asn1.RawValue `asn1:"optional"`
}

type status struct {
	Status int
	Text   []asn1.RawValue `asn1:"optional"`
	Fail   asn1.BitString  `asn1:"optional"`
}

// Response reads a TimeStampResp and gives its token; ErrDenied with the authority's words.
func Response(der []byte) (Token, error) {
	var r response
	if err := strict(der, &r, ""); err != nil {
		return Token{}, fmt.Errorf("read a time-stamp response: %w", err)
	}
	if r.Status.Status != 0 && r.Status.Status != 1 {
		words := ""
		for _, t := range r.Status.Text {
			words += " " + string(bytes.ToValidUTF8(t.Bytes[:min(len(t.Bytes), 200)], nil))
		}
		return Token{}, fmt.Errorf("status %d%s%s: %w", r.Status.Status, words, failure(r.Status.Fail), ErrDenied)
	}
	t, err := Parse(r.Token.FullBytes)
	if err != nil {
		return Token{}, fmt.Errorf("read a time-stamp response: %w", err)
	}
	return t, nil
}

// failure names a PKIFailureInfo.
func failure(b asn1.BitString) string {
	for _, f := range []struct {
		bit  int
		name string
	}{{0, "badAlg"}, {2, "badRequest"}, {5, "badDataFormat"}, {14, "timeNotAvailable"}, {15, "unacceptedPolicy"}, {16, "unacceptedExtension"}, {17, "addInfoNotAvailable"}, {25, "systemFailure"}} {
		if b.At(f.bit) == 1 {
			return " (" + f.name + ")"
		}
	}
	return ""
}

// strict decodes DER that ends with the value.
func strict(der []byte, v any, params string) error {
	if len(der) > maxToken {
		return fmt.Errorf("%d bytes, limit %d: %w", len(der), maxToken, evidence.ErrLimit)
	}
	rest, err := asn1.UnmarshalWithParams(der, v, params)
	if err != nil {
		return fmt.Errorf("%w: %w", evidence.ErrFormat, err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes behind its end: %w", len(rest), evidence.ErrFormat)
	}
	return nil
}

// Token is a parsed time-stamp token.
type Token struct {
	Raw      []byte // DER of the ContentInfo
	Time     time.Time
	Accuracy time.Duration // 0: not said
	Policy   string
	Serial   *big.Int
	Nonce    *big.Int // nil: none
	Hash     string   // of the imprint: "SHA-256"
	Imprint  []byte

	imprintHash crypto.Hash
	info        []byte // DER of the TSTInfo: the signed content
	signed      signedData
	certs       []*x509.Certificate
	signer      signerInfo
}

type tstInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	Time       asn1.RawValue
	Accuracy   accuracy      `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	TSA        asn1.RawValue `asn1:"optional,explicit,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"optional,tag:0"`
	Micros  int `asn1:"optional,tag:1"`
}

// Parse reads a token.
func Parse(der []byte) (Token, error) {
	t := Token{Raw: append([]byte(nil), der...)}
	if err := t.parse(); err != nil {
		return Token{}, fmt.Errorf("read a time-stamp: %w", err)
	}
	return t, nil
}

func (t *Token) parse() error {
	if err := t.readCMS(); err != nil {
		return err
	}
	var i tstInfo
	if err := strict(t.info, &i, ""); err != nil {
		return fmt.Errorf("TSTInfo: %w", err)
	}
	if i.Version != 1 {
		return fmt.Errorf("TSTInfo of version %d: %w", i.Version, evidence.ErrFormat)
	}
	var err error
	if t.Time, err = generalizedTime(i.Time); err != nil {
		return err
	}
	t.Policy, t.Serial, t.Nonce, t.Imprint = i.Policy.String(), i.Serial, i.Nonce, i.Imprint.Hashed
	t.imprintHash, t.Hash = hashOf(i.Imprint.Hash.Algorithm)
	t.Accuracy = time.Duration(i.Accuracy.Seconds)*time.Second + time.Duration(i.Accuracy.Millis)*time.Millisecond + time.Duration(i.Accuracy.Micros)*time.Microsecond
	if t.imprintHash != 0 && len(t.Imprint) != t.imprintHash.Size() {
		return fmt.Errorf("an imprint of %d bytes under %s: %w", len(t.Imprint), t.Hash, evidence.ErrFormat)
	}
	return nil
}

// generalizedTime reads a GeneralizedTime as RFC 3161 wants it: UTC, with a Z, the fraction
// without trailing noughts.
func generalizedTime(v asn1.RawValue) (time.Time, error) {
	if v.Class != asn1.ClassUniversal || v.Tag != asn1.TagGeneralizedTime {
		return time.Time{}, fmt.Errorf("its time is no GeneralizedTime: %w", evidence.ErrFormat)
	}
	s := string(v.Bytes)
	for _, form := range []string{"20060102150405Z", "20060102150405.999999999Z"} {
		if at, err := time.Parse(form, s); err == nil && at.Format(form) == s {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("its time %q is not in the form YYYYMMDDhhmmss[.s]Z: %w", s, evidence.ErrFormat)
}
