package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"svidok/evidence"
	"svidok/warc"
)

// begin makes the vault ready to be written at its end.
func (v *Vault) begin(ctx context.Context, after string) error {
	if after != "" && v.w.after == after {
		return fmt.Errorf("the ledger is still at %s: what was kept before was not noted; Refresh first: %w", after, evidence.ErrUsage)
	}
	if v.w.broken != nil {
		return v.w.broken
	}
	// What was put before is noted now, since the ledger has grown; after an error the
	// end is where it was.
	v.w.sure = v.end
	if v.w.put {
		v.writeIndex(ctx, v.w.sure, indexStride)
	}
	if v.w.unknown {
		if err := v.survey(ctx); err != nil {
			return err
		}
	} else if err := v.alone(ctx); err != nil {
		return err
	}
	if !v.tailed() {
		return nil
	}
	if err := v.judgeTail(ctx, after); err != nil {
		return err
	}
	return v.cut(ctx)
}

// tailed reports whether anything lies beyond the end.
func (v *Vault) tailed() bool {
	return v.w.size > v.end.off || slices.ContainsFunc(v.w.beyond, func(f Info) bool { return f.Size > 0 })
}

// cut cuts what lies beyond the end. Files of later segments stay, empty.
func (v *Vault) cut(ctx context.Context) error {
	v.w.unknown = true // until it is done
	if err := v.files.forget(v.end.seg); err != nil {
		return err
	}
	for i := range v.w.beyond {
		if err := v.b.Append(ctx, v.w.beyond[i].Name, 0, nil); err != nil {
			return err
		}
		v.w.beyond[i].Size = 0
	}
	if v.w.size > v.end.off {
		if err := v.b.Append(ctx, folder+segmentName(v.end.seg), v.end.off, nil); err != nil {
			return err
		}
	}
	v.w.size, v.w.unknown = v.end.off, false
	return nil
}

// alone checks that nobody wrote since the vault was last looked at: else noted bytes
// of another process would be taken for a tail and cut.
func (v *Vault) alone(ctx context.Context) error {
	known := v.w.size
	for seg := v.end.seg; seg <= v.end.seg+1; seg++ {
		size, err := v.sizeOf(ctx, seg)
		if err != nil {
			return err
		}
		if size != known {
			return fmt.Errorf("segment %s was written by another process; Refresh first: %w", segmentName(seg), evidence.ErrBusy)
		}
		known = 0
		if len(v.w.beyond) > 0 {
			known = v.w.beyond[0].Size
		}
	}
	return nil
}

// sizeOf returns the bytes of a segment, 0 if there is none.
func (v *Vault) sizeOf(ctx context.Context, seg uint32) (int64, error) {
	f, err := v.b.Open(ctx, folder+segmentName(seg))
	if errors.Is(err, evidence.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return f.Size(), f.Close()
}

// judgeTail reads the records beyond the end, as far as they are whole. A crash leaves
// such as follow the ledger as it is, or as it was; one that follows a larger ledger, or
// another one of this size, proves that the ledger was cut back or exchanged.
func (v *Vault) judgeTail(ctx context.Context, after string) error {
	if after == "" {
		return nil
	}
	files := append([]Info{{Name: folder + segmentName(v.end.seg)}}, v.w.beyond...)
	from := v.end.off
	for _, f := range files {
		known, err := tailAfter(ctx, v.b, f.Name, from)
		if err != nil {
			return err
		}
		for _, k := range known {
			if !follows(after, k) {
				return evidence.WithHint(
					fmt.Errorf("%s beyond byte %d was kept after ledger %s, but the ledger is at %s: %w", f.Name, from, k, after, evidence.ErrTampered),
					"the ledger was cut back or exchanged: write nothing, and restore it from a mirror")
			}
		}
		from = 0
	}
	return nil
}

// tailAfter returns the values of Svidok-After in the whole records of a file from a byte on.
func tailAfter(ctx context.Context, b Backend, name string, from int64) ([]string, error) {
	f, err := b.Open(ctx, name)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() <= from {
		return nil, nil
	}
	r := warc.NewReader(io.NewSectionReader(lenient{f}, from, f.Size()-from), warc.Limits{Ratio: maxRatio, Record: math.MaxInt64})
	r.CheckDigests(false)
	var out []string
	for ctx.Err() == nil {
		rec, err := r.Next()
		if _, ok := errors.AsType[*warc.Damage](err); ok {
			continue
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if a := rec.Fields.Get(fieldAfter); a != "" {
			out = append(out, a)
		}
	}
	return out, ctx.Err()
}

// follows reports whether a ledger that was at SIZE:ROOT earlier can be at now.
func follows(now, earlier string) bool {
	n, nroot := splitAfter(now)
	e, eroot := splitAfter(earlier)
	return e < n || e == n && eroot == nroot
}

// splitAfter reads SIZE:ROOT; what cannot be read is larger than any ledger.
func splitAfter(s string) (int64, string) {
	size, root, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil || n < 0 {
		return math.MaxInt64, root
	}
	return n, root
}
