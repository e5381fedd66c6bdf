package collector

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"svidok/evidence"
	"svidok/timestamp"
)

// operator names who stands behind a token, so that the desk counts authorities as a
// verifier does: of all that timestamp.Operators takes for one, the name is the first's. It
// is the key that the chain ends in or, where it breaks off before, the name of whoever
// issued its last certificate.
func (c *Collector) operator(ctx context.Context, v timestamp.Verdict) (string, error) {
	list, err := c.o.Archive.Catalog().LatestStamps(ctx)
	if err != nil {
		return "", err
	}
	verdicts, names := []timestamp.Verdict{}, []string{}
	for _, s := range list {
		_, old, err := c.judged(ctx, s)
		if err != nil {
			return "", err
		}
		verdicts, names = append(verdicts, old), append(names, s.Chain)
	}
	for _, group := range timestamp.Operators(append(verdicts, v)) {
		if i := slices.Min(group); slices.Contains(group, len(verdicts)) && i < len(verdicts) {
			return names[i], nil
		}
	}
	return cmp.Or(v.Root, brokenOff(v)), nil
}

// brokenOff is the SHA-256 of the name of whoever issued the last certificate of a chain.
func brokenOff(v timestamp.Verdict) string {
	certs, err := timestamp.Certificates(v.Chain())
	if err != nil || len(certs) == 0 {
		return ""
	}
	sum := evidence.Sum(certs[len(certs)-1].RawIssuer)
	return hex.EncodeToString(sum[:])
}
