package collector

import (
	"fmt"
	"io"

	"svidok/archive"
	"svidok/evidence"
)

// nonce returns 16 random hex digits.
func (c *Collector) nonce() (string, error) {
	var b [8]byte
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.ReadFull(c.o.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw random bytes: %w", err)
	}
	return fmt.Sprintf("%x", b), nil
}

// private makes the object of what must not be told: who collected, where, from which
// address, and whom they reached.
func (c *Collector) private(remote string) (evidence.Hash, archive.NotedObject, error) {
	nonce, err := c.nonce()
	if err != nil {
		return evidence.Hash{}, archive.NotedObject{}, err
	}
	outgoing := c.o.Settings.Outgoing
	if outgoing == "" {
		outgoing = "withheld"
	}
	b, err := evidence.Encode(evidence.Private{Nonce: nonce, Operator: c.o.By, Machine: c.o.Machine, Outgoing: outgoing, Via: c.o.Settings.Proxy, Remote: remote})
	if err != nil {
		return evidence.Hash{}, archive.NotedObject{}, err
	}
	return evidence.Sum(b), archive.NotedObject{MediaType: "application/json", Data: b}, nil
}
