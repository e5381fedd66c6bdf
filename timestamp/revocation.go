package timestamp

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"svidok/evidence"
)

// Revocation says that a certificate of the chain was taken back, whether or not that touches
// the token.
type Revocation struct {
	Subject string
	Reason  string    // of RFC 5280, 5.3.1: "keyCompromise"; "": none was given
	At      time.Time // since when
}

// statement is what one list or answer says of one certificate.
type statement struct {
	revoked   bool
	reason    int // -1: none was given
	at        time.Time
	lost      time.Time // invalidityDate: when the key may have been lost; zero: not said
	this      time.Time
	next      time.Time // zero: not said
	whole     bool      // it would name the certificate for any reason
	retaining bool      // it keeps naming certificates that have ended
}

// revocation asks the lists and answers held whether a certificate of the chain had been
// taken back when the token was made. One that was taken back later for a reason that does
// not touch the key's past (it was replaced, its owner ceased) takes nothing from the token.
func (v *Verdict) revocation(a Against, when time.Time) {
	unknown, by := "", ""
	for i := 0; i+1 < len(v.path); i++ {
		c := v.path[i]
		good := false
		for _, s := range statements(c, v.path[i+1], a) {
			if s.revoked {
				if v.Revocation.Subject == "" || s.spoils(when, a.At) {
					v.Revocation = Revocation{Subject: c.Subject.String(), Reason: reasonName(s.reason), At: s.at}
				}
				if s.spoils(when, a.At) {
					v.add("revocation", fault("revocation-revoked", "the certificate of %s was taken back on %s (%s): %w", c.Subject, s.at.UTC().Format(time.DateOnly), reasonName(s.reason), evidence.ErrRefused), "")
					return
				}
			}
			if s.covers(c, when) {
				good = true
				by = s.this.UTC().Format(time.DateTime)
			}
		}
		if !good && unknown == "" {
			unknown = c.Subject.String()
		}
	}
	switch {
	case len(v.path) < 2:
		v.note("revocation", "revocation-unknown", NotJudged, "there is no chain")
	case unknown != "":
		v.note("revocation", "revocation-unknown", NotJudged, "no list and no answer of its time about "+unknown+" is held")
	default:
		v.add("revocation", nil, "as of "+by)
	}
}

// covers reports whether a statement tells how things stood at a time: it was made then or
// later, or it was the current one. A list that was made after the certificate's end tells
// nothing, unless it keeps naming such: ended certificates leave lists.
func (s statement) covers(c *x509.Certificate, when time.Time) bool {
	if !s.whole || s.this.After(c.NotAfter) && !s.retaining {
		return false
	}
	return !s.this.Before(when) || !s.next.IsZero() && !when.After(s.next)
}

// spoils: the certificate was taken back before the token was made; or for a reason that does
// not say that its key stayed its owner's (RFC 3161, 4: reasons other than unspecified,
// affiliationChanged, superseded and cessationOfOperation, or none), if the key may have been
// lost before at, when the token was renewed or is judged. at zero: at any time.
func (s statement) spoils(when, at time.Time) bool {
	if !when.Before(s.at) {
		return true
	}
	switch s.reason {
	case 0, 3, 4, 5:
		return false
	}
	from := s.at
	if !s.lost.IsZero() && s.lost.Before(from) {
		from = s.lost
	}
	return at.IsZero() || !from.After(at)
}

func reasonName(n int) string {
	names := []string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "reason 7", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	switch {
	case n < 0:
		return ""
	case n < len(names):
		return names[n]
	}
	return fmt.Sprintf("reason %d", n)
}

// statements are what the lists and answers held, rightly signed, say of a certificate.
func statements(c, issuer *x509.Certificate, a Against) []statement {
	var out []statement
	for _, raw := range a.OCSPs {
		if s, ok := answer(raw, c, issuer); ok {
			out = append(out, s)
		}
	}
	for _, raw := range a.CRLs {
		if s, ok := listed(raw, c, issuer); ok {
			out = append(out, s)
		}
	}
	return out
}

// answer reads an OCSPResponse (RFC 6960). It counts if the issuer signed it, or one whom the
// issuer made a responder, by a certificate that was good then: a certificate of the same
// issuer for another purpose (the time-stamp authority's own!) does not answer for itself.
func answer(raw []byte, c, issuer *x509.Certificate) (statement, bool) {
	r, err := ocsp.ParseResponseForCert(raw, c, issuer)
	if err != nil || r.Status != ocsp.Good && r.Status != ocsp.Revoked || weakSignature(r.SignatureAlgorithm) {
		return statement{}, false
	}
	if d := r.Certificate; d != nil && !d.Equal(issuer) {
		mayAnswer := false
		for _, u := range d.ExtKeyUsage {
			mayAnswer = mayAnswer || u == x509.ExtKeyUsageOCSPSigning
		}
		if !mayAnswer || !bytes.Equal(d.RawIssuer, issuer.RawSubject) || weakSignature(d.SignatureAlgorithm) || r.ProducedAt.Before(d.NotBefore) || r.ProducedAt.After(d.NotAfter) {
			return statement{}, false
		}
	}
	s := statement{revoked: r.Status == ocsp.Revoked, reason: -1, at: r.RevokedAt, this: r.ThisUpdate, next: r.NextUpdate, whole: true}
	if s.revoked && r.RevocationReason != 0 { // 0 may mean that none was given
		s.reason = r.RevocationReason
	}
	for _, e := range r.Extensions {
		// id-pkix-ocsp-archive-cutoff: it answers for certificates that ended after this.
		if e.Id.String() == "1.3.6.1.5.5.7.48.1.6" {
			if cut, ok := soleTime(e.Value); ok && !c.NotAfter.Before(cut) {
				s.retaining = true
			}
		}
	}
	return s, true
}

// listed reads a CertificateList (RFC 5280, 5). Delta lists, lists of other issuers, and lists
// with critical extensions that are not known here say nothing.
func listed(raw []byte, c, issuer *x509.Certificate) (statement, bool) {
	l, err := x509.ParseRevocationList(raw)
	if err != nil || !bytes.Equal(l.RawIssuer, issuer.RawSubject) || weakSignature(l.SignatureAlgorithm) || l.CheckSignatureFrom(issuer) != nil {
		return statement{}, false
	}
	s := statement{reason: -1, this: l.ThisUpdate, next: l.NextUpdate, whole: true}
	for _, e := range l.Extensions {
		switch id := e.Id.String(); {
		case id == "2.5.29.28": // issuingDistributionPoint
			about, whole, ok := scope(e.Value, c)
			if !ok {
				return statement{}, false
			}
			if !about {
				s.whole = false
			}
			s.whole = s.whole && whole
		case id == "2.5.29.60": // expiredCertsOnCRL
			if from, ok := soleTime(e.Value); ok && !c.NotAfter.Before(from) {
				s.retaining = true
			}
		case e.Critical || id == "2.5.29.27": // deltaCRLIndicator
			return statement{}, false
		}
	}
	for _, e := range l.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
			s.revoked, s.at = true, e.RevocationTime
			s.reason, s.lost = entryDetails(e.Extensions)
		}
	}
	return s, true
}

// entryDetails reads reasonCode and invalidityDate (RFC 5280, 5.3).
func entryDetails(list []pkix.Extension) (reason int, lost time.Time) {
	reason = -1
	for _, e := range list {
		s := cryptobyte.String(e.Value)
		switch e.Id.String() {
		case "2.5.29.21":
			if !s.ReadASN1Enum(&reason) || !s.Empty() {
				reason = -1
			}
		case "2.5.29.24":
			if at, ok := soleTime(e.Value); ok {
				lost = at
			}
		}
	}
	return reason, lost
}

// scope reads an issuingDistributionPoint (RFC 5280, 5.2.5): whether the list is about such a
// certificate, and for all reasons. Indirect lists are not read.
func scope(raw []byte, c *x509.Certificate) (about, whole, ok bool) {
	s := cryptobyte.String(raw)
	var body cryptobyte.String
	if !s.ReadASN1(&body, der.SEQUENCE) || !s.Empty() {
		return false, false, false
	}
	about, whole = true, true
	for !body.Empty() {
		var part cryptobyte.String
		var tag der.Tag
		if !body.ReadAnyASN1(&part, &tag) {
			return false, false, false
		}
		on := len(part) == 1 && part[0] != 0
		switch tag {
		case context(1, false): // onlyContainsUserCerts
			about = about && (!on || !c.IsCA)
		case context(2, false): // onlyContainsCACerts
			about = about && (!on || c.IsCA)
		case context(3, false), context(3, true): // onlySomeReasons
			whole = false
		case context(4, false): // indirectCRL
			if on {
				return false, false, false
			}
		case context(5, false): // onlyContainsAttributeCerts
			about = about && !on
		case context(0, true): // distributionPoint: a part of a list that is kept in parts
			about = about && ofPart(part, c)
		default:
			return false, false, false
		}
	}
	return about, whole, true
}

// ofPart reports whether a certificate says that it is in this part of a list.
func ofPart(point cryptobyte.String, c *x509.Certificate) bool {
	var names cryptobyte.String
	if !point.ReadASN1(&names, context(0, true)) || !point.Empty() {
		return false
	}
	for !names.Empty() {
		var name cryptobyte.String
		var kind der.Tag
		if !names.ReadAnyASN1(&name, &kind) {
			return false
		}
		if kind == context(6, false) && slices.Contains(c.CRLDistributionPoints, string(name)) {
			return true
		}
	}
	return false
}

// soleTime reads one GeneralizedTime and nothing behind it.
func soleTime(raw []byte) (time.Time, bool) {
	s := cryptobyte.String(raw)
	var at time.Time
	ok := s.ReadASN1GeneralizedTime(&at) && s.Empty()
	return at, ok
}
