package dossier

import (
	"fmt"

	"svidok/evidence"
)

// slowKept decodes the records of collecting and keeping.
func (r *recordReader) slowKept(b []byte) error {
	f := &r.f
	switch f.kind {
	case evidence.KindSource:
		v, err := evidence.Decode[evidence.Source](b)
		f.by = v.By
		f.link(v.Private, "")
		f.link(v.Reason, "")
		f.link(v.Previous, evidence.KindSource)
		return err
	case evidence.KindVisit:
		v, err := evidence.Decode[evidence.Visit](b)
		f.by = v.By
		f.link(v.Private, "")
		return err
	case evidence.KindTaking:
		v, err := evidence.Decode[evidence.Taking](b)
		f.by = v.By
		f.link(v.Capture, evidence.KindCapture)
		f.link(v.Before, evidence.KindTaking)
		f.link(v.Private, "")
		return err
	case evidence.KindSearch:
		v, err := evidence.Decode[evidence.Search](b)
		f.by = v.By
		f.link(v.Query, "")
		f.link(v.Remarks, "")
		for _, h := range v.Kept {
			f.link(h, evidence.KindCapture)
		}
		return err
	}
	return r.slowVouched(b)
}

func (r *recordReader) slowVouched(b []byte) error {
	f := &r.f
	switch f.kind {
	case evidence.KindStamp:
		v, err := evidence.Decode[evidence.Stamp](b)
		f.by, f.decided = v.By, v
		f.link(v.Checkpoint, "")
		f.link(v.Bundle, "")
		for _, h := range v.Renews {
			f.link(h, evidence.KindStamp)
		}
		return err
	case evidence.KindCosigned:
		v, err := evidence.Decode[evidence.Cosigned](b)
		f.by, f.decided = v.By, v
		f.link(v.Note, "")
		return err
	case evidence.KindCustody:
		v, err := evidence.Decode[evidence.Custody](b)
		if f.by = v.By; v.Act == evidence.CustodyCompared || v.Act == evidence.CustodyAcknowledged {
			f.decided = v
		}
		f.link(v.Reason, "")
		for _, h := range v.Objects {
			f.link(h, "")
		}
		return err
	case evidence.KindForm:
		v, err := evidence.Decode[evidence.Form](b)
		f.by = v.By
		f.link(v.Text, "")
		return err
	case evidence.KindSettings:
		v, err := evidence.Decode[evidence.Settings](b)
		f.by = v.By
		f.link(v.Roots, "")
		return err
	}
	return fmt.Errorf("not a kind of this version: %w", evidence.ErrFormat)
}
