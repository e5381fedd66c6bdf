package browser

import (
	"context"
	"fmt"
)

// Answer is what was preserved of an address.
type Answer struct {
	Status    int    // 0: 200
	MediaType string // with its charset: "text/html; charset=utf-8"
	Body      []byte // decoded
}

// Show does as [Browser.See], but without any network: ask gives what is there already, by
// address, and is asked from several goroutines. What is not there fails, as it would without
// a connection. Nothing is added: a page whose scripts ask for what was not preserved looks
// as it would to a person who opened it offline.
func (b *Browser) Show(ctx context.Context, address string, ask func(address string) (Answer, bool)) (Seen, error) {
	if err := visitable(address); err != nil {
		return Seen{}, fmt.Errorf("show %s: %w", clipped(address, 200), err)
	}
	s, err := b.take(ctx, address, way{}, func(address string) (Answer, bool) {
		a, ok := ask(address)
		if a.Status < 100 || a.Status > 599 {
			a.Status = 200
		}
		return a, ok
	})
	if err != nil {
		return s, fmt.Errorf("show %s: %w", clipped(address, 200), err)
	}
	return s, nil
}
