package catalog

import (
	"context"
	"fmt"
)

// TakenAt returns the captures of reports at an address, the newest first, at most 1000.
func (c *Catalog) TakenAt(ctx context.Context, address string) ([]Capture, error) {
	list, err := query(ctx, c.read, captureColumns+`report IN (SELECT id FROM reports WHERE address = ?) ORDER BY position DESC LIMIT 1000`, scanCapture, address)
	if err != nil {
		return nil, fmt.Errorf("captures of %.200q: %w", address, judge(err))
	}
	return list, nil
}
