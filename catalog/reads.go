package catalog

import (
	"context"
	"errors"
	"io"

	"svidok/evidence"
)

var errNotYet = errors.New("catalog: this read is not written yet")

// Catalog is an open view. It is safe for concurrent use.
type Catalog struct{}

// Position returns how many entries of the ledger the view has read.
func (c *Catalog) Position(ctx context.Context) (int64, error) { return 0, errNotYet }

// Reports returns one page of reports.
func (c *Catalog) Reports(ctx context.Context, f Filter) (Page, error) { return Page{}, errNotYet }

// Count returns how many reports the filter chooses.
func (c *Catalog) Count(ctx context.Context, f Filter) (int, error) { return 0, errNotYet }

// Facets returns what there is to choose from.
func (c *Catalog) Facets(ctx context.Context) (Facets, error) { return Facets{}, errNotYet }

// Report returns one report; ErrNotFound.
func (c *Catalog) Report(ctx context.Context, id int64) (Detail, error) { return Detail{}, errNotYet }

// ReportOf returns the ID of the report with this payload, first or later capture record,
// or text; ErrNotFound.
func (c *Catalog) ReportOf(ctx context.Context, h evidence.Hash) (int64, error) { return 0, errNotYet }

// Queue returns one page of the statements that wait for somebody.
func (c *Catalog) Queue(ctx context.Context, f QueueFilter) (Queue, error) {
	return Queue{}, errNotYet
}

// Statement returns one statement with its history; ErrNotFound.
func (c *Catalog) Statement(ctx context.Context, id string) (Statement, error) {
	return Statement{}, errNotYet
}

// Ungathered returns confirmed statements that occurred and that no standing event holds,
// newest first; before and limit page by Statement.Row.
func (c *Catalog) Ungathered(ctx context.Context, before int64, limit int) ([]Statement, error) {
	return nil, errNotYet
}

// Events returns all events, newest first, without their statements and history.
func (c *Catalog) Events(ctx context.Context) ([]Event, error) { return nil, errNotYet }

// Event returns one event; ErrNotFound.
func (c *Catalog) Event(ctx context.Context, id string) (Event, error) { return Event{}, errNotYet }

// Releases returns the dossiers that left the house, newest first.
func (c *Catalog) Releases(ctx context.Context) ([]Release, error) { return nil, errNotYet }

// Accounts returns who may act or might once, by name.
func (c *Catalog) Accounts(ctx context.Context) ([]Account, error) { return nil, errNotYet }

// Account returns one account by ID; ErrNotFound.
func (c *Catalog) Account(ctx context.Context, id string) (Account, error) {
	return Account{}, errNotYet
}

// Codebooks returns the codebooks, the one in force first.
func (c *Catalog) Codebooks(ctx context.Context) ([]Codebook, error) { return nil, errNotYet }

// Totals counts the case.
func (c *Catalog) Totals(ctx context.Context) (Totals, error) { return Totals{}, errNotYet }

// Figures returns numbers that reports claim, newest first; before and limit page by
// FigureRow.Row.
func (c *Catalog) Figures(ctx context.Context, before int64, limit int) ([]FigureRow, error) {
	return nil, errNotYet
}

// Dump writes every derived row in a canonical order and form, one line each: two views of
// the same ledger dump alike.
func (c *Catalog) Dump(ctx context.Context, w io.Writer) error { return errNotYet }
