package timestamp

import (
	"bytes"
	"crypto"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"svidok/evidence"
)

const (
	oidCertValues       = "1.2.840.113549.1.9.16.2.23" // RFC 5126, 6.3.3
	oidRevocationValues = "1.2.840.113549.1.9.16.2.24" // RFC 5126, 6.3.4
)

// EvidenceRecord writes a chain of bundles, given as for [VerifyChain], as an EvidenceRecord of
// RFC 4998, DER. The data object that it proves are the stamped bytes. Certificates, lists and
// answers go into cryptoInfos. It judges nothing. Renewals that are not over the token that
// they renew (see [Renew]) cannot be written: ErrRefused.
func EvidenceRecord(links [][]byte) ([]byte, error) {
	const act = "write an evidence record"
	bundles, err := openAll(links)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	sequence, err := archiveSequence(bundles)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	var certs, crls, answers [][]byte
	digests := []crypto.Hash{crypto.SHA256}
	for _, b := range bundles {
		certs, crls = append(certs, b.Certs...), append(crls, b.CRLs...)
		for _, raw := range b.OCSPs {
			if basic, ok := basicAnswer(raw); ok {
				answers = append(answers, basic)
			}
		}
		if h, _ := b.hash(); h != digests[len(digests)-1] {
			digests = append(digests, h)
		}
	}
	certs, crls, answers = distinct(certs), distinct(crls), distinct(answers)
	var out cryptobyte.Builder
	out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
		out.AddASN1Int64(1)
		out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
			for _, h := range digests {
				addAlgorithm(out, h, false)
			}
		})
		if len(certs)+len(crls)+len(answers) > 0 {
			out.AddASN1(context(0, true), func(out *cryptobyte.Builder) { addInfos(out, certs, crls, answers) })
		}
		out.AddBytes(sequence)
	})
	raw, err := out.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	return raw, nil
}

func distinct(list [][]byte) [][]byte {
	var out [][]byte
	seen := map[evidence.Hash]bool{}
	for _, b := range list {
		if h := evidence.Sum(b); !seen[h] {
			seen[h] = true
			out = append(out, b)
		}
	}
	return out
}

// addInfos writes what the tokens are judged by as attributes.
func addInfos(out *cryptobyte.Builder, certs, crls, answers [][]byte) {
	attribute := func(id string, value func(*cryptobyte.Builder)) {
		out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
			addOID(out, id)
			out.AddASN1(der.SET, func(out *cryptobyte.Builder) { out.AddASN1(der.SEQUENCE, value) })
		})
	}
	all := func(list [][]byte) func(*cryptobyte.Builder) {
		return func(out *cryptobyte.Builder) { out.AddBytes(bytes.Join(list, nil)) }
	}
	if len(certs) > 0 {
		attribute(oidCertValues, all(certs))
	}
	if len(crls)+len(answers) > 0 {
		attribute(oidRevocationValues, func(out *cryptobyte.Builder) {
			for i, list := range [][][]byte{crls, answers} {
				if len(list) > 0 {
					out.AddASN1(context(uint(i), true), func(out *cryptobyte.Builder) { out.AddASN1(der.SEQUENCE, all(list)) })
				}
			}
		})
	}
}

// basicAnswer takes the BasicOCSPResponse out of an OCSPResponse (RFC 6960, 4.2.1).
func basicAnswer(raw []byte) ([]byte, bool) {
	s := cryptobyte.String(raw)
	var body, wrapped, inner, basic cryptobyte.String
	var status int
	if !s.ReadASN1(&body, der.SEQUENCE) || !body.ReadASN1Enum(&status) || !body.ReadASN1(&wrapped, context(0, true)) || !wrapped.ReadASN1(&inner, der.SEQUENCE) {
		return nil, false
	}
	id, ok := readOID(&inner)
	return basic, ok && id == "1.3.6.1.5.5.7.48.1.1" && inner.ReadASN1(&basic, der.OCTET_STRING)
}

// archiveSequence writes the ArchiveTimeStampSequence (RFC 4998, 5.1) of a chain: a new
// ArchiveTimeStampChain for each hash, one ArchiveTimeStamp for each token.
func archiveSequence(bundles []Bundle) ([]byte, error) {
	var chains [][]Bundle
	for i, b := range bundles {
		switch {
		case (i == 0) != (b.Over == OverCheckpoint):
			return nil, malformed("time-stamp %d of the chain is over %q", i+1, b.Over)
		case b.Over != OverBundles:
			chains = append(chains, []Bundle{b})
			continue
		}
		last := len(chains) - 1
		hash, err := b.hash()
		if err != nil {
			return nil, err
		}
		if !(Bundle{Hash: b.Hash, Renewed: b.Renewed}).names(bundles[i-1].Token) || b.Hash != bundles[i-1].Hash {
			return nil, fmt.Errorf("time-stamp %d of the chain is not over %s of the token before it: %w", i+1, hash, evidence.ErrRefused)
		}
		chains[last] = append(chains[last], b)
	}
	var out cryptobyte.Builder
	out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
		for _, chain := range chains {
			out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
				for _, b := range chain {
					addArchiveTimeStamp(out, b)
				}
			})
		}
	})
	raw, err := out.Bytes()
	if err != nil {
		return nil, fmt.Errorf("archive time-stamps: %w", err)
	}
	return raw, nil
}

// addArchiveTimeStamp writes one ArchiveTimeStamp: a renewal with the group of hashes that
// its token is over, the first one over the data object's own hash.
func addArchiveTimeStamp(out *cryptobyte.Builder, b Bundle) {
	out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
		if b.Over != OverCheckpoint {
			hashes, err := b.renewed()
			hash, err2 := b.hash()
			if err != nil || err2 != nil {
				out.SetError(malformed("a renewal"))
				return
			}
			out.AddASN1(context(0, true), func(out *cryptobyte.Builder) { addAlgorithmBody(out, hash, false) })
			out.AddASN1(context(2, true), func(out *cryptobyte.Builder) {
				out.AddASN1(der.SEQUENCE, func(out *cryptobyte.Builder) {
					for _, h := range hashes {
						out.AddASN1OctetString(h)
					}
				})
			})
		}
		out.AddBytes(b.Token)
	})
}
