package timestamp

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"svidok/evidence"
)

// Everything is read as DER (X.690) and to its end: shortest lengths, no indefinite ones, no
// element that the syntax does not know. encoding/asn1 would pass over what follows the last
// known element of a sequence, which is where things can be hidden.

// malformed names what is not as it should be.
func malformed(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, evidence.ErrFormat)...)
}

// context is a context-specific tag; constructed if its value is.
func context(n uint, constructed bool) der.Tag {
	t := der.Tag(n).ContextSpecific()
	if constructed {
		t = t.Constructed()
	}
	return t
}

// readOID reads an OBJECT IDENTIFIER in dotted form, arcs of any size.
func readOID(s *cryptobyte.String) (string, bool) {
	var body cryptobyte.String
	var id x509.OID
	if !s.ReadASN1(&body, der.OBJECT_IDENTIFIER) || id.UnmarshalBinary(body) != nil {
		return "", false
	}
	return id.String(), true
}

// algorithm is an AlgorithmIdentifier (RFC 5280, 4.1.1.2).
type algorithm struct {
	id     string
	params []byte // DER with its tag; nil: none
}

// plain reports whether the parameters say nothing: none, or NULL.
func (a algorithm) plain() bool {
	return len(a.params) == 0 || len(a.params) == 2 && a.params[0] == asn1.TagNull
}

func readAlgorithm(s *cryptobyte.String) (a algorithm, ok bool) {
	var body cryptobyte.String
	if !s.ReadASN1(&body, der.SEQUENCE) {
		return a, false
	}
	return algorithmBody(body)
}

func algorithmBody(body cryptobyte.String) (a algorithm, ok bool) {
	if a.id, ok = readOID(&body); !ok {
		return a, false
	}
	if !body.Empty() {
		var params cryptobyte.String
		var tag der.Tag
		if !body.ReadAnyASN1Element(&params, &tag) || !body.Empty() {
			return a, false
		}
		a.params = params
	}
	return a, true
}

// The digests of this format (RFC 5754), strongest known uses first.
const (
	oidSHA256 = "2.16.840.1.101.3.4.2.1"
	oidSHA384 = "2.16.840.1.101.3.4.2.2"
	oidSHA512 = "2.16.840.1.101.3.4.2.3"
)

// digestOf gives the hash of a digest algorithm and its name; no hash, if it is not one that
// a token may rest on. Weak ones are known by name, so that a refusal can name them.
func digestOf(a algorithm) (crypto.Hash, string) {
	if !a.plain() {
		return 0, a.id + " with parameters"
	}
	switch a.id {
	case oidSHA256:
		return crypto.SHA256, "SHA-256"
	case oidSHA384:
		return crypto.SHA384, "SHA-384"
	case oidSHA512:
		return crypto.SHA512, "SHA-512"
	case "1.3.14.3.2.26":
		return 0, "SHA-1"
	case "1.2.840.113549.2.5":
		return 0, "MD5"
	case "2.16.840.1.101.3.4.2.4":
		return 0, "SHA-224"
	case "1.2.804.2.1.1.1.1.2.1", "1.2.643.2.2.9", "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3":
		return 0, "a national algorithm (" + a.id + ")"
	}
	return 0, a.id
}

func digestID(h crypto.Hash) string {
	switch h {
	case crypto.SHA384:
		return oidSHA384
	case crypto.SHA512:
		return oidSHA512
	}
	return oidSHA256
}

// addAlgorithm writes a digest algorithm, with NULL parameters or, as RFC 5754 prefers, none.
func addAlgorithm(b *cryptobyte.Builder, h crypto.Hash, null bool) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { addAlgorithmBody(b, h, null) })
}

func addAlgorithmBody(b *cryptobyte.Builder, h crypto.Hash, null bool) {
	addOID(b, digestID(h))
	if null {
		b.AddASN1NULL()
	}
}

func addOID(b *cryptobyte.Builder, dotted string) {
	id, err := x509.ParseOID(dotted)
	if err != nil {
		b.SetError(err)
		return
	}
	body, err := id.MarshalBinary()
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1(der.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(body) })
}

func sum(h crypto.Hash, parts ...[]byte) []byte {
	x := h.New()
	for _, p := range parts {
		x.Write(p) // never fails
	}
	return x.Sum(nil)
}
