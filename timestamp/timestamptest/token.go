package timestamptest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha512" // for keys that want it
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Forge changes tokens from how they should be. Zero values change nothing.
type Forge struct {
	Accuracy      bool     // 1 s, 2 ms, 3 µs are said
	Ordering      bool     // said
	Name          bool     // the authority's name is said
	Critical      bool     // a critical extension that nobody knows
	Behind        bool     // an element behind the end of the TSTInfo
	SHA1          bool     // the signature's digest is SHA-1
	OldID         bool     // ESSCertID instead of ESSCertIDv2
	BothIDs       bool     // both; with Wrong, only the old one is wrong
	NoID          bool     // neither
	IssuerSerial  int64    // of the signing certificate named; 0: not said
	NoContentType bool     // the attribute is missing
	OtherContent  bool     // the attribute says data
	TwoDigests    bool     // the message digest attribute is there twice
	TwoValues     bool     // or once, with two values
	KeyID         bool     // the signer is named by key identifier
	TwoSigners    bool     // the same one twice
	Unsigned      []byte   // DER of an unsigned attribute
	Inject        [][]byte // DER of certificates that come before the signer's
	CRL           []byte   // DER, put into the token
	Time          string   // instead of the time
}

// Change has the tokens from here on changed so.
func (a *Authority) Change(f Forge) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.o.Forge = f
}

const (
	oidData    = "1.2.840.113549.1.7.1"
	oidSigned  = "1.2.840.113549.1.7.2"
	oidTSTInfo = "1.2.840.113549.1.9.16.1.4"
	oidSHA1    = "1.3.14.3.2.26"
)

func tag(n uint) der.Tag { return der.Tag(n).ContextSpecific().Constructed() }

func sequence(b *cryptobyte.Builder, f func(*cryptobyte.Builder)) { b.AddASN1(der.SEQUENCE, f) }

func oid(b *cryptobyte.Builder, dotted string) {
	var id asn1.ObjectIdentifier
	n := 0
	for _, c := range dotted + "." {
		if c == '.' {
			id, n = append(id, n), 0
			continue
		}
		n = 10*n + int(c-'0')
	}
	b.AddASN1ObjectIdentifier(id)
}

func alg(b *cryptobyte.Builder, dotted string) {
	sequence(b, func(b *cryptobyte.Builder) { oid(b, dotted) })
}

// Answer makes a response to a request.
func (a *Authority) Answer(req []byte) ([]byte, error) {
	s := cryptobyte.String(req)
	var q, imprint, policy cryptobyte.String
	var version int
	if !s.ReadASN1(&q, der.SEQUENCE) || !s.Empty() || !q.ReadASN1Integer(&version) || version != 1 || !q.ReadASN1Element(&imprint, der.SEQUENCE) {
		return nil, errors.New("read the request: it is none")
	}
	q.ReadOptionalASN1(&policy, nil, der.OBJECT_IDENTIFIER)
	var nonce *big.Int
	if q.PeekASN1Tag(der.INTEGER) {
		nonce = new(big.Int)
		if !q.ReadASN1Integer(nonce) {
			return nil, errors.New("read the request: its nonce")
		}
	}
	certs := false
	if q.PeekASN1Tag(der.BOOLEAN) && !q.ReadASN1Boolean(&certs) || !q.Empty() {
		return nil, errors.New("read the request: its end")
	}
	var b cryptobyte.Builder
	if a.o.Deny {
		sequence(&b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(2)
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1(der.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte("no time today")) })
				})
				b.AddASN1(der.BIT_STRING, func(b *cryptobyte.Builder) { b.AddBytes([]byte{1, 0, 2}) }) // bit 14
			})
		})
		return b.Bytes()
	}
	token, err := a.token(imprint, nonce, certs && !a.o.Bare)
	if err != nil {
		return nil, err
	}
	sequence(&b, func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(token)
	})
	return b.Bytes()
}

// info writes the TSTInfo.
func (a *Authority) info(imprint []byte, nonce *big.Int) ([]byte, error) {
	a.mu.Lock()
	a.serial++
	serial := a.serial
	a.mu.Unlock()
	f := a.o.Forge
	at := f.Time
	if at == "" {
		at = a.o.Now().UTC().Format("20060102150405Z")
	}
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		oid(b, "1.2.3.4")
		b.AddBytes(imprint)
		b.AddASN1Int64(serial)
		b.AddASN1(der.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(at)) })
		if f.Accuracy {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1Int64WithTag(2, der.Tag(0).ContextSpecific())
				b.AddASN1Int64WithTag(3, der.Tag(1).ContextSpecific())
			})
		}
		if f.Ordering {
			b.AddASN1Boolean(true)
		}
		if nonce != nil {
			b.AddASN1BigInt(nonce)
		}
		if f.Name {
			b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
				b.AddASN1(tag(4), func(b *cryptobyte.Builder) { b.AddBytes(a.Cert.RawSubject) })
			})
		}
		if f.Critical {
			b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					oid(b, "1.2.3.5")
					b.AddASN1Boolean(true)
					b.AddASN1OctetString([]byte{5, 0})
				})
			})
		}
		if f.Behind {
			b.AddASN1NULL()
		}
	})
	return b.Bytes()
}

// attributes writes the signed attributes, under SET OF, in the order of DER.
func (a *Authority) attributes(content []byte, hash crypto.Hash) ([]byte, error) {
	f := a.o.Forge
	var b cryptobyte.Builder
	attribute := func(b *cryptobyte.Builder, id string, value func(*cryptobyte.Builder)) {
		sequence(b, func(b *cryptobyte.Builder) {
			oid(b, id)
			b.AddASN1(der.SET, value)
		})
	}
	digest := func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum(hash, content)) }
	b.AddASN1(der.SET, func(b *cryptobyte.Builder) {
		if !f.NoContentType {
			attribute(b, "1.2.840.113549.1.9.3", func(b *cryptobyte.Builder) {
				if f.OtherContent {
					oid(b, oidData)
					return
				}
				oid(b, oidTSTInfo)
			})
		}
		attribute(b, "1.2.840.113549.1.9.4", func(b *cryptobyte.Builder) {
			digest(b)
			if f.TwoValues {
				digest(b)
			}
		})
		if f.TwoDigests {
			attribute(b, "1.2.840.113549.1.9.4", digest)
		}
		if f.OldID || f.BothIDs {
			attribute(b, "1.2.840.113549.1.9.16.2.12", a.named(true, a.o.Wrong))
		}
		if !f.OldID && !f.NoID {
			attribute(b, "1.2.840.113549.1.9.16.2.47", a.named(false, a.o.Wrong && !f.BothIDs))
		}
	})
	return b.Bytes()
}

// named names the signing certificate, or another.
func (a *Authority) named(old, wrong bool) func(*cryptobyte.Builder) {
	cert := a.Cert
	if wrong {
		cert = a.Root
	}
	digest := sum(crypto.SHA256, cert.Raw)
	if old {
		x := sha1.Sum(cert.Raw)
		digest = x[:]
	}
	return func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1OctetString(digest)
					if n := a.o.Forge.IssuerSerial; n != 0 {
						sequence(b, func(b *cryptobyte.Builder) {
							sequence(b, func(b *cryptobyte.Builder) {
								b.AddASN1(tag(4), func(b *cryptobyte.Builder) { b.AddBytes(a.Cert.RawIssuer) })
							})
							b.AddASN1Int64(n)
						})
					}
				})
			})
		})
	}
}

func sum(h crypto.Hash, b []byte) []byte {
	x := h.New()
	x.Write(b)
	return x.Sum(nil)
}

// how an authority signs: the digest and its name, and the writer of the signature algorithm.
func (a *Authority) how() (crypto.Hash, string, func(*cryptobyte.Builder)) {
	const sha256, sha384, sha512 = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"
	plain := func(id string) func(*cryptobyte.Builder) { return func(b *cryptobyte.Builder) { alg(b, id) } }
	if a.o.Forge.SHA1 {
		return crypto.SHA1, oidSHA1, plain("1.2.840.10045.4.1")
	}
	switch a.o.Key {
	case P384:
		return crypto.SHA384, sha384, plain("1.2.840.10045.4.3.3")
	case P521:
		return crypto.SHA512, sha512, plain("1.2.840.10045.4.3.4")
	case RSA1024, RSA2048:
		return crypto.SHA256, sha256, plain("1.2.840.113549.1.1.1")
	case RSA3072:
		return crypto.SHA384, sha384, plain("1.2.840.113549.1.1.12")
	case Ed25519:
		return crypto.SHA512, sha512, plain("1.3.101.112")
	case PSS2048:
		return crypto.SHA256, sha256, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				oid(b, "1.2.840.113549.1.1.10")
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1(tag(0), plain(sha256))
					b.AddASN1(tag(1), func(b *cryptobyte.Builder) {
						sequence(b, func(b *cryptobyte.Builder) {
							oid(b, "1.2.840.113549.1.1.8")
							alg(b, sha256)
						})
					})
					b.AddASN1(tag(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(32) })
				})
			})
		}
	}
	return crypto.SHA256, sha256, plain("1.2.840.10045.4.3.2")
}

func (a *Authority) sign(message []byte, hash crypto.Hash) ([]byte, error) {
	switch a.o.Key {
	case Ed25519:
		return a.key.Sign(rand.Reader, message, crypto.Hash(0))
	case PSS2048:
		return a.key.Sign(rand.Reader, sum(hash, message), &rsa.PSSOptions{SaltLength: 32, Hash: hash})
	}
	return a.key.Sign(rand.Reader, sum(hash, message), hash)
}

// signerInfo writes the SignerInfo.
func (a *Authority) signerInfo(content []byte) ([]byte, error) {
	hash, digest, with := a.how()
	set, err := a.attributes(content, hash)
	if err != nil {
		return nil, err
	}
	sig, err := a.sign(set, hash)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	set[0] = byte(tag(0))
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		if a.o.Forge.KeyID {
			b.AddASN1Int64(3)
			b.AddASN1(der.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(a.Cert.SubjectKeyId) })
		} else {
			b.AddASN1Int64(1)
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddBytes(a.Cert.RawIssuer)
				b.AddASN1BigInt(a.Cert.SerialNumber)
			})
		}
		alg(b, digest)
		b.AddBytes(set)
		with(b)
		b.AddASN1OctetString(sig)
		if u := a.o.Forge.Unsigned; u != nil {
			b.AddASN1(tag(1), func(b *cryptobyte.Builder) { b.AddBytes(u) })
		}
	})
	return b.Bytes()
}

func (a *Authority) token(imprint []byte, nonce *big.Int, certs bool) ([]byte, error) {
	content, err := a.info(imprint, nonce)
	if err != nil {
		return nil, err
	}
	signer, err := a.signerInfo(content)
	if err != nil {
		return nil, err
	}
	_, digest, _ := a.how()
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		oid(b, oidSigned)
		b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(3)
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) { alg(b, digest) })
				sequence(b, func(b *cryptobyte.Builder) {
					oid(b, oidTSTInfo)
					b.AddASN1(tag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
				})
				if certs {
					b.AddASN1(tag(0), a.certificates)
				}
				if a.o.Forge.CRL != nil {
					b.AddASN1(tag(1), func(b *cryptobyte.Builder) { b.AddBytes(a.o.Forge.CRL) })
				}
				b.AddASN1(der.SET, func(b *cryptobyte.Builder) {
					b.AddBytes(signer)
					if a.o.Forge.TwoSigners {
						b.AddBytes(signer)
					}
				})
			})
		})
	})
	return b.Bytes()
}

func (a *Authority) certificates(b *cryptobyte.Builder) {
	for _, c := range a.o.Forge.Inject {
		b.AddBytes(c)
	}
	b.AddBytes(a.Cert.Raw)
	if a.Intermediate != nil {
		b.AddBytes(a.Intermediate.Raw)
	}
}
