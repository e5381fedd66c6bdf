package archive

import (
	"fmt"

	"svidok/catalog"
	"svidok/evidence"
)

// decodeKept reads the records of collecting and keeping.
func decodeKept(k evidence.Kind, b []byte) (any, error) {
	switch k {
	case evidence.KindSource:
		return evidence.Decode[evidence.Source](b)
	case evidence.KindVisit:
		return evidence.Decode[evidence.Visit](b)
	case evidence.KindTaking:
		return evidence.Decode[evidence.Taking](b)
	case evidence.KindSearch:
		return evidence.Decode[evidence.Search](b)
	case evidence.KindStamp:
		return evidence.Decode[evidence.Stamp](b)
	case evidence.KindCosigned:
		return evidence.Decode[evidence.Cosigned](b)
	case evidence.KindCustody:
		return evidence.Decode[evidence.Custody](b)
	case evidence.KindSettings:
		return evidence.Decode[evidence.Settings](b)
	case evidence.KindForm:
		return evidence.Decode[evidence.Form](b)
	}
	return nil, fmt.Errorf("record of kind %q: %w", k, evidence.ErrFormat)
}

// keptRows makes the rows of the records of collecting and keeping.
func keptRows(tx *catalog.Tx, e *entry) error {
	switch r := e.record.(type) {
	case evidence.Source:
		return tx.Source(e.Noted, r)
	case evidence.Visit:
		return tx.Visit(e.Noted, r)
	case evidence.Taking:
		return tx.Taking(e.Noted, r)
	case evidence.Search:
		return tx.Search(e.Noted, r)
	case evidence.Stamp:
		return tx.Stamp(e.Noted, r)
	case evidence.Cosigned:
		return tx.Cosigned(e.Noted, r)
	case evidence.Custody:
		return tx.Custody(e.Noted, r)
	case evidence.Settings:
		return tx.Settings(e.Noted, r)
	case evidence.Form:
		return tx.Form(e.Noted, r)
	}
	return fmt.Errorf("record of type %T: %w", e.record, evidence.ErrFormat)
}
