package archive

import (
	"fmt"

	"svidok/catalog"
	"svidok/evidence"
)

// keeping is how records of one kind, of collecting and keeping, are read and put into the
// catalog.
type keeping struct {
	decode func(b []byte) (any, error)
	rows   func(tx *catalog.Tx, e *entry) error
}

func keepingOf[T any](rows func(*catalog.Tx, catalog.Noted, T) error) *keeping {
	return &keeping{
		decode: func(b []byte) (any, error) { return evidence.Decode[T](b) },
		rows: func(tx *catalog.Tx, e *entry) error {
			r, ok := e.record.(T)
			if !ok {
				return fmt.Errorf("record of type %T: %w", e.record, evidence.ErrFormat)
			}
			return rows(tx, e.Noted, r)
		},
	}
}

// keepings are the kinds that Note may note; nil: the others have acts with rules of their own.
func keepings(k evidence.Kind) *keeping {
	switch k {
	case evidence.KindSource:
		return keepingOf((*catalog.Tx).Source)
	case evidence.KindVisit:
		return keepingOf((*catalog.Tx).Visit)
	case evidence.KindTaking:
		return keepingOf((*catalog.Tx).Taking)
	case evidence.KindSearch:
		return keepingOf((*catalog.Tx).Search)
	case evidence.KindStamp:
		return keepingOf((*catalog.Tx).Stamp)
	case evidence.KindCosigned:
		return keepingOf((*catalog.Tx).Cosigned)
	case evidence.KindCustody:
		return keepingOf((*catalog.Tx).Custody)
	case evidence.KindSettings:
		return keepingOf((*catalog.Tx).Settings)
	case evidence.KindForm:
		return keepingOf((*catalog.Tx).Form)
	}
	return nil
}
