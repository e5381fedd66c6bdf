// Package timestamp asks for, reads and judges time-stamps of RFC 3161: an authority's
// signed word that it saw a hash at a time. It touches nothing: bytes, times and nonces come
// in, values go out. It is used where tokens are taken and where strangers verify them, and
// is meant to be read by them.
//
// # A token
//
// A token is a CMS SignedData (RFC 5652) over a TSTInfo. [Parse] takes DER only, one signer,
// and no byte behind any end. [Token.Verify] judges, each by itself:
//
//	imprint     the token is over this SHA-256 (384, 512) of these bytes
//	signature   by the key of the signing certificate, over the signed attributes, whose
//	            message digest is that of the TSTInfo and whose content type is TSTInfo
//	bound       the signed attributes name this very certificate (ESSCertID or ESSCertIDv2,
//	            RFC 2634, 5035, 5816): no other certificate of the same key will do
//	purpose     its extended key usage is timeStamping, critical and nothing else
//	in-time     the certificate was good at the token's time
//	alone       no certificate of another end entity was put beside the signer's
//	chain       it leads to a root: trusted, broken, or not judged where no roots are given
//	lasting     its certificates still run when it is judged, if that is asked
//	strong      no weak hash or key (SHA-1, MD5, RSA below 2048 bits), then and when judged
//	revocation  good, revoked or unknown at the token's time, by the lists and answers held
//
// Each check is good, bad or not judged, and has a stable key ([Keys]) for the words of a
// page. A verdict without roots says so; it never says that all is well.
//
// What happened after a token was made takes nothing from it: a key that was changed, a
// certificate that was replaced, an authority that is gone. Only two things do: that its key
// was lost, and that its certificates ended before somebody renewed it.
//
// # Bundles and renewal
//
// A [Bundle] is what is kept: token, chain, revocation lists and answers. Before its
// certificates or algorithms end it is renewed ([Renew], [RenewAgain]) in the way of RFC 4998:
// a new token over the hashes of the old one and of all that it was judged by, so that a
// token outlives the keys that made it ([VerifyChain]). [EvidenceRecord] writes such a chain
// as RFC 4998 has it. docs/formats/timestamps.md has every byte.
package timestamp

import (
	"crypto"
	_ "crypto/sha256" // imprints and digests
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"svidok/evidence"
)

// ErrDenied: the authority did not grant a time-stamp. Ask again later, or another one.
var ErrDenied = fmt.Errorf("time-stamp denied: %w", evidence.ErrRefused)

const maxToken = 1 << 20 // bytes of a response or token; real ones have 1 to 8 KiB

// Request makes a TimeStampReq (RFC 3161, 2.4.1) over a SHA-256, with the authority's
// certificate asked for. nonce is at least 64 random bits, or nil for none.
func Request(h evidence.Hash, nonce *big.Int) ([]byte, error) {
	return RequestDigest(crypto.SHA256, h[:], nonce)
}

// RequestDigest makes a TimeStampReq over a digest of SHA-256, 384 or 512.
func RequestDigest(hash crypto.Hash, digest []byte, nonce *big.Int) ([]byte, error) {
	if hash != crypto.SHA256 && hash != crypto.SHA384 && hash != crypto.SHA512 || len(digest) != hash.Size() {
		return nil, fmt.Errorf("ask for a time-stamp: %d bytes under %s: %w", len(digest), hash, evidence.ErrUsage)
	}
	if nonce != nil && nonce.Sign() < 0 {
		return nil, fmt.Errorf("ask for a time-stamp: a negative nonce: %w", evidence.ErrUsage)
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			addAlgorithm(b, hash, true)
			b.AddASN1OctetString(digest)
		})
		if nonce != nil {
			b.AddASN1BigInt(nonce)
		}
		b.AddASN1Boolean(true)
	})
	out, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	return out, nil
}

// Response reads a TimeStampResp (RFC 3161, 2.4.2) and gives its token; [ErrDenied] with the
// authority's words. The token is read, not judged.
func Response(raw []byte) (Token, error) {
	const act = "read a time-stamp response"
	if len(raw) > maxToken {
		return Token{}, fmt.Errorf("%s: %d bytes, limit %d: %w", act, len(raw), maxToken, evidence.ErrLimit)
	}
	s := cryptobyte.String(raw)
	var body, info cryptobyte.String
	var status int
	if !s.ReadASN1(&body, der.SEQUENCE) || !s.Empty() || !body.ReadASN1(&info, der.SEQUENCE) || !info.ReadASN1Integer(&status) {
		return Token{}, malformed("%s: it is none", act)
	}
	words, err := statusWords(info)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", act, err)
	}
	if status != 0 && status != 1 { // granted, granted with modifications
		return Token{}, evidence.WithHint(fmt.Errorf("%s: %s%s: %w", act, statusName(status), words, ErrDenied), "Ask again later, or ask another authority.")
	}
	if body.Empty() {
		return Token{}, malformed("%s: granted, but without a token", act)
	}
	t, err := Parse(body)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", act, err)
	}
	return t, nil
}

// statusWords are what an authority says besides the status: its text and what failed.
func statusWords(info cryptobyte.String) (string, error) {
	words := ""
	if info.PeekASN1Tag(der.SEQUENCE) {
		var texts cryptobyte.String
		if !info.ReadASN1(&texts, der.SEQUENCE) {
			return "", malformed("its status text")
		}
		for !texts.Empty() {
			var text cryptobyte.String
			var kind der.Tag // UTF8String by the letter, any string in the field
			if !texts.ReadAnyASN1(&text, &kind) {
				return "", malformed("its status text")
			}
			if len(words) < 400 {
				words += " " + strings.ToValidUTF8(string(text[:min(len(text), 200)]), "")
			}
		}
	}
	if !info.Empty() {
		var bits asn1.BitString
		if !info.ReadASN1BitString(&bits) || !info.Empty() {
			return "", malformed("what it says failed")
		}
		words += failures(bits)
	}
	return words, nil
}

// statusName: PKIStatus (RFC 3161, 2.4.2).
func statusName(n int) string {
	switch n {
	case 2:
		return "rejection (2)"
	case 3:
		return "waiting (3)"
	case 4:
		return "revocationWarning (4)"
	case 5:
		return "revocationNotification (5)"
	}
	return fmt.Sprintf("status %d", n)
}

// failures names the bits of a PKIFailureInfo (RFC 3161, 2.4.2).
func failures(bits asn1.BitString) string {
	names := map[int]string{0: "badAlg", 2: "badRequest", 5: "badDataFormat", 14: "timeNotAvailable", 15: "unacceptedPolicy", 16: "unacceptedExtension", 17: "addInfoNotAvailable", 25: "systemFailure"}
	out := ""
	for i := range min(bits.BitLength, 64) {
		if bits.At(i) == 0 {
			continue
		}
		name, known := names[i]
		if !known {
			name = fmt.Sprintf("failure %d", i)
		}
		out += " (" + name + ")"
	}
	return out
}

// Token is a parsed time-stamp token. Nothing of it is to be believed before [Token.Verify].
type Token struct {
	Raw      []byte        // DER of the ContentInfo
	Time     time.Time     // genTime, UTC
	Accuracy time.Duration // 0: not said
	Policy   string        // object identifier, dotted
	Serial   *big.Int
	Nonce    *big.Int // nil: none
	Hash     string   // of the imprint: "SHA-256"
	Imprint  []byte
	Ordering bool   // tokens of this authority can be ordered by their time alone
	TSA      string // what the token calls its authority, RFC 2253; "": nothing, or no directory name

	imprintHash crypto.Hash // 0: not one that a token may rest on
	info        []byte      // DER of the TSTInfo: the signed content
	certs       []*x509.Certificate
	crls        [][]byte
	signer      signer
}

// Parse reads a token, without judging it.
func Parse(raw []byte) (Token, error) {
	t := Token{Raw: append([]byte(nil), raw...)}
	if len(raw) > maxToken {
		return Token{}, fmt.Errorf("read a time-stamp: %d bytes, limit %d: %w", len(raw), maxToken, evidence.ErrLimit)
	}
	if err := t.readCMS(); err != nil {
		return Token{}, fmt.Errorf("read a time-stamp: %w", err)
	}
	if err := t.readInfo(); err != nil {
		return Token{}, fmt.Errorf("read a time-stamp: %w", err)
	}
	return t, nil
}

// readInfo reads the TSTInfo (RFC 3161, 2.4.2).
func (t *Token) readInfo() error {
	s := cryptobyte.String(t.info)
	var body, imprint, hashed, at cryptobyte.String
	var version int
	var ok bool
	if !s.ReadASN1(&body, der.SEQUENCE) || !s.Empty() || !body.ReadASN1Integer(&version) || version != 1 {
		return malformed("TSTInfo: it is none of version 1")
	}
	if t.Policy, ok = readOID(&body); !ok {
		return malformed("TSTInfo: its policy")
	}
	if !body.ReadASN1(&imprint, der.SEQUENCE) {
		return malformed("TSTInfo: its imprint")
	}
	a, ok := readAlgorithm(&imprint)
	if !ok || !imprint.ReadASN1(&hashed, der.OCTET_STRING) || !imprint.Empty() {
		return malformed("TSTInfo: its imprint")
	}
	t.imprintHash, t.Hash = digestOf(a)
	t.Imprint = hashed
	if t.imprintHash != 0 && len(t.Imprint) != t.imprintHash.Size() {
		return malformed("TSTInfo: an imprint of %d bytes under %s", len(t.Imprint), t.Hash)
	}
	t.Serial = new(big.Int)
	if !body.ReadASN1Integer(t.Serial) || !body.ReadASN1(&at, der.GeneralizedTime) {
		return malformed("TSTInfo: its serial number or time")
	}
	var err error
	if t.Time, err = generalizedTime(string(at)); err != nil {
		return err
	}
	return t.readRest(body)
}

// readRest reads what a TSTInfo may say or not.
func (t *Token) readRest(body cryptobyte.String) error {
	if body.PeekASN1Tag(der.SEQUENCE) {
		if err := t.readAccuracy(&body); err != nil {
			return err
		}
	}
	if body.PeekASN1Tag(der.BOOLEAN) && !body.ReadASN1Boolean(&t.Ordering) {
		return malformed("TSTInfo: its ordering")
	}
	if body.PeekASN1Tag(der.INTEGER) {
		t.Nonce = new(big.Int)
		if !body.ReadASN1Integer(t.Nonce) {
			return malformed("TSTInfo: its nonce")
		}
	}
	if tag := context(0, true); body.PeekASN1Tag(tag) {
		var name cryptobyte.String
		if !body.ReadASN1(&name, tag) {
			return malformed("TSTInfo: its authority's name")
		}
		t.TSA = directoryName(name)
	}
	if tag := context(1, true); body.PeekASN1Tag(tag) {
		var list cryptobyte.String
		if !body.ReadASN1(&list, tag) {
			return malformed("TSTInfo: its extensions")
		}
		if err := noCritical(list); err != nil {
			return err
		}
	}
	if !body.Empty() {
		return malformed("TSTInfo: %d bytes behind its end", len(body))
	}
	return nil
}

func (t *Token) readAccuracy(body *cryptobyte.String) error {
	var a cryptobyte.String
	if !body.ReadASN1(&a, der.SEQUENCE) {
		return malformed("TSTInfo: its accuracy")
	}
	var parts [3]int64
	for i, tag := range []der.Tag{der.INTEGER, context(0, false), context(1, false)} {
		if a.PeekASN1Tag(tag) && !a.ReadASN1Int64WithTag(&parts[i], tag) {
			return malformed("TSTInfo: its accuracy")
		}
	}
	const most = 10 * 365 * 24 * 3600 // seconds; nobody means more, and it fits a Duration
	if !a.Empty() || parts[0] < 0 || parts[0] > most || parts[1] < 0 || parts[1] > 999 || parts[2] < 0 || parts[2] > 999 {
		return malformed("TSTInfo: its accuracy")
	}
	t.Accuracy = time.Duration(parts[0])*time.Second + time.Duration(parts[1])*time.Millisecond + time.Duration(parts[2])*time.Microsecond
	return nil
}

// noCritical refuses extensions that must be understood: none are known here.
func noCritical(list cryptobyte.String) error {
	for !list.Empty() {
		var e, value cryptobyte.String
		critical := false
		if !list.ReadASN1(&e, der.SEQUENCE) {
			return malformed("TSTInfo: its extensions")
		}
		id, ok := readOID(&e)
		if !ok || e.PeekASN1Tag(der.BOOLEAN) && !e.ReadASN1Boolean(&critical) || !e.ReadASN1(&value, der.OCTET_STRING) || !e.Empty() {
			return malformed("TSTInfo: its extensions")
		}
		if critical {
			return malformed("TSTInfo: the critical extension %s is not known", id)
		}
	}
	return nil
}

// generalizedTime reads a GeneralizedTime as RFC 3161 wants it: UTC, with a Z, the fraction
// without trailing noughts.
func generalizedTime(s string) (time.Time, error) {
	for _, form := range []string{"20060102150405Z", "20060102150405.999999999Z"} {
		if at, err := time.Parse(form, s); err == nil && at.Format(form) == s {
			return at, nil
		}
	}
	return time.Time{}, malformed("TSTInfo: its time %q is not in the form YYYYMMDDhhmmss[.s]Z", s[:min(len(s), 40)])
}

// IsDenied reports whether an error is the authority's own no.
func IsDenied(err error) bool { return errors.Is(err, ErrDenied) }
